// SPDX-License-Identifier: Apache-2.0
import Samples

/// What a packing group holds: one layer, in some levels, of whole tiles of a run of frames. (Spec 4.7)
///
/// The same fields stand in the index and at the start of the group.
public struct GroupHeader: Equatable, Hashable, Sendable {
    /// The part it belongs to.
    public var part: Int
    /// 0 for the base, 1 for what makes samples exact.
    public var layer: Int
    /// Levels of the pyramid, 0 (the finest) to 15; `0...0` for lossless groups.
    public var levels: ClosedRange<Int>
    /// Frames of the part.
    public var frames: Range<Int>
    /// Tiles of each of these frames, in raster order.
    public var tiles: Range<Int>

    /// Makes a header; ``ContainerContent/serialized()`` requires ranges that are not empty.
    public init(part: Int, layer: Int, levels: ClosedRange<Int>, frames: Range<Int>, tiles: Range<Int>) {
        self.part = part
        self.layer = layer
        self.levels = levels
        self.frames = frames
        self.tiles = tiles
    }
}

extension GroupHeader {
    /// The fewest bytes that the fields take.
    static let leastByteCount = 6

    /// Reads the fields and checks them against the parts; the inverse of ``write(to:)``.
    ///
    /// - Parameters:
    ///   - fields: Stands at the fields.
    ///   - grids: The grids of all parts.
    /// - Throws: ``ContainerError``.
    init(_ fields: inout PayloadReader, grids: [GridChunk]) throws(ContainerError) {
        let partAndLayer = try fields.varint()
        let partValue = partAndLayer >> 1
        try fields.type.require(partValue < UInt64(grids.count), "Part", partValue)
        let part = Int(partValue)
        let levels = try fields.u8()
        let firstLevel = levels & 0xF
        let lastLevel = levels >> 4
        try fields.type.require(firstLevel <= lastLevel, "First_Level", firstLevel)
        let extent = grids[part].extent
        let frames = try Self.range(&fields, "Frame", limit: extent.frames)
        // The size of tiles is not known here, but each holds at least one sample.
        let tiles = try Self.range(&fields, "Tile", limit: extent.samplesPerFrame)
        self.init(
            part: part, layer: Int(partAndLayer & 1), levels: Int(firstLevel)...Int(lastLevel),
            frames: frames, tiles: tiles)
    }

    /// Writes the fields; the inverse of ``init(_:grids:)``.
    func write(to writer: inout ByteWriter) {
        precondition(!frames.isEmpty && !tiles.isEmpty, "a group holds at least one tile of one frame")
        precondition((0...1).contains(layer), "there are two layers")
        precondition(levels.lowerBound >= 0 && levels.upperBound <= 15, "levels are 0 to 15")
        writer.varint(part << 1 | layer)
        writer.u8(UInt8(levels.upperBound << 4 | levels.lowerBound))
        for range in [frames, tiles] {
            writer.varint(range.lowerBound)
            writer.varint(range.count)
        }
    }

    private static func range(
        _ fields: inout PayloadReader, _ name: String, limit: Int
    ) throws(ContainerError) -> Range<Int> {
        let first = try fields.varint("First_\(name)", 0...limit - 1)
        let count = try fields.varint("\(name)_Count", 1...limit - first)
        return first..<first + count
    }
}
