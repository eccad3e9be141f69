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
    private let level: ae_kernel_level
    /// Instants of the windows.
    private let windows: [Range<Int>]
    /// Places where waveforms recur, window by window.
    private let times: [[Int]]
    /// Windows that are analysed; none of a long recording, whose windows are analysed again for every trial.
    private let encoders: [SignalWindowEncoder]
    /// The largest coefficients of details and of the low band, in steps of the common step 1.
    private let largest: (detail: Double, low: Double)
    /// The noise of the signals in stored units: from the median of the finest details of the first window.
    let noise: Double
    /// What is known of costs before anything is quantised.
    private let costs: LatentCosts

    /// Samples of a recording that is too long to be kept analysed and quantised.
    private static let longCount = 1 << 23

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
        guard let chosen = options.model ?? Model.ofSignals,
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
        self.level = level
        let windows = stride(from: 0, to: extent.columns, by: 1 << shape.windowExponent).map {
            $0..<min(extent.columns, $0 + 1 << shape.windowExponent)
        }
        self.windows = windows
        let isLong = extent.sampleCount > Self.longCount
        let allTimes = isLong ? [] : BeatDetector.beats(samples, rate: rate)
        var times: [[Int]] = []
        var encoders: [SignalWindowEncoder] = []
        var largest = (detail: 0.0, low: 0.0)
        var noise = 0.0
        for (index, columns) in windows.enumerated() {
            let own =
                isLong
                ? BeatDetector.beats(samples.window(rows: 0..<extent.rows, columns: columns), rate: rate)
                : allTimes.filter(columns.contains).map { $0 - columns.lowerBound }
            times.append(own)
            let encoder = SignalWindowEncoder(
                lines, columns, transform, shape: shape, times: own, model: model, level: level)
            largest.detail = max(largest.detail, encoder.largestDetail)
            largest.low = max(largest.low, encoder.largestLow)
            if index == 0 { noise = encoder.noise }
            if !isLong { encoders.append(encoder) }
        }
        self.times = times
        self.encoders = encoders
        self.largest = largest
        self.noise = max(noise, 0.25) * lines.unit
    }

    /// The window of a number, analysed.
    private func encoder(_ index: Int) -> SignalWindowEncoder {
        guard encoders.isEmpty else { return encoders[index] }
        return SignalWindowEncoder(
            lines, windows[index], transform, shape: shape, times: times[index], model: model, level: level)
    }

    /// Whether leads are mixed.
    var isMixed: Bool { transform != nil }

    /// The energy of all leads, their means removed, in squared stored units.
    var energy: Double { lines.energy }

    /// Squared steps that a bit is worth; measured on DS1 with adaptive residuals: 0.04 to 0.06 are alike, 0.03 and 0.07 take 0.7 % more
    /// bytes at PRDN 9 %, 0.12 3 %.
    private static let lambda: Float = 0.05
    /// What is known of a stream counts for each of its classes as this many residuals do.
    private static let streamWeight = 1000.0
    private static let quantizer = PyramidParameters.Quantizer.dependent

    private func parameters(step: Double, variesSteps: Bool = false) -> SignalPyramidParameters {
        let unit = step * Double(1 << SignalShape.fractionBits) * 256 / lines.unit
        let (detail, low) = largest
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
        let common = Double(parameters(step: step).commonStep)
        return -Int(8 * log2(max(1, common / max(largest.detail * 256 / 15_000, 1))))
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
        if let before { costs.learn(withStreams(before)) }
        // Costs of the last trial alone would feed upon themselves: what is dear is not chosen, and dearer still.
        var histogram = before?.histogram.map { $0 / 2 } ?? costs.emptyHistogram
        var outcomes: [SignalWindowEncoder.Outcome] = []
        var errors = [Double](repeating: 0, count: (samples.extent.columns - 1) / stretchLength + 1)
        // What a long recording gives is packed at once, and forgotten.
        let packer = encoders.isEmpty ? bodyPacker() : nil
        for index in times.indices {
            let encoder = encoder(index)
            var outcome = unsafe encoder.quantize(
                parameters, costs: costs, lambda: Self.lambda,
                shares: before?.outcomes[index].bestShares ?? wholeShares,
                segments: segments?[index] ?? [], predicts: options.predictsWaveforms)
            encoder.synthesize(&outcome)
            lines.addSquaredErrors(
                outcome.decoded, mixing: transform?.mixing, first: windows[index].lowerBound,
                columns: encoder.columns, length: stretchLength, to: &errors)
            outcome.decoded = []
            LatentCosts.add(
                residuals: outcome.residuals, classes: outcome.classes, count: outcome.residuals.count,
                to: &histogram)
            if let packer {
                outcome.body = packer.body(outcome, parameters, encoder)
                // Streams of the first window tell what bits cost.
                if index > 0 { (outcome.residuals, outcome.classes) = ([], []) }
            }
            outcomes.append(outcome)
        }
        return Trial(parameters: parameters, outcomes: outcomes, errors: errors, histogram: histogram)
    }

    /// What a trial tells of costs, with those of the streams that classes of the first window share: a stream is what bits are
    /// paid in, and a class that was not chosen for a while does not become dear by that.
    private func withStreams(_ trial: Trial) -> [Double] {
        let first = trial.outcomes[0]
        let cut = ClassCut(
            residuals: first.residuals, classes: first.classes, count: first.residuals.count, set: .signals,
            tree: model.tree)
        let width = LatentPrior.symbolCount
        var histogram = trial.histogram
        var streams = [[Double]](
            repeating: [Double](repeating: 0, count: width), count: max(1, cut.counts.count))
        for place in histogram.indices {
            streams[Int(cut.streamOfClass[place / width])][place % width] += histogram[place]
        }
        for (stream, counts) in streams.enumerated() {
            let total = counts.reduce(0, +)
            streams[stream] = counts.map { $0 * Self.streamWeight / max(total, 1) }
        }
        for c in 0..<histogram.count / width {
            let own = c * width..<(c + 1) * width
            guard histogram[own].contains(where: { $0 > 0 }) else { continue }
            for place in own {
                histogram[place] += streams[Int(cut.streamOfClass[c])][place - own.lowerBound]
            }
        }
        return histogram
    }

    /// The instants of every segment whose steps are multiplied alike, window by window; empty if none can be.
    var segments: [[Range<Int>]] {
        guard shape.predictedLevels > 0 else { return [] }
        let length = 1 << (shape.chunkExponent + SignalShape.segmentExponent)
        return windows.map { window in
            stride(from: window.lowerBound, to: window.upperBound, by: length).map {
                $0..<min(window.upperBound, $0 + length)
            }
        }
    }

    /// The energy of all leads in each stretch, their means in it removed, in squared stored units; a rest of less than half a
    /// stretch has none.
    var stretchEnergies: [Double] { lines.energies(length: stretchLength) }

    /// Packs bodies in one of two ways.
    private struct BodyPacker {
        /// Probabilities that learn; nil for class streams.
        var coder: AdaptiveCoder?
        let streams: StreamPacker

        func body(
            _ outcome: SignalWindowEncoder.Outcome, _ parameters: SignalPyramidParameters,
            _ encoder: SignalWindowEncoder
        ) -> [UInt8] {
            guard let coder else { return encoder.body(outcome, packer: streams) }
            return encoder.body(outcome, parameters, coder: coder)
        }
    }

    /// What packs most parts best: probabilities that learn, unless the effort is low.
    private func bodyPacker() -> BodyPacker? {
        let effort = Effort(level: options.effort)
        let isAdaptive = (options.adaptiveShare ?? effort.adaptiveShare) > 0
        return StreamPacker(effort: effort).map {
            BodyPacker(coder: isAdaptive ? AdaptiveCoder(level: level) : nil, streams: $0)
        }
    }

    /// Latents of a part up to which class streams, whose tables are known, may be smaller.
    private static let fewLatents = 1 << 17

    /// The part and its groups, as number 0, without digest and errors.
    func packed(_ trial: Trial, _ mode: CodingMode) throws(EncodeError) -> ContainerContent {
        guard var packer = bodyPacker() else { throw .outOfMemory }
        var parameters = trial.parameters
        parameters.isAdaptive = packer.coder != nil
        var bodies = bodies(trial, packer)
        let share = options.adaptiveShare ?? 1
        let isFew = samples.extent.sampleCount <= Self.fewLatents
        if parameters.isAdaptive, !encoders.isEmpty, isFew || share < 1 {
            packer.coder = nil
            let plain = self.bodies(trial, packer)
            let counts = [bodies, plain].map { $0.reduce(0) { $0 + $1.count } }
            if Double(counts[0]) >= share * Double(counts[1]) {
                bodies = plain
                parameters.isAdaptive = false
            }
        }
        let groups = bodies.enumerated().map { index, body in
            (
                header: GroupHeader(
                    part: 0, layer: 0, levels: 0...shape.levelCount, frames: 0..<1, tiles: index..<index + 1),
                body: body
            )
        }
        var mode = mode
        mode.maximumError = UInt64(1) << UInt64(samples.format.bitsStored)
        mode.meanSquaredError = 1
        let part = Part(
            kind: .signal, extent: samples.extent, format: samples.format, mode: mode, model: reference,
            sampleMap: SampleMapFit.payload(map), parameters: parameters.payload,
            digest: [UInt8](repeating: 0, count: 32))
        return ContainerContent(parts: [part], groups: groups)
    }

    private func bodies(_ trial: Trial, _ packer: BodyPacker) -> [[UInt8]] {
        trial.outcomes.enumerated().map { index, outcome in
            outcome.body ?? packer.body(outcome, trial.parameters, encoder(index))
        }
    }

    /// Of how many latents of every level kind one is observed, so that no more than `capacity` are.
    func observationIntervals(capacity: Int) -> [Int32] {
        (0..<SignalModel.kindCount).map { kind in
            let level = max(1, shape.levelCount - kind)
            return Int32(max(1, samples.extent.sampleCount >> level / capacity))
        }
    }

    /// Squared steps that a bit is worth for a fit, which knows the costs of the model only; measured.
    private static let fitLambda: Float = 0.1

    /// What the windows give at a step, with the costs of the model, for a fit.
    func outcomes(
        step: Double, sampling: UnsafePointer<ae_line_sampling>
    ) -> [SignalWindowEncoder.Outcome] {
        let parameters = parameters(step: step)
        return times.indices.map { index in
            unsafe encoder(index).quantize(
                parameters, costs: costs, lambda: Self.fitLambda, shares: wholeShares,
                predicts: options.predictsWaveforms, sampling: sampling)
        }
    }
}
