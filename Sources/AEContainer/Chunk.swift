// SPDX-License-Identifier: Apache-2.0
import Digest

/// The frame around a payload: type, length, checksum. (Spec 3.1)
struct Chunk: Equatable, Sendable {
    let type: FourCC
    /// Where the chunk starts in the file.
    let offset: Int
    /// Where the payload stands in the file.
    let payloadRange: Range<Int>

    private static let typeByteCount = 4
    private static let checksumByteCount = 4
    /// Bytes of a chunk without payload.
    private static let leastByteCount = typeByteCount + 1 + checksumByteCount

    /// The first byte behind the chunk.
    var end: Int { payloadRange.upperBound + Self.checksumByteCount }
    /// What people see of it.
    var summary: ChunkSummary {
        ChunkSummary(
            type: type, offset: offset, byteCount: end - offset, payloadByteCount: payloadRange.count)
    }

    /// Bytes of the whole chunk around a payload of some bytes.
    static func byteCount(payload: Int) -> Int {
        typeByteCount + ByteWriter.varintByteCount(UInt64(payload)) + payload + checksumByteCount
    }

    /// Reads the chunk that starts at an offset and compares its checksum; the inverse of
    /// ``write(_:to:_:_:)``.
    init(_ bytes: [UInt8], at offset: Int) throws(ContainerError) {
        let available = bytes.count - offset
        func require(_ needed: UInt64) throws(ContainerError) {
            guard needed <= UInt64(available) else {
                throw .truncated(offset: offset, needed: Int(clamping: needed), available: available)
            }
        }
        try require(UInt64(Self.leastByteCount))
        var reader = ByteReader(bytes[offset...])
        let typeBytes = try reader.bytes(Self.typeByteCount)
        guard let type = FourCC(typeBytes) else {
            throw .invalidChunkType(Array(typeBytes), offset: offset)
        }
        let length = try reader.varint()
        let around = UInt64(reader.offset - offset + Self.checksumByteCount)
        let needed = length.addingReportingOverflow(around)
        try require(needed.overflow ? .max : needed.partialValue)
        let payload = try reader.bytes(Int(length))
        let stored = try reader.u32()
        let computed = crc32c(payload, continuing: crc32c(typeBytes))
        guard stored == computed else {
            throw .checksumMismatch(chunk: type, offset: offset, stored: stored, computed: computed)
        }
        self.type = type
        self.offset = offset
        payloadRange = payload.indices
    }

    /// Writes a chunk whose payload is `head` and `body`; the inverse of ``init(_:at:)``.
    static func write(
        _ type: FourCC, to writer: inout ByteWriter, _ head: [UInt8], _ body: ArraySlice<UInt8> = []
    ) {
        writer.bytes(type.bytes)
        writer.varint(head.count + body.count)
        writer.bytes(head)
        writer.bytes(body)
        writer.u32(crc32c(body, continuing: crc32c(head, continuing: crc32c(type.bytes))))
    }
}
