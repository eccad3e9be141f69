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
        var shift = 0
        while maximumCode >> shift >= PredictionParameters.curveCount { shift += 1 }
        curveShift = shift
        curve = [UInt16](repeating: 0, count: PredictionParameters.curveCount)
        curveExponent = 0
        weights = Self.startWeights
        guard sample.count >= Self.fewestSamples else { return }

        let means = Self.curveMeans(sample, shift: shift)
        let coefficients = Self.coefficients(sample, means: means, shift: shift)
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

    /// Non-negative weighted least squares, the weights being those of the last round's scale.
    private static func coefficients(_ sample: ScaleSample, means: [Float], shift: Int) -> [Int: Double] {
        let terms = Array(0...constantTerm)
        var result: [Int: Double] = [constantTerm: Double(sample.errors.reduce(0, +)) / Double(sample.count)]
        var panel = Panel(capacity: 64)
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
                    let weight = 1 / max(scale, 0.03)
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
