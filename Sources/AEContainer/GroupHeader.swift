// SPDX-License-Identifier: Apache-2.0
import Samples

/// What a packing group holds: one layer of whole tiles of a run of frames. (Spec 4.7)
///
/// The same twenty bytes stand in the index and at the start of the group.
public struct GroupHeader: Equatable, Hashable, Sendable {
    /// The part it belongs to.
    public var part: Int
    /// 0 for the base, 1 for what makes samples exact.
    public var layer: Int
    /// Levels of the pyramid, 0 (the finest) to 31; `0...0` for lossless groups.
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
    static let byteCount = 20

    /// Reads the fields and checks them against the parts; the inverse of ``write(to:)``.
    ///
    /// - Parameters:
    ///   - reader: Stands at the fields.
    ///   - type: The chunk that the fields stand in, for errors.
    ///   - grids: The grids of all parts.
    /// - Throws: ``ContainerError``.
    init(_ reader: inout ByteReader, type: FourCC, grids: [GridChunk]) throws(ContainerError) {
        let part = try reader.u8()
        try type.require(Int(part) < grids.count, "Part", part)
        let layer = try reader.u8()
        try type.require(layer <= 1, "Layer", layer)
        let firstLevel = try reader.u8()
        let lastLevel = try reader.u8()
        try type.require(lastLevel <= 31, "Last_Level", lastLevel)
        try type.require(firstLevel <= lastLevel, "First_Level", firstLevel)
        let extent = grids[Int(part)].extent
        let frames = try Self.range(&reader, type, "Frame", limit: extent.frames)
        // The size of tiles is not known here, but each holds at least one sample.
        let tiles = try Self.range(&reader, type, "Tile", limit: extent.samplesPerFrame)
        self.init(
            part: Int(part), layer: Int(layer), levels: Int(firstLevel)...Int(lastLevel), frames: frames,
            tiles: tiles)
    }

    /// Writes the fields; the inverse of ``init(_:type:grids:)``.
    func write(to writer: inout ByteWriter) {
        precondition(!frames.isEmpty && !tiles.isEmpty, "a group holds at least one tile of one frame")
        writer.u8(UInt8(part))
        writer.u8(UInt8(layer))
        writer.u8(UInt8(levels.lowerBound))
        writer.u8(UInt8(levels.upperBound))
        for range in [frames, tiles] {
            writer.u32(UInt32(range.lowerBound))
            writer.u32(UInt32(range.count))
        }
    }

    private static func range(
        _ reader: inout ByteReader, _ type: FourCC, _ name: String, limit: Int
    ) throws(ContainerError) -> Range<Int> {
        let first = try reader.u32()
        let count = try reader.u32()
        try type.require(Int(first) < limit, "First_\(name)", first)
        try type.require(count >= 1 && Int(count) <= limit - Int(first), "\(name)_Count", count)
        return Int(first)..<Int(first) + Int(count)
    }
}
