// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import CAEKernels
import Samples

/// One part of signals, analysed once and quantised at as many steps as a search takes.
struct SignalTrials {
    let samples: SampleArray
    /// Instants of the stretches that errors are known of.
    let stretchLength: Int
    let map: SampleMap
    let model: SignalModel
    private let reference: ModelReference
    private let options: EncodeOptions
    private let shape: SignalShape
    private let transform: RowTransform?
    private let lines: SignalLines
    private let encoders: [SignalWindowEncoder]
    /// What is known of costs before anything is quantised.
    private let costs: LatentCosts

    /// A pass at a step.
    struct Trial {
        let parameters: SignalPyramidParameters
        let outcomes: [SignalWindowEncoder.Outcome]
        /// Sums of squared errors in stored units, by stretches of ten seconds.
        let errors: [Double]
        /// The sum of all.
        var squaredError: Double { errors.reduce(0, +) }
        /// What this trial and those before tell of costs; each counts half of the next.
        let histogram: [Double]
    }

    /// - Parameters:
    ///   - samples: Stored values, one row for each lead; at most 16 bits.
    ///   - rate: Instants in a second.
    ///   - mixesRows: Whether channels are made of leads.
    ///   - options: Kernels and model.
    /// - Throws: ``EncodeError`` if the signals are too deep or too many, or the model is one of images.
    init(
        _ samples: SampleArray, rate: Double, mixesRows: Bool, options: EncodeOptions
    ) throws(EncodeError) {
        guard let level = options.kernel.level else { throw .kernelUnavailable(options.kernel) }
        guard samples.format.bitsStored <= 16 else { throw .tooDeep(bits: samples.format.bitsStored) }
        let extent = samples.extent
        guard extent.frames == 1, extent.channels == 1, extent.rows <= Int(AE_LINE_ROWS),
            extent.columns <= PyramidLayout.longestSide
        else { throw .tooLarge(samples: extent.sampleCount) }
        guard let chosen = options.model ?? Model.builtIn.first(where: \.isForSignals),
            let model = chosen.signal
        else { throw .modelOfImages }
        reference = ModelReference(version: chosen.version, identity: chosen.identity, name: chosen.name)
        self.model = model
        self.samples = samples
        stretchLength = max(1, Int((10 * rate).rounded()))
        self.options = options
        costs = LatentCosts(.signals, centroids: model.centroids, quantizer: Self.quantizer)
        map = SampleMapFit.affineMap(samples)
        guard map.maximumCode <= 65_535 else { throw .tooLarge(samples: extent.sampleCount) }
        let shape = SignalShape(
            rate: rate, columns: extent.columns, windowExponent: options.signalWindowExponent)
        self.shape = shape
        let lines = SignalLines(samples, map: map)
        self.lines = lines
        let transform =
            mixesRows ? RowTransform((0..<extent.rows).map(lines.codes), rate: rate) : nil
        self.transform = transform
        let times = BeatDetector.beats(samples, rate: rate)
        encoders = stride(from: 0, to: extent.columns, by: 1 << shape.windowExponent).map { first in
            let columns = first..<min(extent.columns, first + 1 << shape.windowExponent)
            let values = lines.values(columns)
            return SignalWindowEncoder(
                transform?.channels(values, columns: columns.count) ?? values,
                channels: transform?.mixing.channels ?? extent.rows, columns: columns.count, shape: shape,
                times: times.filter(columns.contains).map { $0 - first }, model: model, level: level)
        }
    }

    /// Whether leads are mixed.
    var isMixed: Bool { transform != nil }

    /// The energy of all leads, their means removed, in squared stored units.
    var energy: Double { lines.energy }

    /// The noise of the signals in stored units: from the median of the finest details.
    var noise: Double { max(encoders.first?.noise ?? 0, 0.25) * lines.unit }

    /// Squared steps that a bit is worth; measured flat around this value.
    private static let lambda: Float = 0.15
    private static let quantizer = PyramidParameters.Quantizer.dependent

    private func parameters(step: Double, variesSteps: Bool = false) -> SignalPyramidParameters {
        let unit = step * Double(1 << SignalShape.fractionBits) * 256 / lines.unit
        let detail = encoders.map(\.largestDetail).max() ?? 0
        let low = encoders.map(\.largestLow).max() ?? 0
        let lowScale = Double(model.bandScales[shape.levelCount - 1]) / 65_536
        let common = max(unit, detail * 256 / 15_000, 1)
        let lowStep = max(common * lowScale, low * 256 / 15_000, 1)
        return shape.parameters(
            quantizer: Self.quantizer, commonStep: UInt32(min(common, 2e9).rounded()),
            lowStep: UInt32(min(lowStep, 2e9).rounded()), mixing: transform?.mixing,
            variesSteps: variesSteps)
    }

