// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import AEMetrics
import Samples

/// Searches the step that meets a target for one part of a recording, by the bytes and errors of what comes out.
struct SignalSearch {
    private let samples: SampleArray
    private let rate: Double
    /// As the archive states it.
    private let statedRate: SamplingRate?
    private let number: Int
    private let options: EncodeOptions

    private static let attempts = 14
    /// Trials that learn from those before.
    private static let learning = 3
    /// Logarithms of steps, in stored units.
    private static let range = -8.0...26.0
    /// Leads from which on channels are tried, and samples up to which everything is.
    private static let fewRows = 2
    private static let smallCount = 1 << 20
    private static let manyRows = 8
    /// A rate for signals that state none.
    private static let unknownRate = 250.0

    init(_ signal: SignalPart, part number: Int, options: EncodeOptions) {
        samples = signal.samples
        rate = signal.rate?.hertz ?? Self.unknownRate
        statedRate = signal.rate
        self.number = number
        self.options = options
    }

    /// What was found: the part alone, and its bytes.
    private struct Candidate {
        var content: ContainerContent
        var byteCount: Int
    }

    /// - Parameters:
    ///   - target: What is wanted.
    ///   - cellBits: Bits of a sample in the original file.
    /// - Returns: The part and its groups.
    /// - Throws: ``EncodeError`` if the target cannot be met.
    func encode(_ target: LossyTarget, cellBits: Int) throws(EncodeError) -> PartEncoder.Result {
        let rows = samples.extent.rows
        let isSmall = samples.extent.sampleCount <= Self.smallCount
        var candidates: [Candidate] = []
        if rows < Self.manyRows || isSmall {
            candidates.append(try candidate(target, cellBits, mixesRows: false))
        }
        if rows > Self.fewRows, isSmall || rows >= Self.manyRows,
            let mixed = try? candidate(target, cellBits, mixesRows: true)
        {
            candidates.append(mixed)
        }
        guard var best = candidates.min(by: { isBetter($0, $1, target) })?.content else {
            throw .targetUnreachable(bytes: 0)
        }
        // What a decoder makes of it says what is lost.
        let difference = try best.stateErrors(of: samples, model: options.model, options: options)
        if difference.maximumError == 0 {
            let mode = best.parts[0].mode
            var lossless = options
            lossless.base = .none
            var result = try PartEncoder(samples, part: number, kind: .signal, options: lossless).single()
            result.part.mode = CodingMode(
                kind: .lossless, target: mode.target, targetValue: mode.targetValue)
            return result
        }
        return (best.parts[0], best.groups(ofPart: number))
    }

    /// Of two that meet a target of size, the one with the smaller error is better; else the smaller one.
    private func isBetter(_ a: Candidate, _ b: Candidate, _ target: LossyTarget) -> Bool {
        switch target {
        case .ratio, .bitsPerSample:
            a.content.parts[0].mode.meanSquaredError < b.content.parts[0].mode.meanSquaredError
        default: a.byteCount < b.byteCount
        }
    }

    private func candidate(
        _ target: LossyTarget, _ cellBits: Int, mixesRows: Bool
    ) throws(EncodeError) -> Candidate {
        let trials = try SignalTrials(samples, rate: rate, mixesRows: mixesRows, options: options)
        guard mixesRows == trials.isMixed else { throw .targetUnreachable(bytes: 0) }
        let count = Double(samples.extent.sampleCount)
        switch target {
        case .step(let step): return try once(trials, step: step, CodingMode(kind: .lossy))
        case .quality(let quality):
            let step = try LossyTarget.step(quality: quality, noise: trials.noise)
            let mode = CodingMode(kind: .lossy, target: .quality, targetValue: Float(quality))
            return try once(trials, step: step, mode)
        case .prd(let percent):
            guard percent > 0, percent <= 1000 else { throw .targetOutOfRange }
            let limit = trials.energy * (percent / 100) * (percent / 100)
            let mode = CodingMode(kind: .lossy, target: .prd, targetValue: Float(percent))
            return try withinError(trials, limit, mode)
        case .prdOfStretches(let percent):
            guard percent > 0, percent <= 1000 else { throw .targetOutOfRange }
            let mode = CodingMode(kind: .lossy, target: .prd, targetValue: Float(percent))
            return try withinErrors(trials, percent, mode)
        case .psnr(let decibels):
            guard (1...200).contains(decibels) else { throw .targetOutOfRange }
            let peak = exp2(Double(samples.format.bitsStored)) - 1
            let limit = count * peak * peak / exp2(decibels * 0.1 * log2(10))
            let mode = CodingMode(kind: .lossy, target: .psnr, targetValue: Float(decibels))
            return try withinError(trials, limit, mode)
        case .ratio(let ratio):
            let mode = CodingMode(kind: .lossy, target: .ratio, targetValue: Float(ratio))
            return try withinBytes(trials, count * Double(cellBits) / 8 / ratio, mode)
        case .bitsPerSample(let bits):
            let mode = CodingMode(kind: .lossy, target: .bitsPerSample, targetValue: Float(bits))
            return try withinBytes(trials, count * bits / 8, mode)
        }
    }

