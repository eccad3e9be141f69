// SPDX-License-Identifier: Apache-2.0

/// Weights of the terms of a scale: non-negative least squares of magnitudes, weighted by the scale itself.
enum ScaleWeights {
    private static let rounds = 4
    /// Weights are in units of 2^-12.
    private static let unit = 4096.0

    /// Fits the weights of a rule.
    ///
    /// - Parameters:
    ///   - terms: The terms of every observation, those of one together.
    ///   - magnitudes: The magnitude of each.
    ///   - termCount: Terms of an observation.
    /// - Returns: Weights of the terms, then a constant, as a model states them.
    static func fit(terms: [Float], magnitudes: [Float], termCount: Int) -> [UInt16] {
        let mean = magnitudes.reduce(0, +) / Float(magnitudes.count)
        let solution = solve(
            terms, magnitudes, termCount: termCount, from: [termCount: Double(mean)], weight: .plus(0.03))
        return (0...termCount).map { term in
            let value = (solution[term, default: 0] * unit).rounded()
            // A scale of zero would be a class that no magnitude but zero fits.
            return UInt16(max(term == termCount ? 4 : 0, min(65_535, value)))
        }
    }

    /// What an observation counts: one over its scale, which is kept from 0.
    enum Weight {
        /// The scale is at least this.
        case least(Float)
        /// This is added to the scale.
        case plus(Float)

        func of(_ scale: Float) -> Float {
            switch self {
            case .least(let least): 1 / max(scale, least)
            case .plus(let more): 1 / (max(scale, 0) + more)
            }
        }
    }

    /// Coefficients of terms and constant after some rounds, the weights being those of the last one's scale.
    static func solve(
        _ values: [Float], _ magnitudes: [Float], termCount: Int, from start: [Int: Double], weight: Weight
    ) -> [Int: Double] {
        let terms = Array(0...termCount)
        let target = termCount + 1
        var result = start
        var panel = Panel(capacity: 64, termCount: (target + 4) / 4 * 4)
        let run = panel.stride
        for _ in 0..<rounds {
            var sums = NormalEquations()
            let k = terms.map { Float(result[$0, default: 0]) }
            for start in stride(from: 0, to: magnitudes.count, by: run) {
                panel.count = min(run, magnitudes.count - start)
                for place in 0..<run {
                    guard place < panel.count else {
                        for term in 0...target { panel.values[term * run + place] = 0 }
                        continue
                    }
                    let index = start + place
                    var scale = k[termCount]
                    for term in 0..<termCount {
                        scale += k[term] * values[termCount * index + term]
                    }
                    let weight = weight.of(scale)
                    for term in 0..<termCount {
                        panel.values[term * run + place] =
                            weight * values[termCount * index + term]
                    }
                    panel.values[termCount * run + place] = weight
                    panel.values[target * run + place] = weight * magnitudes[index]
                }
                sums.add(panel)
            }
            result = sums.solveNonNegative(terms: terms, target: target)
        }
        return result
    }
}
