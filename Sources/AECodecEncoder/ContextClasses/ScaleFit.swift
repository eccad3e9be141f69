// SPDX-License-Identifier: Apache-2.0
import AECodec

/// Fits the scale rule: which combination of neighbouring errors, gradients and of a noise curve over
/// the predicted code comes nearest to the size of the next error.
struct ScaleFit {
    var weights: [UInt16]
    var curve: [UInt16]
    var curveExponent: Int
    var curveShift: Int

    /// The rule used before anything is known: errors around, and gradients.
    static let startWeights: [UInt16] = [38, 38, 20, 20, 10, 6, 5, 4, 4, 4]

    /// Terms of the fit behind the ten of the rule.
    private static let curveTerm = 10
    private static let constantTerm = 11
    private static let targetTerm = 12
    private static let rounds = 3
    /// Fewer samples than this do not carry twelve coefficients.
    private static let fewestSamples = 400

    /// - Parameters:
    ///   - sample: Features of samples of the group.
    ///   - maximumCode: The greatest predicted code.
    init(_ sample: ScaleSample, maximumCode: Int) {
        let shift = Self.curveShift(maximumCode: maximumCode)
        curveShift = shift
        curve = [UInt16](repeating: 0, count: PredictionParameters.curveCount)
        curveExponent = 0
        weights = Self.startWeights
        guard sample.count >= Self.fewestSamples else { return }

        let means = Self.curveMeans(sample, shift: shift)
        let coefficients = Self.best(sample, means: means, shift: shift)
        let unit = 256.0
        weights = (0..<PredictionParameters.scaleTermCount).map { term in
            UInt16(
                min(
                    Double(PredictionParameters.maximumScaleWeight),
                    (coefficients[term, default: 0] * unit).rounded()))
        }
        let heights = means.map { mean in
            (coefficients[Self.curveTerm, default: 0] * Double(mean)
                + coefficients[Self.constantTerm, default: 0]) * unit
        }
        let highest = heights.max() ?? 0
        while highest / Double(1 << curveExponent) > 65_535, curveExponent < 8 { curveExponent += 1 }
        curve = heights.map { UInt16(max(0, min(65_535, ($0 / Double(1 << curveExponent)).rounded()))) }
    }

    /// What of a code indexes the curve.
    static func curveShift(maximumCode: Int) -> Int {
        var shift = 0
        while maximumCode >> shift >= PredictionParameters.curveCount { shift += 1 }
        return shift
    }

    /// The mean error at every entry of the curve; places without samples repeat their neighbour.
    private static func curveMeans(_ sample: ScaleSample, shift: Int) -> [Float] {
        var sums = [Float](repeating: 0, count: PredictionParameters.curveCount)
        var counts = sums
        for index in 0..<sample.count {
            let bin = Int(sample.codes[index]) >> shift
            sums[bin] += sample.errors[index]
            counts[bin] += 1
        }
        let mean = sums.reduce(0, +) / Float(max(sample.count, 1))
        var last = mean
        return zip(sums, counts).map { sum, count in
            // A few samples say little; they are pulled towards the neighbour.
            last = count > 0 ? (sum + 4 * last) / (count + 4) : last
            return last
        }
    }

    /// The unit of errors, as a power of two: beyond 12 bits they are counted more coarsely, so that the scale still
    /// tells them apart.
    static func errorShift(_ errors: [Float]) -> Int {
        let share = Double(errors.count { $0 >= 1500 }) / Double(max(1, errors.count))
        return share > 0.3 ? 4 : share > 0.02 ? 2 : 0
    }

    /// The best of some fits by what the errors cost in their classes.
    ///
    /// Where errors have heavy tails, a fit may end far from the best, depending on where it began.
    private static func best(_ sample: ScaleSample, means: [Float], shift: Int) -> [Int: Double] {
        let mean = Double(sample.errors.reduce(0, +)) / Double(sample.count)
        var start: [Int: Double] = [constantTerm: 0.1 * mean]
        for (term, weight) in startWeights.enumerated() { start[term] = Double(weight) / 256 }
        let fits = [
            fit(sample, means: means, shift: shift, from: [constantTerm: mean], least: 0.03),
            fit(sample, means: means, shift: shift, from: [constantTerm: mean], least: 0.05 * mean),
            fit(sample, means: means, shift: shift, from: start, least: 0.05 * mean),
        ]
        let costs = fits.map { cost(sample, $0, means: means, shift: shift) }
        return fits[costs.indices.min { costs[$0] < costs[$1] } ?? 0]
    }

    /// About the bits of the errors, each class having an exponential distribution of its own.
    private static func cost(
        _ sample: ScaleSample, _ rule: [Int: Double], means: [Float], shift: Int
    ) -> Double {
        let k = (0...constantTerm).map { Float(rule[$0, default: 0]) * 256 }
        var cost = ScaleCost()
        for index in 0..<sample.count {
            var scale = k[curveTerm] * means[Int(sample.codes[index]) >> shift] + k[constantTerm]
            for term in 0..<10 { scale += k[term] * sample.features[10 * index + term] }
            cost.add(sample.errors[index], scale: scale)
        }
        return cost.bits
    }

    /// Non-negative weighted least squares, the weights being those of the last round's scale.
    ///
    /// - Parameters:
    ///   - sample: The errors.
    ///   - means: The mean error at every entry of the curve.
    ///   - shift: What of a code indexes the curve.
    ///   - start: The rule of the first weights.
    ///   - least: The smallest scale that they tell apart; smooth places, however many, must not rule the fit.
    /// - Returns: The rule.
    private static func fit(
        _ sample: ScaleSample, means: [Float], shift: Int, from start: [Int: Double], least: Double
    ) -> [Int: Double] {
        let terms = Array(0...constantTerm)
        var result = start
        let least = Float(max(0.03, least))
        var panel = Panel(capacity: 64, termCount: 16)
        let run = panel.stride
        for _ in 0..<rounds {
            var sums = NormalEquations()
            let k = terms.map { Float(result[$0, default: 0]) }
            for start in stride(from: 0, to: sample.count, by: run) {
                panel.count = min(run, sample.count - start)
                for place in 0..<run {
                    guard place < panel.count else {
                        for term in 0...targetTerm { panel.values[term * run + place] = 0 }
                        continue
                    }
                    let index = start + place
                    let height = means[Int(sample.codes[index]) >> shift]
                    var scale = k[curveTerm] * height + k[constantTerm]
                    for term in 0..<10 { scale += k[term] * sample.features[10 * index + term] }
                    let weight = 1 / max(scale, least)
                    for term in 0..<10 {
                        panel.values[term * run + place] = weight * sample.features[10 * index + term]
                    }
                    panel.values[curveTerm * run + place] = weight * height
                    panel.values[constantTerm * run + place] = weight
                    panel.values[targetTerm * run + place] = weight * sample.errors[index]
                }
                sums.add(panel)
            }
            result = sums.solveNonNegative(terms: terms, target: targetTerm)
        }
        return result
    }
}

/// What ``ScaleFit`` is fitted to.
struct ScaleSample {
    /// Ten features a sample.
    var features: [Float] = []
    /// Predicted codes.
    var codes: [UInt16] = []
    /// |residual| in units of the error shift.
    var errors: [Float] = []

    var count: Int { errors.count }
}
