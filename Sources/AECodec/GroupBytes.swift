// SPDX-License-Identifier: Apache-2.0
import AEContainer

extension Container {
    /// Lends the bytes of the archive, with at least ``StreamUnpacker/slack`` readable ones behind a group.
    ///
    /// The last group of a truncated archive may have fewer behind it; the archive is copied then.
    func withBytes(
        behind group: Group, _ body: (UnsafeRawBufferPointer) throws(DecodeError) -> Void
    ) throws(DecodeError) {
        let missing = group.bodyRange.upperBound + StreamUnpacker.slack - bytes.count
        let bytes = missing > 0 ? bytes + [UInt8](repeating: 0, count: missing) : bytes
        var failure: DecodeError?
        unsafe bytes.withUnsafeBytes { bytes in
            do throws(DecodeError) { try unsafe body(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Bytes that the archive takes while it is decoded.
    var decodingByteCount: Int { isTruncated ? 2 * bytes.count : bytes.count }
}
