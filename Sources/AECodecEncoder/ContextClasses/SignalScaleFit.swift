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
        var cost = ScaleCost()
        for index in sample.errors.indices {
            var scale = k[constantTerm]
            for term in 0..<constantTerm { scale += k[term] * sample.terms[constantTerm * index + term] }
            cost.add(sample.errors[index], scale: scale)
        }
        return cost.bits
    }

    /// Non-negative weighted least squares.
    private static func fit(
        _ sample: SignalScaleSample, from start: [Int: Double], least: Double
    ) -> [Int: Double] {
        ScaleWeights.solve(
            sample.terms, sample.errors, termCount: constantTerm, from: start,
            weight: .least(Float(least)))
    }
}
