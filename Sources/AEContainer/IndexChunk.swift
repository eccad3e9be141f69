// SPDX-License-Identifier: Apache-2.0

/// The `INDX` chunk: where every packing group stands, in the order of the file. (Spec 4.6)
struct IndexChunk: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        /// Bytes between the end of the group before, or of the chunks in front, and this group.
        var gap: UInt64
        /// Bytes of the whole `LAYR` chunk.
        var length: UInt64
        var header: GroupHeader
    }

    var entries: [Entry]

    /// The fewest bytes that an entry takes.
    private static let leastEntryByteCount = 2 + GroupHeader.leastByteCount

    init(entries: [Entry]) { self.entries = entries }

    /// Reads the payload; the inverse of ``payload``.
    init(_ payload: ArraySlice<UInt8>, grids: [GridChunk], limit: Int) throws(ContainerError) {
        let type = FourCC.index
        var fields = PayloadReader(type, payload)
        let count = try fields.varint()
        guard count <= UInt64(max(0, limit)) else {
            throw .countLimit(chunk: type, field: "Group_Count", count: count, limit: limit)
        }
        try type.require(
            count <= UInt64(fields.remaining / Self.leastEntryByteCount), "Group_Count", count)
        entries = []
        entries.reserveCapacity(Int(count))
        for _ in 0..<count {
            let gap = try fields.varint()
            let length = try fields.varint()
            entries.append(
                Entry(gap: gap, length: length, header: try GroupHeader(&fields, grids: grids)))
        }
        try fields.finish()
    }

    /// The payload; the inverse of ``init(_:grids:limit:)``.
    var payload: [UInt8] {
        var writer = ByteWriter()
        writer.varint(entries.count)
        for entry in entries {
            writer.varint(entry.gap)
            writer.varint(entry.length)
            entry.header.write(to: &writer)
        }
        return writer.bytes
    }

    /// Throws unless every group is the one that stands in its place of the index.
    ///
    /// - Parameters:
    ///   - groups: The groups of the file; of one that was cut short, the first ones.
    ///   - start: Where the gap of the first group begins.
    ///   - isComplete: Whether they are all the groups.
    /// - Throws: ``ContainerError``.
    func check(against groups: [Group], from start: Int, isComplete: Bool) throws(ContainerError) {
        guard isComplete ? entries.count == groups.count : entries.count >= groups.count else {
            throw .groupCountMismatch(index: entries.count, found: groups.count)
        }
        var end = start
        for (number, (entry, group)) in zip(entries, groups).enumerated() {
            let found = Entry(
                gap: UInt64(group.chunkRange.lowerBound - end), length: UInt64(group.chunkRange.count),
                header: group.header)
            end = group.chunkRange.upperBound
            if entry == found { continue }
            for (field, stated, found) in Self.comparison(entry, found) where stated != found {
                throw .indexMismatch(entry: number, field: field, stated: stated, found: found)
            }
        }
    }

    private static func comparison(_ stated: Entry, _ found: Entry) -> [(String, UInt64, UInt64)] {
        let (one, other) = (stated.header, found.header)
        let pairs = [
            ("Part", one.part, other.part),
            ("Layer", one.layer, other.layer),
            ("First_Level", one.levels.lowerBound, other.levels.lowerBound),
            ("Last_Level", one.levels.upperBound, other.levels.upperBound),
            ("First_Frame", one.frames.lowerBound, other.frames.lowerBound),
            ("Frame_Count", one.frames.count, other.frames.count),
            ("First_Tile", one.tiles.lowerBound, other.tiles.lowerBound),
            ("Tile_Count", one.tiles.count, other.tiles.count),
        ]
        return [("Gap", stated.gap, found.gap), ("Length", stated.length, found.length)]
            + pairs.map { ($0, UInt64($1), UInt64($2)) }
    }
}
