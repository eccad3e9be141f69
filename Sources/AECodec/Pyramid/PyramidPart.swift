// SPDX-License-Identifier: Apache-2.0
import AEContainer
import CAEKernels
import Samples

/// A lossy part whose map, parameters, model and tile coverage have been checked.
struct PyramidPart: Sendable {
    let extent: Extent
    let format: SampleFormat
    let map: SampleMap
    let parameters: PyramidParameters
    let model: PyramidModel
    let layout: PyramidLayout
    /// The groups of the part with their numbers in the archive.
    let groups: [(index: Int, group: Group)]
    /// The groups of some frames that are decoded together, in the order of the archive.
    let sets: [FrameSet]
    /// Whether the last groups may be missing.
    let isTruncated: Bool

    /// Frames whose groups belong together.
    struct FrameSet: Sendable {
        var frames: Range<Int>
        /// Places in `groups`.
        var groups: Range<Int>
    }

    init(
        _ part: Part, number: Int, groups: [(index: Int, group: Group)], isTruncated: Bool,
        models: [PyramidModel]
    ) throws(DecodeError) {
        model = try part.model(among: models, number: number)
        parameters = try PyramidParameters(payload: part.parameters, model: model)
        map = try SampleMap(payload: part.sampleMap, format: part.format)
        guard case .affine = map, map.maximumCode <= 65_535, part.format.bitsStored <= 16 else {
            throw .fieldOutOfRange(field: "Map_Kind", value: 1)
        }
        extent = part.extent
        for (field, value) in [("Rows", extent.rows), ("Columns", extent.columns)] {
            guard value <= PyramidLayout.longestSide else {
                throw .fieldOutOfRange(field: field, value: value)
            }
        }
        layout = PyramidLayout(rows: extent.rows, columns: extent.columns, parameters: parameters)
        format = part.format
        self.groups = groups
        self.isTruncated = isTruncated
        sets = try Self.sets(
            groups.map(\.group.header), layout, extent, part: number, isTruncated: isTruncated)
    }

    /// Proves that the groups cover every tile and level of every frame once, coarse levels first.
    private static func sets(
        _ headers: [GroupHeader], _ layout: PyramidLayout, _ extent: Extent, part: Int,
        isTruncated: Bool
    ) throws(DecodeError) -> [FrameSet] {
        let tileCount = extent.channels * layout.tileCount
        var sets: [FrameSet] = []
        var frame = 0
        /// The set in work: its first group, frames, the levels that are covered next, and the next tile.
        var start = 0
        var frames = 0..<0
        var levels = 0...layout.levelCount
        var tile = 0
        for (place, header) in headers.enumerated() {
            guard header.layer == 0 else { throw .unsupported(part: part, feature: .layer) }
            let isFirst = tile == 0
            if isFirst, levels.upperBound == layout.levelCount {
                start = place
                frames = header.frames
            }
            if isFirst, header.levels.lowerBound < levels.upperBound {
                levels = header.levels.lowerBound...levels.upperBound
            }
            guard header.levels == levels, header.frames == frames, frames.lowerBound == frame,
                header.tiles.lowerBound == tile, header.tiles.upperBound <= tileCount,
                frames.count == 1 || header.tiles == 0..<tileCount
            else { throw .tileCoverage(part: part) }
            let count = frames.count * header.tiles.count
            guard count <= PackingGroup.maximumTiles else {
                throw .fieldOutOfRange(field: "tiles of a group", value: count)
            }
            tile = header.tiles.upperBound
            guard tile == tileCount else { continue }
            tile = 0
            if levels.lowerBound > 0 {
                levels = 0...levels.lowerBound
                continue
            }
            levels = 0...layout.levelCount
            frame = frames.upperBound
            sets.append(FrameSet(frames: frames, groups: start..<place + 1))
        }
        if isTruncated {
            // What there is of the last set.
            let done = sets.last?.groups.upperBound ?? 0
            if done < headers.count { sets.append(FrameSet(frames: frames, groups: done..<headers.count)) }
            return sets
        }
        guard frame == extent.frames, tile == 0, levels.upperBound == layout.levelCount else {
            throw .tileCoverage(part: part)
        }
        return sets
    }

    /// The planes and tiles of a group in the order of its latents; planes count from the first frame.
    func places(of header: GroupHeader) -> [(plane: Int, tile: Int)] {
        header.frames.indices.flatMap { frame in
            header.tiles.map { tile in
                (
                    (frame - header.frames.lowerBound) * extent.channels + tile / layout.tileCount,
                    tile % layout.tileCount
                )
            }
        }
    }

    /// Where the residuals of a group are, and how many latents it has.
    func residuals(
        _ place: Int, in container: Container
    ) throws(DecodeError) -> (residuals: LatentResiduals, latentCount: Int) {
        let (index, group) = groups[place]
        let levels = group.header.levels
        let count =
            group.header.frames.count
            * group.header.tiles.reduce(0) {
                $0 + layout.latentCount(tile: $1 % layout.tileCount, levels: levels)
            }
        let residuals = try LatentResiduals(
            body: container.body(of: group), isAdaptive: parameters.isAdaptive, tree: model.tree,
            count: count,
            index: index)
        return (residuals, count)
    }

    /// What the packer chose, group by group.
    func summaries(_ container: Container) throws(DecodeError) -> [GroupSummary] {
        var summaries: [GroupSummary] = []
        for place in groups.indices {
            let (residuals, count) = try residuals(place, in: container)
            summaries.append(GroupSummary(groups[place].group, residuals: residuals, latentCount: count))
        }
        return summaries
    }
}
