// SPDX-License-Identifier: Apache-2.0
import Samples

extension PackedSource {
    private static let byteExactFlag: UInt8 = 1 << 0
    private static let membersFlag: UInt8 = 1 << 1
    /// Most files of a record.
    private static let mostMembers = 65_535

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
        let hasMembers = flags & Self.membersFlag != 0
        // Of a file of unknown kind there are no samples, only its bytes.
        try type.require(
            flags & ~(Self.byteExactFlag | Self.membersFlag) == 0 && (isByteExact || format != .other)
                && !(hasMembers && (format == .png || format == .pgm)), "Flags", flags)
        self.init(
            format: format, isByteExact: isByteExact,
            digest: [UInt8](repeating: 0, count: digestByteCount), cuts: [], keptByteCount: 0,
            packing: .stored, packedKept: [])
        if isRebuilt { try readFiles(&fields, grids: grids, limit: limit, hasMembers: hasMembers) }
        try fields.finish()
    }

    /// Reads what files are rebuilt from.
    private mutating func readFiles(
        _ fields: inout PayloadReader, grids: [GridChunk], limit: Int, hasMembers: Bool
    ) throws(ContainerError) {
        let type = FourCC.source
        digest = Array(try fields.bytes(digestByteCount))
        let count = hasMembers ? try fields.varint("Member_Count", 1...Self.mostMembers) : 1
        var cutList = CutList(grids: grids)
        var names = Set<String>()
        var (kept, total) = (0, 0)
        members = []
        for _ in 0..<count {
            let name = hasMembers ? try Self.name(&fields, besides: &names) : nil
            cutList.beginFile()
            try cutList.read(&fields, isAllowed: format.hasSamples)
            let keptBytes = try fields.varint()
            guard keptBytes <= UInt64(max(0, limit - kept)) else {
                throw .countLimit(chunk: type, field: "Kept_Bytes", count: keptBytes, limit: limit)
            }
            let keptCount = Int(keptBytes)
            try type.require(
                keptCount >= cutList.keptByteCount && keptCount <= Int.max - cutList.cutByteCount,
                "Kept_Bytes", keptBytes)
            let member = Member(name: name, cuts: cutList.cuts, keptByteCount: keptCount)
            try type.require(member.byteCount <= Int.max - total, "Kept_Bytes", keptBytes)
            kept += keptCount
            total += member.byteCount
            members.append(member)
        }
        let packingValue = try fields.u8()
        guard let packing = Packing(rawValue: packingValue) else {
            throw .fieldOutOfRange(chunk: type, field: "Packing", value: UInt64(packingValue))
        }
        self.packing = packing
        packedKept = packing == .stored ? try fields.bytes(kept) : fields.rest()
    }

    /// A plain name that no member before has.
    private static func name(
        _ fields: inout PayloadReader, besides names: inout Set<String>
    ) throws(ContainerError) -> String {
        let count = try fields.varint("Name_Bytes", 1...255)
        guard let name = String(validating: try fields.bytes(count), as: UTF8.self),
            SourceFiles.isPlainName(name), names.insert(name).inserted
        else { throw .invalidText(chunk: .source, field: "Name") }
        return name
    }

    /// The payload in front of the packed bytes; the inverse of ``init(_:grids:limit:)``.
    var head: [UInt8] {
        precondition(digest.count == digestByteCount, "a digest has 32 bytes")
        let hasMembers = members[0].name != nil
        var writer = ByteWriter()
        writer.u8(format.rawValue)
        writer.u8((isByteExact ? Self.byteExactFlag : 0) | (hasMembers ? Self.membersFlag : 0))
        guard isRebuilt else { return writer.bytes }
        writer.bytes(digest)
        if hasMembers { writer.varint(members.count) }
        for member in members {
            precondition((member.name != nil) == hasMembers, "either all files have names, or there is one")
            if let name = member.name {
                writer.varint(name.utf8.count)
                writer.bytes(Array(name.utf8))
            }
            CutList.write(member.cuts, to: &writer)
            writer.varint(member.keptByteCount)
        }
        writer.u8(packing.rawValue)
        return writer.bytes
    }
}
