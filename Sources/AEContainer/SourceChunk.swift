// SPDX-License-Identifier: Apache-2.0
import Samples

extension PackedSource {
    private static let headByteCount = 48
    private static let cutByteCount = 28
    private static let keptHeadByteCount = 9
    private static let byteExactFlag: UInt8 = 1 << 0

    /// Bytes of the payload.
    var payloadByteCount: Int {
        Self.headByteCount + cuts.count * Self.cutByteCount + Self.keptHeadByteCount + packedKept.count
    }

    /// Reads the payload; the inverse of ``write(to:)``.
    ///
    /// - Parameters:
    ///   - payload: The payload of a `SRCE` chunk; the packed bytes stay a slice of it.
    ///   - grids: The grids of all parts.
    ///   - limit: Most bytes that the kept bytes may unpack to.
    /// - Throws: ``ContainerError``.
    init(_ payload: ArraySlice<UInt8>, grids: [GridChunk], limit: Int) throws(ContainerError) {
        let type = FourCC.source
        let least = Self.headByteCount + Self.keptHeadByteCount
        guard payload.count >= least else {
            throw .payloadLength(chunk: type, expected: least, found: payload.count)
        }
        var reader = ByteReader(payload)
        let formatValue = try reader.u8()
        guard let format = SourceRecord.Format(rawValue: formatValue) else {
            throw .fieldOutOfRange(chunk: type, field: "Format", value: UInt64(formatValue))
        }
        let flags = try reader.u8()
        // A PNG file is not rebuilt, so nothing of it is exact and it has no size.
        try type.require(flags & ~(format == .png ? 0 : Self.byteExactFlag) == 0, "Flags", flags)
        let reserved = try reader.u16()
        try type.require(reserved == 0, "Reserved", reserved)
        let fileBytes = try reader.u64()
        try type.require(format != .png || fileBytes == 0, "File_Bytes", fileBytes)
        let digest = Array(try reader.bytes(digestByteCount))
        let cutCount = Int(try reader.u32())
        guard payload.count - least >= cutCount * Self.cutByteCount else {
            throw .payloadLength(
                chunk: type, expected: least + cutCount * Self.cutByteCount, found: payload.count)
        }
        var cutList = CutList(grids: grids)
        cutList.cuts.reserveCapacity(cutCount)
        for _ in 0..<cutCount { try cutList.append(&reader) }

        let keptBytes = try reader.u64()
        guard keptBytes <= UInt64(max(0, limit)) else {
            throw .countLimit(chunk: type, field: "Kept_Bytes", count: keptBytes, limit: limit)
        }
        try type.require(keptBytes >= cutList.gapByteCount, "Kept_Bytes", keptBytes)
        let madeBytes = keptBytes.addingReportingOverflow(cutList.cutByteCount)
        try type.require(!madeBytes.overflow && fileBytes == madeBytes.partialValue, "File_Bytes", fileBytes)
        let byteCount = Int(fileBytes)
        let packingValue = try reader.u8()
        guard let packing = Packing(rawValue: packingValue) else {
            throw .fieldOutOfRange(chunk: type, field: "Packing", value: UInt64(packingValue))
        }
        let packed = reader.rest()
        if packing == .stored, packed.count != Int(keptBytes) {
            throw .payloadLength(
                chunk: type, expected: payload.count - packed.count + Int(keptBytes), found: payload.count)
        }
        self.init(
            format: format, isByteExact: flags & Self.byteExactFlag != 0, byteCount: byteCount,
            digest: digest, cuts: cutList.cuts, keptByteCount: Int(keptBytes), packing: packing,
            packedKept: packed)
    }

    /// Writes the payload; the inverse of ``init(_:grids:limit:)``.
    func write(to writer: inout ByteWriter) {
        precondition(digest.count == digestByteCount, "a digest has 32 bytes")
        writer.u8(format.rawValue)
        writer.u8(isByteExact ? Self.byteExactFlag : 0)
        writer.u16(0)
        writer.u64(UInt64(byteCount))
        writer.bytes(digest)
        writer.u32(UInt32(cuts.count))
        for cut in cuts { CutList.write(cut, to: &writer) }
        writer.u64(UInt64(keptByteCount))
        writer.u8(packing.rawValue)
        writer.bytes(packedKept)
    }
}
