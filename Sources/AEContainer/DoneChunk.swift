// SPDX-License-Identifier: Apache-2.0

/// The `DONE` chunk: the end of the archive, with the digest of the samples of every part. (Spec 4.9)
struct DoneChunk: Equatable, Sendable {
    var digests: [[UInt8]]

    init(digests: [[UInt8]]) { self.digests = digests }

    /// Reads the payload; the inverse of ``payload``.
    init(_ payload: ArraySlice<UInt8>, parts: Int) throws(ContainerError) {
        var fields = PayloadReader(.done, payload)
        digests = []
        for _ in 0..<parts { digests.append(Array(try fields.bytes(digestByteCount))) }
        try fields.finish()
    }

    /// The payload; the inverse of ``init(_:parts:)``.
    var payload: [UInt8] {
        precondition(digests.allSatisfy { $0.count == digestByteCount }, "a digest has 32 bytes")
        return digests.flatMap(\.self)
    }
}

/// Bytes of a SHA-256 digest.
let digestByteCount = 32
