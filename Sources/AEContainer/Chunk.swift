// SPDX-License-Identifier: Apache-2.0
import Digest

/// The frame around a payload: type, length, checksum. (Spec 3.1)
struct Chunk: Equatable, Sendable {
    let type: FourCC
    /// Where the chunk starts in the file.
    let offset: Int
    /// Where the payload stands in the file.
    let payloadRange: Range<Int>

    /// Bytes of a chunk besides its payload.
    static let overhead = headByteCount + checksumByteCount

    private static let headByteCount = 12
    private static let checksumByteCount = 4

    /// The first byte behind the chunk.
    var end: Int { payloadRange.upperBound + Self.checksumByteCount }
    /// Bytes of the whole chunk.
    var byteCount: Int { end - offset }

    /// Reads the chunk that starts at an offset and compares its checksum; the inverse of
    /// ``write(_:to:payload:)``.
    init(_ bytes: [UInt8], at offset: Int) throws(ContainerError) {
        let available = bytes.count - offset
        guard available >= Self.overhead else {
            throw .truncated(offset: offset, needed: Self.overhead, available: available)
        }
        var reader = ByteReader(bytes[offset...])
        let typeBytes = try reader.bytes(4)
        guard let type = FourCC(typeBytes) else {
            throw .invalidChunkType(Array(typeBytes), offset: offset)
        }
        let length = try reader.u64()
        guard length <= UInt64(available - Self.overhead) else {
            let needed = length.addingReportingOverflow(UInt64(Self.overhead))
            throw .truncated(
                offset: offset, needed: needed.overflow ? .max : Int(clamping: needed.partialValue),
                available: available)
        }
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

    /// Writes a chunk of `payloadByteCount` bytes that `payload` then writes; the inverse of ``init(_:at:)``.
    static func write(
        _ type: FourCC, to writer: inout ByteWriter, payloadByteCount: Int,
        payload: (inout ByteWriter) -> Void
    ) {
        let start = writer.bytes.count
        writer.bytes(type.bytes)
        writer.u64(UInt64(payloadByteCount))
        payload(&writer)
        precondition(
            writer.bytes.count == start + headByteCount + payloadByteCount,
            "the payload of \(type) has another length than announced")
        // No name for the slice: one that lives on would make the next append copy the archive.
        let checksum = crc32c(
            writer.bytes[(start + headByteCount)...], continuing: crc32c(type.bytes))
        writer.u32(checksum)
    }
}
