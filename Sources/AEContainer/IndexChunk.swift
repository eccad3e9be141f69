// SPDX-License-Identifier: Apache-2.0

/// The `INDX` chunk: where every packing group stands, in the order of the file. (Spec 4.6)
struct IndexChunk: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        /// Where the `LAYR` chunk starts in the file.
        var offset: UInt64
        /// Bytes of the whole chunk.
        var length: UInt64
        var header: GroupHeader

        func describes(_ group: Group) -> Bool {
            offset == UInt64(group.chunkRange.lowerBound) && length == UInt64(group.chunkRange.count)
                && header == group.header
        }
    }

    var entries: [Entry]

    private static let entryByteCount = 16 + GroupHeader.byteCount

    static func payloadByteCount(groups: Int) -> Int { 4 + groups * entryByteCount }

    init(entries: [Entry]) { self.entries = entries }

    /// Reads the payload; the inverse of ``write(to:)``.
    init(
        _ payload: ArraySlice<UInt8>, grids: [GridChunk], limit: Int
    ) throws(ContainerError) {
        let type = FourCC.index
        guard payload.count >= 4 else { throw .payloadLength(chunk: type, expected: 4, found: payload.count) }
        var reader = ByteReader(payload)
        let count = try reader.u32()
        guard count <= limit else {
            throw .countLimit(chunk: type, field: "Group_Count", count: UInt64(count), limit: limit)
        }
        try type.requireLength(Self.payloadByteCount(groups: Int(count)), payload)
        entries = []
        entries.reserveCapacity(Int(count))
        for _ in 0..<count {
            let offset = try reader.u64()
            let length = try reader.u64()
            let header = try GroupHeader(&reader, type: type, grids: grids)
            entries.append(Entry(offset: offset, length: length, header: header))
        }
    }

    /// Writes the payload; the inverse of ``init(_:grids:limit:)``.
    func write(to writer: inout ByteWriter) {
        writer.u32(UInt32(entries.count))
        for entry in entries {
            writer.u64(entry.offset)
            writer.u64(entry.length)
            entry.header.write(to: &writer)
        }
    }

    /// Throws unless every entry describes the group that stands in its place.
    func check(against groups: [Group]) throws(ContainerError) {
        guard entries.count == groups.count else {
            throw .groupCountMismatch(index: entries.count, found: groups.count)
        }
        for (number, (entry, group)) in zip(entries, groups).enumerated() where !entry.describes(group) {
            for (field, stated, found) in Self.comparison(entry, group) where stated != found {
                throw .indexMismatch(entry: number, field: field, stated: stated, found: found)
            }
        }
    }

    private static func comparison(_ entry: Entry, _ group: Group) -> [(String, UInt64, UInt64)] {
        let (stated, found) = (entry.header, group.header)
        let pairs = [
            ("Part", stated.part, found.part),
            ("Layer", stated.layer, found.layer),
            ("First_Level", stated.levels.lowerBound, found.levels.lowerBound),
            ("Last_Level", stated.levels.upperBound, found.levels.upperBound),
            ("First_Frame", stated.frames.lowerBound, found.frames.lowerBound),
            ("Frame_Count", stated.frames.count, found.frames.count),
            ("First_Tile", stated.tiles.lowerBound, found.tiles.lowerBound),
            ("Tile_Count", stated.tiles.count, found.tiles.count),
        ]
        return [
            ("Offset", entry.offset, UInt64(group.chunkRange.lowerBound)),
            ("Length", entry.length, UInt64(group.chunkRange.count)),
        ] + pairs.map { ($0, UInt64($1), UInt64($2)) }
    }
}
