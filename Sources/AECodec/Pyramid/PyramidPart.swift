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
    /// The groups of the part with their numbers in the archive.
    let groups: [(index: Int, group: Group)]

    init(_ part: Part, number: Int, groups: [(Int, Group)]) throws(DecodeError) {
        guard let reference = part.model,
            let found = PyramidModel.builtIn.first(where: { $0.model.digest == reference.digest })
        else { throw .unsupported(part: number, feature: .model(part.model?.name ?? "")) }
        model = found.model
        parameters = try PyramidParameters(payload: part.parameters)
        map = try SampleMap(payload: part.sampleMap, format: part.format)
        guard case .affine = map, map.maximumCode <= 65_535, part.format.bitsStored <= 16 else {
            throw .fieldOutOfRange(field: "Map_Kind", value: 1)
        }
        extent = part.extent
        format = part.format
        self.groups = groups.map { (index: $0.0, group: $0.1) }
        try checkCoverage(number)
    }

    /// Tiles of one plane.
    var tilesPerPlane: Int {
        ((extent.rows - 1) >> parameters.tileExponent + 1) * ((extent.columns - 1) >> parameters.tileExponent + 1)
    }

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
    func decode(_ container: Container, frames: Range<Int>) throws(DecodeError) -> SampleArray {
        guard var decoder = LatentDecoder(model: model) else { throw .memoryLimit(needed: 0, limit: 0) }
        let prepared = PreparedMap(map, lowBits: 0)
        var extent = extent
        extent.frames = frames.count
        var values = [UInt16](repeating: 0, count: extent.sampleCount)
        let planeSamples = extent.rows * extent.columns
        for plane in 0..<frames.count * extent.channels {
            let bands = PyramidPlane(rows: extent.rows, columns: extent.columns, parameters: parameters)
            let frame = frames.lowerBound + plane / extent.channels
            let channel = plane % extent.channels
            for (index, group) in groups where group.header.frames.lowerBound == frame {
                let first = channel * tilesPerPlane
                guard group.header.tiles.lowerBound / tilesPerPlane == channel else { continue }
                let tiles = group.header.tiles.lowerBound - first..<group.header.tiles.upperBound - first
                let count = tiles.reduce(0) { $0 + bands.latentCount(tile: $1) }
                let latents = try LatentGroup(body: container.body(of: group), latentCount: count, index: index)
                var failure: DecodeError?
                unsafe container.bytes.withUnsafeBytes { bytes in
                    do throws(DecodeError) {
                        try unsafe decoder.decode(latents, tiles: tiles, plane: bands, index: index, bytes: bytes)
                    } catch { failure = error }
                }
                if let failure { throw failure }
            }
            unsafe values.withUnsafeMutableBufferPointer { values in
                guard let base = values.baseAddress else { return }
                let to = unsafe base + plane * planeSamples
                unsafe bands.synthesize(
                    into: to, stride: extent.columns, offset: (map.maximumCode + 1) / 2,
                    maximumCode: map.maximumCode, lifting: model.lifting)
                _ = unsafe prepared.apply(to, stride: extent.columns, rows: extent.rows, columns: extent.columns)
            }
        }
        return SampleArray(extent: extent, format: format, storage: .narrow(values))
    }
}
