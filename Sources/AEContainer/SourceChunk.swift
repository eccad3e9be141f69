// SPDX-License-Identifier: Apache-2.0
import Samples

extension PackedSource {
    private static let byteExactFlag: UInt8 = 1 << 0

    /// Bytes of the payload of `SRCE`, which a rate leaves out.
    public var payloadByteCount: Int { head.count + packedKept.count }

    /// Reads the payload; the inverse of ``head`` and ``packedKept``.
    ///
    /// - Parameters:
    ///   - payload: The payload of a `SRCE` chunk; the packed bytes stay a slice of it.
    ///   - grids: The grids of all parts.
    ///   - limit: Most bytes that the kept bytes may unpack to.
    /// - Throws: ``ContainerError``.
    init(_ payload: ArraySlice<UInt8>, grids: [GridChunk], limit: Int) throws(ContainerError) {
        let type = FourCC.source
        var fields = PayloadReader(type, payload)
        let formatValue = try fields.u8()
        guard let format = SourceRecord.Format(rawValue: formatValue) else {
            throw .fieldOutOfRange(chunk: type, field: "Format", value: UInt64(formatValue))
        }
        let flags = try fields.u8()
        let isByteExact = flags & Self.byteExactFlag != 0
        // Of a file of unknown kind there are no samples, only its bytes.
        try type.require(
            flags & ~Self.byteExactFlag == 0 && (isByteExact || format != .other), "Flags", flags)
        self.init(
            format: format, isByteExact: isByteExact,
            digest: [UInt8](repeating: 0, count: digestByteCount), cuts: [], keptByteCount: 0,
            packing: .stored, packedKept: [])
        if isRebuilt { try readFile(&fields, grids: grids, limit: limit) }
        try fields.finish()
    }

    /// Reads what a file is rebuilt from.
    private mutating func readFile(
        _ fields: inout PayloadReader, grids: [GridChunk], limit: Int
    ) throws(ContainerError) {
        let type = FourCC.source
        digest = Array(try fields.bytes(digestByteCount))
        let cutCount = try fields.varint()
        try type.require(
            cutCount <= UInt64(format == .other ? 0 : fields.remaining / CutList.leastEntryByteCount),
            "Cut_Count", cutCount)
        var cutList = CutList(grids: grids)
        cutList.cuts.reserveCapacity(Int(cutCount))
        for _ in 0..<cutCount { try cutList.append(&fields) }
        cuts = cutList.cuts

        let keptBytes = try fields.varint()
        guard keptBytes <= UInt64(max(0, limit)) else {
            throw .countLimit(chunk: type, field: "Kept_Bytes", count: keptBytes, limit: limit)
        }
        try type.require(
            keptBytes >= cutList.gapByteCount && keptBytes <= UInt64(Int.max) - cutList.cutByteCount,
            "Kept_Bytes", keptBytes)
        keptByteCount = Int(keptBytes)
        let packingValue = try fields.u8()
        guard let packing = Packing(rawValue: packingValue) else {
            throw .fieldOutOfRange(chunk: type, field: "Packing", value: UInt64(packingValue))
        }
        self.packing = packing
        packedKept = packing == .stored ? try fields.bytes(keptByteCount) : fields.rest()
    }

    /// The payload in front of the packed bytes; the inverse of ``init(_:grids:limit:)``.
    var head: [UInt8] {
        precondition(digest.count == digestByteCount, "a digest has 32 bytes")
        var writer = ByteWriter()
        writer.u8(format.rawValue)
        writer.u8(isByteExact ? Self.byteExactFlag : 0)
        guard isRebuilt else { return writer.bytes }
        writer.bytes(digest)
        writer.varint(cuts.count)
        var end = 0
        for cut in cuts {
            CutList.write(cut, after: end, to: &writer)
            end = cut.offset + cut.byteCount
        }
        writer.varint(keptByteCount)
        writer.u8(packing.rawValue)
        return writer.bytes
    }
}
