// SPDX-License-Identifier: Apache-2.0
package import AECodec
import CAEKernels
import AEContainer
package import Samples

/// One image on its way through analysis, quantisation and packing.
package struct LossyEncoder {
    let samples: SampleArray
    let map: SampleMap
    private let name: String
    private let version: UInt32
    let model: PyramidModel
    let planes: [PyramidPlane]
    /// Headers of all groups, as ``LatentGroups`` orders them.
    let stages: [[GroupHeader]]
    /// The largest coefficient of every band, in the order of steps.
    private let largest: [Int]
    let level: ae_kernel_level
    let threads: Int
    let effort: Effort
    /// The same for all steps and threads.
    private let costs: LatentCosts
    package static let fractionBits = 6
    private let tileExponent: Int
    /// Common steps are limited to what a field holds.
    private static let largestStep = 2_000_000_000.0

    /// The least difference of two samples, in stored units.
    var unit: Double {
        if case .affine(_, let step, _) = map { Double(step) } else { 1 }
    }

    /// The greatest code of the image.
    package var maximumCode: Double { Double(map.maximumCode) }

    /// - Parameters:
    ///   - samples: The image, of at most 16 bits.
    ///   - map: Its map, if it is not to be found.
    ///   - options: Threads, kernels, effort and model.
    ///   - given: What decodes in place of the model of the options.
    /// - Throws: ``EncodeError`` if the samples are too deep or the kernels are not to be had.
    package init(
        _ samples: SampleArray, map: SampleMap? = nil, options: EncodeOptions,
        model given: PyramidModel? = nil
    ) throws(EncodeError) {
        guard let level = options.kernel.level else { throw .kernelUnavailable(options.kernel) }
        self.level = level
        threads = options.threads
        effort = Effort(options)
        tileExponent = options.pyramidTileExponent
        guard samples.format.bitsStored <= 16 else { throw .tooDeep(bits: samples.format.bitsStored) }
        self.samples = samples
        let chosen = options.model ?? Model.ofImages
        (name, version) = (chosen.name, chosen.version)
        guard let model = given ?? chosen.pyramid else { throw .modelOfSignals }
        self.model = model
        costs = LatentCosts(model, quantizer: effort.quantizer, isShaped: effort.withheld != .shapes)
        self.map = map ?? SampleMapFit.affineMap(samples)
        guard self.map.maximumCode <= 65_535 else { throw .tooLarge(samples: samples.extent.sampleCount) }
        let extent = samples.extent
        let levelCount = Self.levelCount(rows: extent.rows, columns: extent.columns)
        let parameters = PyramidParameters(
            tileExponent: tileExponent, levelCount: levelCount, fractionBits: Self.fractionBits,
            commonStep: 1, model: model)
        let layout = PyramidLayout(rows: extent.rows, columns: extent.columns, parameters: parameters)
        let window = PyramidWindow(layout, margin: model.lifting.margin)
        let analysis = PyramidAnalysis(
            model: model, kernels: level, threads: threads,
            codes: CodeTable(self.map, format: samples.format, lowBits: 0), maximumCode: self.map.maximumCode)
        stages =
            LatentGroups(layout: layout, frames: extent.frames, channels: extent.channels).stages
        let kept = PyramidPlane.keptLevels(
            layout, partings: LatentGroups.partings(layout), rule: model.rule)
        var planes: [PyramidPlane] = []
        for number in 0..<extent.frames * extent.channels {
            let plane = PyramidPlane(window, parameters: parameters, kept: kept)
            analysis.run(samples, first: number * extent.rows * extent.columns, into: plane)
            planes.append(plane)
        }
        self.planes = planes
        largest = Self.largestMagnitudes(planes, levelCount: levelCount)
    }

    /// Levels of the pyramid of a plane.
    static func levelCount(rows: Int, columns: Int) -> Int {
        var count = 1
        while count < PyramidParameters.maximumLevels, max(rows, columns) >> count > 8 { count += 1 }
        return count
    }

    static func largestMagnitudes(_ planes: [PyramidPlane], levelCount: Int) -> [Int] {
        var largest = [Int](repeating: 0, count: 1 + 3 * levelCount)
        for plane in planes {
            largest[0] = max(largest[0], plane.largestMagnitude(level: levelCount, band: 0))
            for level in 1...levelCount {
                for band in 0..<3 {
                    let place = 1 + 3 * (level - 1) + band
                    largest[place] = max(largest[place], plane.largestMagnitude(level: level, band: band + 1))
                }
            }
        }
        return largest
    }

    /// What a bit is worth where bits are cheap, as a share of what it usually is.
    private static let cheapBits = 0.85

    /// Groups of an archive.
    var groupCount: Int { stages.reduce(0) { $0 + $1.count } }

    /// Quantises and packs everything at a common step.
    ///
    /// The content's mode and digest are not those of its samples yet: they are stated when what a decoder makes of
    /// it is known.
    ///
    /// - Parameters:
    ///   - step: The common step, in units of the samples.
    ///   - cheapGroups: In so many groups, the last one in part, bits are cheap to the quantiser.
    ///   - rebuilds: Whether what a decoder reconstructs takes the place of the coefficients, where the effort codes
    ///     by probabilities that learn.
    /// - Returns: The archive but for source, mode and digest.
    /// - Throws: ``EncodeError/outOfMemory``.
    func encode(step: Double, cheapGroups: Double = 0, rebuilds: Bool = false) throws(EncodeError)
        -> ContainerContent
    {
        let parameters = setSteps(step)
        var groups: [(header: GroupHeader, body: [UInt8])] = []
        // Finer groups take up what coarser ones leave.
        for stage in stages {
            let bodies = try concurrently(stage.count, threads: threads) { () throws(EncodeError) in
                try latentEncoder()
            } _: { [first = groups.count] encoder, number in
                let share = min(1, max(0, cheapGroups - Double(first + number)))
                encoder.rebuilds = rebuilds
                encoder.lambdaShare = Float(1 - share * (1 - Self.cheapBits))
                return encoder.encode(tiles(of: stage[number]), levels: stage[number].levels)
            }
            groups += zip(stage, bodies).map { (header: $0, body: $1) }
        }
        groups.sort { LatentGroups.isBefore($0.header, $1.header) }
        let part = Part(
            extent: samples.extent, format: samples.format,
            mode: CodingMode(kind: .lossy),
            model: ModelReference(version: version, identity: model.identity, name: name),
            sampleMap: SampleMapFit.payload(map), parameters: parameters.payload,
            digest: [UInt8](repeating: 0, count: 32))
        return ContainerContent(parts: [part], groups: groups)
    }

    /// An encoder of groups that serves one thread.
    func latentEncoder() throws(EncodeError) -> LatentEncoder {
        guard let encoder = LatentEncoder(model: model, level: level, effort: effort, costs: costs) else {
            throw .outOfMemory
        }
        return encoder
    }

    /// The planes and tiles of a group in the order of its latents.
    func tiles(of header: GroupHeader) -> [PlaneTile] {
        let perPlane = planes[0].layout.tileCount
        return header.frames.flatMap { frame in
            header.tiles.map { tile in
                (planes[frame * samples.extent.channels + tile / perPlane], tile % perPlane)
            }
        }
    }

    /// Sets the steps of all bands from the common one, in units of the samples.
    ///
    /// A band whose quantised values would not fit 15 bits has a step of its own.
    func setSteps(_ step: Double) -> PyramidParameters {
        let parameters = Self.parameters(
            step: step, tileExponent: tileExponent, levelCount: planes[0].layout.levelCount,
            quantizer: effort.quantizer, isAdaptive: effort.learns, model: model, largest: largest)
        for plane in planes { plane.parameters = parameters }
        return parameters
    }

    /// Two quantisers in turn make about the errors of one whose steps are this much finer.
    private static let dependentShare = 1.375

    /// The parameters of a common step, in units of the samples, for coefficients up to those of `largest`.
    static func parameters(
        step: Double, tileExponent: Int, levelCount: Int, quantizer: PyramidParameters.Quantizer,
        isAdaptive: Bool = false, model: PyramidModel, largest: [Int]
    ) -> PyramidParameters {
        let share = quantizer == .dependent ? Self.dependentShare : 1
        let unit = share * step * Double(1 << Self.fractionBits) * 256
        let common = UInt32(max(1, min(Self.largestStep, unit.rounded(.up))))
        let plain = PyramidParameters(
            tileExponent: tileExponent, levelCount: levelCount, fractionBits: Self.fractionBits,
            quantizer: quantizer, commonStep: common, model: model)
        var exceptions: [(band: Int, step: UInt32)] = []
        for (band, step) in plain.steps.enumerated() {
            // Differences of the low band have twice its range.
            let least = Double(largest[band]) * 256 / (band == 0 ? 15_900 : 31_800)
            if Double(step) < least { exceptions.append((band, UInt32(least.rounded(.up)))) }
        }
        return PyramidParameters(
            tileExponent: tileExponent, levelCount: levelCount, fractionBits: Self.fractionBits,
            quantizer: quantizer, isAdaptive: isAdaptive, commonStep: common, exceptions: exceptions,
            model: model)
    }

    /// About the bits that all coefficients take at a step: the sum of log2(1 + |coefficient| / step).
    ///
    /// It tells which of two models suits an image, not how many bytes an archive has.
    func estimatedBits(step: Double) -> Double {
        let steps = setSteps(step).steps
        return planes.reduce(0) { $0 + $1.estimatedBits(steps: steps) }
    }

    /// Adds the image's latents at a step to a fit.
    package func contribute(to fit: inout PyramidFit, step: Double) throws(EncodeError) {
        let encoder = try latentEncoder()
        _ = setSteps(step)
        for plane in planes { fit.add(plane, encoder: encoder) }
    }

    /// Adds the image's latents at a step to what is known of classes.
    package func contribute(to fit: inout ClassFit, step: Double) throws(EncodeError) {
        let encoder = try latentEncoder()
        _ = setSteps(step)
        for plane in planes {
            let tiles = (0..<plane.layout.tileCount).map { (plane: plane, tile: $0) }
            let (statistics, count) = encoder.quantized(tiles, levels: 0...plane.layout.levelCount)
            fit.add(
                residuals: encoder.residuals, classes: encoder.classes, count: count, statistics: statistics)
        }
    }
}
