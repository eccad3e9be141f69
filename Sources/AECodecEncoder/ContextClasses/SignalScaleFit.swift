// SPDX-License-Identifier: Apache-2.0
import AECodec

/// What ``SignalScaleFit`` is fitted to.
struct SignalScaleSample {
    /// Ten terms a sample.
    var terms: [Float] = []
    /// |residual| in units of the error shift.
    var errors: [Float] = []

    /// Samples that tell the weights.
    static let wantedCount = 30_000
}

/// Fits the weights of the scale of signals by non-negative weighted least squares.
struct SignalScaleFit {
    private(set) var weights = startWeights
    private(set) var constant = startConstant

    /// The rule used before anything is known.
    static let startWeights: [UInt16] = [40, 20, 8, 8, 8, 30, 10, 5, 10, 5]
    static let startConstant: UInt16 = 64

    private static let constantTerm = SignalParameters.scaleTermCount
    private static let targetTerm = SignalParameters.scaleTermCount + 1
    private static let rounds = 4
    /// Fewer samples than this do not carry eleven coefficients.
    private static let fewestSamples = 300

    /// The best of some fits by what the errors cost in their classes: errors have heavy tails, and a fit may end
    /// far from the best, depending on where it began.
    init(_ sample: SignalScaleSample) {
        let count = sample.errors.count
        guard count >= Self.fewestSamples else { return }
        let mean = Double(sample.errors.reduce(0, +)) / Double(count)
        var start: [Int: Double] = [Self.constantTerm: Double(Self.startConstant) / 256]
        for (term, weight) in Self.startWeights.enumerated() { start[term] = Double(weight) / 256 }
        let fits =
            [
                Self.fit(sample, from: [Self.constantTerm: mean], least: max(0.03, 0.05 * mean)),
                Self.fit(sample, from: start, least: max(0.03, 0.02 * mean)),
                Self.fit(sample, from: start, least: max(0.03, 0.2 * mean)),
            ] + [start]
        let costs = fits.map { Self.cost(sample, $0) }
        let rule = fits[costs.indices.min { costs[$0] < costs[$1] } ?? 0]
        let most = Double(PredictionParameters.maximumScaleWeight)
        weights = (0..<Self.constantTerm).map {
            UInt16(min(most, (rule[$0, default: 0] * 256).rounded()))
        }
        constant = UInt16(min(65_535, (rule[Self.constantTerm, default: 0] * 256).rounded()))
    }

    /// About the bits of the errors, each class having an exponential distribution of its own.
    private static func cost(_ sample: SignalScaleSample, _ rule: [Int: Double]) -> Double {
        let k = (0...constantTerm).map { Float(rule[$0, default: 0]) * 256 }
        var sums = [Float](repeating: 0, count: PredictionParameters.rawClassCount)
        var counts = sums
        for index in sample.errors.indices {
            var scale = k[constantTerm]
            for term in 0..<constantTerm { scale += k[term] * sample.terms[constantTerm * index + term] }
            let raw = Int(min(max(scale, 0), 16_777_215))
            let octave = Int.bitWidth - 1 - max(1, raw).leadingZeroBitCount
            let place = raw == 0 ? 0 : 1 + 4 * octave + (4 * raw) >> octave & 3
            sums[place] += sample.errors[index]
            counts[place] += 1
        }
        return zip(sums, counts).reduce(0) {
            $0 + ($1.1 > 0 ? Double($1.1) * log2(1 + 5.44 * Double($1.0) / Double($1.1)) : 0)
        }
    }

    /// Non-negative weighted least squares, the weights being those of the last round's scale.
    private static func fit(_ sample: SignalScaleSample, from start: [Int: Double], least: Double) -> [Int:
        Double]
    {
        let count = sample.errors.count
        let termCount = constantTerm
        let terms = Array(0...termCount)
        var rule = start
        let least = Float(least)
        var panel = Panel(capacity: 64, termCount: 12)
        let run = panel.stride
        for _ in 0..<rounds {
            var sums = NormalEquations()
            let k = terms.map { Float(rule[$0, default: 0]) }
            for start in stride(from: 0, to: count, by: run) {
                panel.count = min(run, count - start)
                for place in 0..<run {
                    guard place < panel.count else {
                        for term in 0...targetTerm { panel.values[term * run + place] = 0 }
                        continue
                    }
                    let index = start + place
                    var scale = k[constantTerm]
                    for term in 0..<termCount { scale += k[term] * sample.terms[termCount * index + term] }
                    let weight = 1 / max(scale, least)
                    for term in 0..<termCount {
                        panel.values[term * run + place] = weight * sample.terms[termCount * index + term]
                    }
                    panel.values[constantTerm * run + place] = weight
                    panel.values[targetTerm * run + place] = weight * sample.errors[index]
                }
                sums.add(panel)
            }
            rule = sums.solveNonNegative(terms: terms, target: targetTerm)
        }
        return rule
    }
}
