// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Samples

/// A part whose map, parameters and tile coverage have been checked.
struct CodedPart: Sendable {
    let grid: TileGrid
    let format: SampleFormat
    /// Whether the part is a signal: its groups are those of section 11.
    let isSignal: Bool
    let map: SampleMap
    /// The base; nil if the part has one layer.
    let base: BaseLayer?
    /// The exact groups of the part with their numbers in the archive.
    let groups: [(index: Int, group: Group)]
    /// Whether the last groups may be missing.
    let isTruncated: Bool

    init(
        _ part: Part, number: Int, groups: [(index: Int, group: Group)], isTruncated: Bool,
        models: [PyramidModel]
    ) throws(DecodeError) {
        let isBounded = part.mode.kind == .bounded
        if isBounded, let model = part.model {
            throw .unsupported(part: number, feature: .model(model.name, identity: model.identity))
        }
        // The model is that of the base.
        let parameters = try PartParameters(
            payload: part.parameters, isBounded: isBounded, hasBase: part.model != nil)
        map = try SampleMap(payload: part.sampleMap, format: part.format)
        guard map.maximumCode >> parameters.lowBits <= 65_535 else {
            throw .fieldOutOfRange(field: "Maximum_Code", value: map.maximumCode)
        }
        if parameters.codeBound > 0 {
            // Distances of codes are those of stored values, but for the step.
            guard case .affine(_, let step, _) = map else {
                throw .fieldOutOfRange(field: "Map_Kind", value: Int(part.sampleMap.first ?? 0))
            }
            guard step <= Int(part.mode.targetValue) / parameters.codeBound else {
                throw .fieldOutOfRange(field: "Code_Bound", value: parameters.codeBound)
            }
        }
        grid = TileGrid(extent: part.extent, parameters: parameters)
        format = part.format
        isSignal = part.kind == .signal
        guard !isSignal || parameters.tileRows <= SignalParameters.maximumRows else {
            throw .fieldOutOfRange(field: "Tile_Rows", value: parameters.tileRows)
        }
        if isSignal, let model = part.model {
            throw .unsupported(part: number, feature: .model(model.name, identity: model.identity))
        }
        self.groups = groups.filter { $0.group.header.layer == 1 || parameters.base == nil }
        self.isTruncated = isTruncated
        if let own = parameters.base {
            base = try BaseLayer(
                part, number: number, parameters: own, maximumCode: map.maximumCode,
                groups: groups.filter { $0.group.header.layer == 0 }, isTruncated: isTruncated,
                models: models)
        } else {
            base = nil
        }
        try checkCoverage(number)
    }

    /// Proves that the groups cover every tile of every frame once, in proportion to the groups only.
    private func checkCoverage(_ number: Int) throws(DecodeError) {
        var covered = 0
        var nextFrame = 0
        var nextTile = 0
        // Groups follow each other in raster order: either some tiles of one frame, or whole frames.
        for (_, group) in groups {
            let header = group.header
            guard header.layer == 1, header.levels == 0...0 else {
                throw .unsupported(part: number, feature: .layer)
            }
            guard header.frames.lowerBound == nextFrame, header.tiles.lowerBound == nextTile,
                header.tiles.upperBound <= grid.tilesPerFrame,
                header.frames.count == 1 || header.tiles == 0..<grid.tilesPerFrame
            else { throw .tileCoverage(part: number) }
            let count = header.frames.count * header.tiles.count
            guard count <= PackingGroup.maximumTiles else {
                throw .fieldOutOfRange(field: "tiles of a group", value: count)
            }
            covered += count
            nextTile = header.tiles.upperBound
            if nextTile == grid.tilesPerFrame {
                nextTile = 0
                nextFrame = header.frames.upperBound
            }
        }
        guard isTruncated || covered == grid.extent.frames * grid.tilesPerFrame else {
            throw .tileCoverage(part: number)
        }
    }

    func signalGroup(index: Int, group: Group, in container: Container) throws(DecodeError)
        -> SignalPackingGroup
    {
        try SignalPackingGroup(
            body: container.body(of: group), tiles: grid.tiles(of: group.header),
            maximumCode: map.maximumCode >> grid.parameters.lowBits, lowBitCount: grid.parameters.lowBits,
            index: index)
    }

    func packingGroup(index: Int, group: Group, in container: Container) throws(DecodeError) -> PackingGroup {
        try PackingGroup(
            body: container.body(of: group), tiles: grid.tiles(of: group.header),
            maximumCode: map.maximumCode >> grid.parameters.lowBits, lowBitCount: grid.parameters.lowBits,
            hasBase: base != nil, index: index)
    }
}
