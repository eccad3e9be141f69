// SPDX-License-Identifier: Apache-2.0
import Digest
package import Samples

extension SampleArray {
    /// SHA-256 of the canonical bytes of all samples, 32 bytes.
    package var digest: [UInt8] {
        var hash = SHA256()
        #if _endian(little)
        // Two and four bytes a sample are the canonical bytes already.
        switch storage {
        case .narrow(let values) where format.byteCount == 2:
            unsafe values.withUnsafeBytes { unsafe hash.update($0) }
            return hash.finalize()
        case .wide(let values):
            unsafe values.withUnsafeBytes { unsafe hash.update($0) }
            return hash.finalize()
        default: break
        }
        #endif
        let step = 1 << 18
        for start in stride(from: 0, to: extent.sampleCount, by: step) {
            hash.update(canonicalBytes(start..<min(start + step, extent.sampleCount)))
        }
        return hash.finalize()
    }
}
