// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import CAEKernels
import Samples
import Testing

@testable import AECodecEncoder

/// Lossy archives that the format allows and the encoder does not write.
struct CraftedArchive {
    /// Levels that groups hold, and how many tiles of a frame, from the coarsest range on.
    typealias Range = (levels: ClosedRange<Int>, tiles: Int)

    var tileExponent = 6
    var levelCount: Int
    var fractionBits = 6
    var framesPerGroup = 1
    var ranges: [Range]
    /// Linear contexts: networks take long without optimization.
    var model = PyramidModel.builtIn[1].model
    var effort = Effort(level: 1)

    /// An archive of an image; mode and digest are not those of its samples.
    func content(_ image: SampleArray, step: Double) throws -> ContainerContent {
        let kernels = try #require(KernelChoice.portable.level)
        let map = SampleMapFit.affineMap(image)
        let extent = image.extent
        var parameters = PyramidParameters(
            tileExponent: tileExponent, levelCount: levelCount, fractionBits: LossyEncoder.fractionBits,
            commonStep: 1, model: model)
        let layout = PyramidLayout(rows: extent.rows, columns: extent.columns, parameters: parameters)
        let analysis = PyramidAnalysis(
            model: model, kernels: kernels, threads: 1,
            codes: CodeTable(map, format: image.format, lowBits: 0), maximumCode: map.maximumCode)
        let planes = (0..<extent.frames * extent.channels).map { number in
            let plane = PyramidPlane(
                PyramidWindow(layout, margin: model.lifting.margin), parameters: parameters,
                kept: PyramidPlane.keptLevels(
                    layout, partings: ranges.map(\.levels.lowerBound), rule: model.rule))
            analysis.run(image, first: number * extent.rows * extent.columns, into: plane)
            return plane
        }
        parameters = LossyEncoder.parameters(
            step: step, tileExponent: tileExponent, levelCount: levelCount, quantizer: effort.quantizer,
            isAdaptive: effort.learns, model: model,
            largest: LossyEncoder.largestMagnitudes(planes, levelCount: levelCount))
        for plane in planes { plane.parameters = parameters }
        let encoder = try #require(LatentEncoder(model: model, level: kernels, effort: effort))
        let groups = headers(extent, layout).map { header in
            let tiles: [PlaneTile] = header.frames.flatMap { frame in
                header.tiles.map {
                    (planes[frame * extent.channels + $0 / layout.tileCount], $0 % layout.tileCount)
                }
            }
            return (header: header, body: encoder.encode(tiles, levels: header.levels))
        }
        return ContainerContent(parts: [part(extent, image.format, map, parameters)], groups: groups)
    }

    /// An archive of 8-bit samples whose latents are all 0; small, whatever its extent.
    ///
    /// - Parameters:
    ///   - extent: What it declares.
    ///   - isDivided: Whether the classes below the left child of the root have no symbols.
    /// - Returns: The archive.
    func constant(_ extent: Extent, isDivided: Bool = false) -> ContainerContent {
        let parameters = PyramidParameters(
            tileExponent: tileExponent, levelCount: levelCount, fractionBits: fractionBits, commonStep: 256,
            model: model)
        let layout = PyramidLayout(rows: extent.rows, columns: extent.columns, parameters: parameters)
        let groups = headers(extent, layout).map { header in
            let count =
                header.frames.count
                * header.tiles.reduce(0) {
                    $0 + layout.latentCount(tile: $1 % layout.tileCount, levels: header.levels)
                }
            var writer = ByteWriter()
            // The cut ends at the root, which has symbols; or at its children, of which the right one has.
            writer.u8(isDivided ? 0b010001 : 0b010)
            StreamHeader(form: .constant(0), rawBits: 0, symbolCount: count).write(to: &writer)
            return (header: header, body: writer.bytes)
        }
        let map = SampleMap.affine(origin: 0, step: 1, maximumCode: 255)
        let format = SampleFormat(bitsStored: 8, isSigned: false)
        return ContainerContent(parts: [part(extent, format, map, parameters)], groups: groups)
    }

    private func headers(_ extent: Extent, _ layout: PyramidLayout) -> [GroupHeader] {
        let count = extent.channels * layout.tileCount
        return stride(from: 0, to: extent.frames, by: framesPerGroup).flatMap { frame in
            let frames = frame..<min(extent.frames, frame + framesPerGroup)
            return ranges.flatMap { range in
                let size = frames.count > 1 ? count : range.tiles
                return stride(from: 0, to: count, by: size).map {
                    GroupHeader(
                        part: 0, layer: 0, levels: range.levels, frames: frames,
                        tiles: $0..<min(count, $0 + size))
                }
            }
        }
    }

    private func part(
        _ extent: Extent, _ format: SampleFormat, _ map: SampleMap, _ parameters: PyramidParameters
    ) -> Part {
        Part(
            extent: extent, format: format, mode: CodingMode(kind: .lossy),
            model: ModelReference(version: 1, identity: model.identity, name: "crafted"),
            sampleMap: map.payload(), parameters: parameters.payload,
            digest: [UInt8](repeating: 0, count: 32))
    }
}

extension Archive {
    /// All samples of the only part; its digest is not compared.
    func undigested(_ reduction: Int = 0) throws(DecodeError) -> SampleArray {
        try samples(
            part: 0, SampleSelection(frames: 0..<container.parts[0].extent.frames, reduction: reduction))
    }
}
