// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Samples

/// A lossy part whose map, parameters, model and tile coverage have been checked.
struct PyramidPart: Sendable {
    let extent: Extent
    let format: SampleFormat
    let map: SampleMap
    let parameters: PyramidParameters
    let model: PyramidModel
    private let layout: PyramidLayout
    /// The groups of the part with their numbers in the archive.
    let groups: [(index: Int, group: Group)]

    init(_ part: Part, number: Int, groups: [(index: Int, group: Group)]) throws(DecodeError) {
        guard let reference = part.model,
            let found = PyramidModel.builtIn.first(where: { $0.model.identity == reference.identity })
        else { throw .unsupported(part: number, feature: .model(part.model?.name ?? "")) }
        model = found.model
        parameters = try PyramidParameters(payload: part.parameters)
        map = try SampleMap(payload: part.sampleMap, format: part.format)
        guard case .affine = map, map.maximumCode <= 65_535, part.format.bitsStored <= 16 else {
            throw .fieldOutOfRange(field: "Map_Kind", value: 1)
        }
        extent = part.extent
        layout = PyramidLayout(rows: extent.rows, columns: extent.columns, parameters: parameters)
        format = part.format
        self.groups = groups
        try checkCoverage(number)
    }

    /// Tiles of one plane.
    private var tilesPerPlane: Int { layout.tileCount }

    /// Proves that the groups cover every tile of every frame once, in raster order.
    private func checkCoverage(_ number: Int) throws(DecodeError) {
        var frame = 0
        var tile = 0
        for (_, group) in groups {
            let header = group.header
            guard header.layer == 0, header.levels == 0...parameters.levelCount else {
                throw .unsupported(part: number, feature: .layer)
            }
            // A group stays within one plane.
            guard header.frames == frame..<frame + 1, header.tiles.lowerBound == tile,
                header.tiles.upperBound <= extent.channels * tilesPerPlane,
                header.tiles.lowerBound / tilesPerPlane == (header.tiles.upperBound - 1) / tilesPerPlane
            else { throw .tileCoverage(part: number) }
            tile = header.tiles.upperBound
            if tile == extent.channels * tilesPerPlane {
                tile = 0
                frame += 1
            }
        }
        guard frame == extent.frames, tile == 0 else { throw .tileCoverage(part: number) }
    }

    /// Decodes frames, plane after plane.
    func decode(
        _ container: Container, frames: Range<Int>, options: DecodeOptions
    ) throws(DecodeError) -> SampleArray {
        guard let level = options.kernel.level else { throw .kernelUnavailable(options.kernel) }
        guard let decoder = LatentDecoder(model: model, level: level) else {
            throw .memoryLimit(needed: 0, limit: 0)
        }
        var extent = extent
        extent.frames = frames.count
        try checkMemory(container, result: 2 * extent.sampleCount, options: options)
        let map = PreparedMap(map, lowBits: 0)
        var values = [UInt16](repeating: 0, count: extent.sampleCount)
        for plane in 0..<frames.count * extent.channels {
            let bands = PyramidPlane(rows: extent.rows, columns: extent.columns, parameters: parameters)
            let frame = frames.lowerBound + plane / extent.channels
            try decodeLatents(
                container, frame: frame, channel: plane % extent.channels, into: bands, decoder)
            unsafe values.withUnsafeMutableBufferPointer { values in
                guard let base = values.baseAddress else { return }
                let to = unsafe base + plane * extent.rows * extent.columns
                unsafe bands.synthesize(
                    into: to, stride: extent.columns, maximumCode: map.map.maximumCode,
                    lifting: model.lifting,
                    level: level)
                // Synthesis has limited the codes already.
                _ = unsafe map.apply(to, stride: extent.columns, rows: extent.rows, columns: extent.columns)
            }
        }
        return SampleArray(extent: extent, format: format, storage: .narrow(values))
    }

    private func decodeLatents(
        _ container: Container, frame: Int, channel: Int, into bands: PyramidPlane,
        _ decoder: LatentDecoder
    ) throws(DecodeError) {
        let first = channel * tilesPerPlane
        for (index, group) in groups where group.header.frames.lowerBound == frame {
            guard group.header.tiles.lowerBound / tilesPerPlane == channel else { continue }
            guard group.bodyRange.upperBound + StreamUnpacker.slack <= container.bytes.count else {
                throw .groupLength(group: index)
            }
            let (latents, _) = try latentGroup(index: index, group: group, in: container)
            let tiles = group.header.tiles.lowerBound - first..<group.header.tiles.upperBound - first
            var failure: DecodeError?
            unsafe container.bytes.withUnsafeBytes { bytes in
                do throws(DecodeError) {
                    try unsafe decoder.decode(latents, tiles: tiles, plane: bands, index: index, bytes: bytes)
                } catch { failure = error }
            }
            if let failure { throw failure }
        }
    }

    /// A group taken apart, and how many latents it has.
    private func latentGroup(
        index: Int, group: Group, in container: Container
    ) throws(DecodeError) -> (group: LatentGroup, latentCount: Int) {
        let count = group.header.tiles.reduce(0) { $0 + layout.latentCount(tile: $1 % tilesPerPlane) }
        return (try LatentGroup(body: container.body(of: group), latentCount: count, index: index), count)
    }

    /// Input, result, the bands and planes of one frame, and the latents of its groups.
    private func checkMemory(_ container: Container, result: Int, options: DecodeOptions) throws(DecodeError)
    {
        let plane = extent.rows * extent.columns
        let bands = PyramidPlane.valueCount(rows: extent.rows, columns: extent.columns)
        let needed = container.bytes.count + result + 4 * (bands + plane) + 2 * plane + 1 << 24
        guard needed <= options.maximumMemory else {
            throw .memoryLimit(needed: needed, limit: options.maximumMemory)
        }
    }

    /// What the packer chose, group by group.
    func summaries(_ container: Container) throws(DecodeError) -> [GroupSummary] {
        var summaries: [GroupSummary] = []
        for (index, group) in groups {
            let (latents, count) = try latentGroup(index: index, group: group, in: container)
            summaries.append(GroupSummary(group, latents: latents, latentCount: count))
        }
        return summaries
    }
}