    /// The least that the steps of a segment can be multiplied by, in eighths of the logarithm to base 2, so that latents fit.
    func leastSegment(step: Double) -> Int {
        let detail = encoders.map(\.largestDetail).max() ?? 0
        let common = Double(parameters(step: step).commonStep)
        return -Int(8 * log2(max(1, common / max(detail * 256 / 15_000, 1))))
    }

    private var wholeShares: [UInt8] { [UInt8](repeating: 16, count: max(1, shape.predictedLevels)) }

    /// Quantises everything at a step, in stored units, with what the trial before has told of costs and predictions.
    ///
    /// - Parameters:
    ///   - step: The step.
    ///   - before: The trial before.
    ///   - segments: By what steps are multiplied, window by window; nil if by nothing.
    /// - Returns: What came of it.
    func trial(step: Double, after before: Trial?, segments: [[Int8]]? = nil) -> Trial {
        let parameters = parameters(step: step, variesSteps: segments != nil)
        var costs = costs
        if let before { costs.learn(before.histogram) }
        // Costs of the last trial alone would feed upon themselves: what is dear is not chosen, and dearer still.
        var histogram = before?.histogram.map { $0 / 2 } ?? costs.emptyHistogram
        var outcomes: [SignalWindowEncoder.Outcome] = []
        var errors = [Double](repeating: 0, count: (samples.extent.columns - 1) / stretchLength + 1)
        for (index, encoder) in encoders.enumerated() {
            var outcome = unsafe encoder.quantize(
                parameters, costs: costs, lambda: Self.lambda,
                shares: before?.outcomes[index].bestShares ?? wholeShares,
                segments: segments?[index] ?? [], predicts: options.predictsWaveforms)
            encoder.synthesize(&outcome)
            lines.addSquaredErrors(
                outcome.decoded, mixing: transform?.mixing, first: index << shape.windowExponent,
                columns: encoder.columns, length: stretchLength, to: &errors)
            outcome.decoded = []
            LatentCosts.add(
                residuals: outcome.residuals, classes: outcome.classes, count: outcome.residuals.count,
                to: &histogram)
            outcomes.append(outcome)
        }
        return Trial(parameters: parameters, outcomes: outcomes, errors: errors, histogram: histogram)
    }

    /// The instants of every segment whose steps are multiplied alike, window by window; empty if none can be.
    var segments: [[Range<Int>]] {
        guard shape.predictedLevels > 0 else { return [] }
        let length = 1 << (shape.chunkExponent + SignalShape.segmentExponent)
        return encoders.indices.map { index in
            let first = index << shape.windowExponent
            let end = first + encoders[index].columns
            return stride(from: first, to: end, by: length).map { $0..<min(end, $0 + length) }
        }
    }

    /// The energy of all leads in each stretch, their means in it removed, in squared stored units; a rest of less than half a
    /// stretch has none.
    var stretchEnergies: [Double] { lines.energies(length: stretchLength) }

    /// The part and its groups, as number 0, without digest and errors.
    func packed(_ trial: Trial, _ mode: CodingMode) throws(EncodeError) -> ContainerContent {
        guard let packer = StreamPacker(effort: Effort(level: options.effort)) else { throw .outOfMemory }
        let groups = trial.outcomes.enumerated().map { index, outcome in
            (
                header: GroupHeader(
                    part: 0, layer: 0, levels: 0...shape.levelCount, frames: 0..<1, tiles: index..<index + 1),
                body: encoders[index].body(outcome, packer: packer)
            )
        }
        var mode = mode
        mode.maximumError = UInt64(1) << UInt64(samples.format.bitsStored)
        mode.meanSquaredError = 1
        let part = Part(
            kind: .signal, extent: samples.extent, format: samples.format, mode: mode, model: reference,
            sampleMap: SampleMapFit.payload(map), parameters: trial.parameters.payload,
            digest: [UInt8](repeating: 0, count: 32))
        return ContainerContent(parts: [part], groups: groups)
    }

    /// Of how many latents of every level kind one is observed, so that no more than `capacity` are.
    func observationIntervals(capacity: Int) -> [Int32] {
        (0..<SignalModel.kindCount).map { kind in
            let level = max(1, shape.levelCount - kind)
            return Int32(max(1, samples.extent.sampleCount >> level / capacity))
        }
    }

    /// What the windows give at a step, with the costs of the model, for a fit.
    func outcomes(
        step: Double, sampling: UnsafePointer<ae_line_sampling>
    ) -> [SignalWindowEncoder.Outcome] {
        let parameters = parameters(step: step)
        return encoders.map { encoder in
            unsafe encoder.quantize(
                parameters, costs: costs, lambda: Self.lambda, shares: wholeShares,
                predicts: options.predictsWaveforms, sampling: sampling)
        }
    }
}
