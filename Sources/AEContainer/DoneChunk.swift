// SPDX-License-Identifier: Apache-2.0

/// The `DONE` chunk: the end of the archive, with the digest of the samples of every part. (Spec 4.9)
struct DoneChunk: Equatable, Sendable {
    var digests: [[UInt8]]

    static func payloadByteCount(parts: Int) -> Int { 1 + parts * digestByteCount }

    init(digests: [[UInt8]]) { self.digests = digests }

    /// Reads the payload; the inverse of ``write(to:)``.
    init(_ payload: ArraySlice<UInt8>, parts: Int) throws(ContainerError) {
        let type = FourCC.done
        guard let count = payload.first else { throw .payloadLength(chunk: type, expected: 1, found: 0) }
        try type.require(Int(count) == parts, "Part_Count", count)
        try type.requireLength(Self.payloadByteCount(parts: parts), payload)
        var reader = ByteReader(payload.dropFirst())
        digests = []
        for _ in 0..<parts { digests.append(Array(try reader.bytes(digestByteCount))) }
    }

    /// Writes the payload; the inverse of ``init(_:parts:)``.
    func write(to writer: inout ByteWriter) {
        precondition(digests.allSatisfy { $0.count == digestByteCount }, "a digest has 32 bytes")
        writer.u8(UInt8(digests.count))
        for digest in digests { writer.bytes(digest) }
    }
}