    private func packed(
        _ trials: SignalTrials, _ trial: SignalTrials.Trial, _ mode: CodingMode
    ) throws(EncodeError) -> Candidate {
        var content = try trials.packed(trial, mode)
        content.parts[0].rate = statedRate
        content.parts[0].mode.meanSquaredError = Float(
            max(trial.squaredError / Double(samples.extent.sampleCount), 1e-9))
        return Candidate(content: content, byteCount: content.serialized().count)
    }

    private func once(
        _ trials: SignalTrials, step: Double, _ mode: CodingMode
    ) throws(EncodeError) -> Candidate {
        guard step > 0, step < exp2(Self.range.upperBound) else { throw .targetOutOfRange }
        let first = trials.trial(step: step, after: nil)
        return try packed(trials, trials.trial(step: step, after: first), mode)
    }

    /// The smallest of at most some squared error.
    private func withinError(
        _ trials: SignalTrials, _ limit: Double, _ mode: CodingMode
    ) throws(EncodeError) -> Candidate {
        var best: SignalTrials.Trial?
        var last: SignalTrials.Trial?
        search(from: start(trials, limit), aim: -0.0015, slope: 0.6) { at, number in
            let one = trials.trial(step: exp2(at), after: last)
            // From here on a trial depends on its step alone, so that the search comes to rest.
            if number <= Self.learning { last = one }
            let value = 0.5 * log2(max(one.squaredError, 1e-9) / limit)
            // Of good trials the one nearest to the limit takes the fewest bytes.
            if value <= 0, best.map({ $0.squaredError < one.squaredError }) ?? true { best = one }
            return (value, value <= 0 && value > -0.004 && number > 2)
        }
        guard let best else { throw .targetUnreachable(bytes: 0) }
        return try packed(trials, best, mode)
    }

    /// A part of which every stretch of ten seconds keeps its error.
    private func withinErrors(
        _ trials: SignalTrials, _ percent: Double, _ mode: CodingMode
    ) throws(EncodeError) -> Candidate {
        var steps = SegmentSteps(trials, percent: percent)
        var at = start(trials, trials.energy * (percent / 100) * (percent / 100))
        var last: SignalTrials.Trial?
        for number in 1...SegmentSteps.attempts where at > Self.range.lowerBound {
            let segments = steps.isEmpty ? nil : steps.values(least: trials.leastSegment(step: exp2(at)))
            let one = trials.trial(step: exp2(at), after: last, segments: segments)
            if number <= SegmentSteps.adaptations { last = one }
            if number > SegmentSteps.adaptations || steps.isEmpty, steps.isMet(one.errors) {
                return try packed(trials, one, mode)
            }
            at += steps.next(after: number, one.errors)
        }
        throw .targetUnreachable(bytes: 0)
    }

    /// A step that is near what a squared error asks for.
    private func start(_ trials: SignalTrials, _ limit: Double) -> Double {
        let rmse = (limit / Double(samples.extent.sampleCount)).squareRoot()
        let percent = 100 * (limit / max(trials.energy, 1e-9)).squareRoot()
        // Measured: the coarser, the more of an error is less than its step.
        return log2(max(3 * rmse, 0.01)) + 0.45 * max(0, min(4, log2(max(percent, 1e-3))))
    }

    /// The best of at most some bytes.
    private func withinBytes(
        _ trials: SignalTrials, _ limit: Double, _ mode: CodingMode
    ) throws(EncodeError) -> Candidate {
        var best: Candidate?
        var last: SignalTrials.Trial?
        var failure: EncodeError?
        let bits = 8 * limit / Double(samples.extent.sampleCount)
        search(from: log2(trials.noise) + 4 - 2 * min(bits, 8), aim: 0.002, slope: 0.8) { at, number in
            let one = trials.trial(step: exp2(at), after: last)
            last = one
            do throws(EncodeError) {
                let candidate = try packed(trials, one, mode)
                let value = log2(limit / Double(candidate.byteCount))
                if value >= 0, best.map({ $0.byteCount < candidate.byteCount }) ?? true { best = candidate }
                return (value, value >= 0 && value < 0.006 && number > 1)
            } catch {
                failure = error
                return (0, true)
            }
        }
        if let failure { throw failure }
        guard let best else { throw .targetUnreachable(bytes: Int(limit)) }
        return best
    }

    /// Looks for the step where a measure is `aim`, by secants on its logarithm.
    ///
    /// What a step gives depends a little on the trials before, so that there is no interval to close in.
    ///
    /// - Parameters:
    ///   - start: A guess.
    ///   - aim: A value on the good side of 0.
    ///   - slope: How fast the measure rises with the step, about.
    ///   - measure: Rises with the step; says whether it is near enough.
    private func search(
        from start: Double, aim: Double, slope: Double, _ measure: (Double, Int) -> (Double, Bool)
    ) {
        var slope = slope
        var last: (at: Double, value: Double)?
        var at = min(max(start, Self.range.lowerBound), Self.range.upperBound)
        for number in 1...Self.attempts {
            let (value, isDone) = measure(at, number)
            if isDone { return }
            if let last, abs(at - last.at) > 0.03 {
                slope = min(max((value - last.value) / (at - last.at), 0.3), 1.5)
            }
            last = (at, value)
            // What does not come to rest is aimed at from a little further away.
            let wanted = number > 6 ? 1.5 * aim : aim
            let next = at - min(max((value - wanted) / slope, -4), 4)
            let inside = min(max(next, Self.range.lowerBound), Self.range.upperBound)
            guard inside != at else { return }
            at = inside
        }
    }
}
