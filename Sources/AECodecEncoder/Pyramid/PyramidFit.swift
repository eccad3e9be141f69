// SPDX-License-Identifier: Apache-2.0
import AECodec
import CAEKernels

/// Fits the scale rules of a pyramid model: non-negative least squares of magnitudes on the terms of their
/// context, weighted by the scale itself, for every level kind, band and phase.
package struct PyramidFit: Sendable {
    /// Observations by level kind, band and phase.
    private var samples = [Observations](repeating: Observations(), count: ruleCount)

    private struct Observations: Sendable {
        var terms: [Float] = []
        var magnitudes: [Float] = []
    }

    private static let ruleCount = AE_LEVEL_KINDS * AE_BANDS * AE_PHASES
    private static let termCount = AE_LATENT_TERMS
    /// Observations of one plane for one rule at most.
    private static let capacity = 4000
    private static let rounds = 4
    /// Weights are in units of 2^-12.
    private static let unit = 4096.0

    package init() {}

    /// Adds latents of a plane, as an encoder with the present model quantises them.
    mutating func add(_ plane: PyramidPlane, encoder: LatentEncoder, model: PyramidModel) {
        let levels = 0...plane.layout.levelCount
        let tiles = (0..<plane.layout.tileCount).map { (plane: plane, tile: $0) }
        var (costs, _, _) = encoder.quantized(tiles, levels: levels)
        var rules = model.rules
        let work = UnsafeMutableRawPointer.allocate(byteCount: plane.workByteCount, alignment: 64)
        defer { unsafe work.deallocate() }
        var terms = [Float](repeating: 0, count: Self.capacity * Self.termCount)
        var magnitudes = [Float](repeating: 0, count: Self.capacity)
        for rule in 0..<Self.ruleCount {
            let kind = rule / (AE_BANDS * AE_PHASES)
            let band = rule / AE_PHASES % AE_BANDS
            for (_, tile) in tiles {
                var latents = unsafe plane.latentTile(tile, levels: levels, work: work)
                let share = 4 << (2 * (kind + 1))
                let every = max(1, plane.layout.rows * plane.layout.columns / share / Self.capacity)
                let count = unsafe ae_latent_samples(
                    encoder.level, &rules, &latents, &costs, Int32(kind), Int32(band),
                    Int32(rule % AE_PHASES), Int32(every), &terms,
                    &magnitudes, Self.capacity)
                samples[rule].terms += terms[0..<count * Self.termCount]
                samples[rule].magnitudes += magnitudes[0..<count]
            }
        }
    }

    /// The fitted weights; rules without observations keep those of `start`.
    package func weights(from start: [UInt16]) -> [UInt16] {
        var weights = start
        for (rule, observations) in samples.enumerated() where observations.magnitudes.count > 200 {
            let solution = Self.solve(observations)
            for term in 0...Self.termCount {
                let value = (solution[term, default: 0] * Self.unit).rounded()
                weights[(Self.termCount + 1) * rule + term] = UInt16(max(0, min(65_535, value)))
            }
            // A scale of zero would be a class that no magnitude but zero fits.
            let constant = (Self.termCount + 1) * rule + Self.termCount
            weights[constant] = max(weights[constant], 4)
        }
        return weights
    }

    private static func solve(_ observations: Observations) -> [Int: Double] {
        let terms = Array(0...termCount)
        let target = termCount + 1
        let mean = observations.magnitudes.reduce(0, +) / Float(observations.magnitudes.count)
        var result: [Int: Double] = [termCount: Double(mean)]
        var panel = Panel(capacity: 64)
        let run = panel.stride
        for _ in 0..<rounds {
            var sums = NormalEquations()
            let k = terms.map { Float(result[$0, default: 0]) }
            for start in stride(from: 0, to: observations.magnitudes.count, by: run) {
                panel.count = min(run, observations.magnitudes.count - start)
                for place in 0..<run {
                    guard place < panel.count else {
                        for term in 0...target { panel.values[term * run + place] = 0 }
                        continue
                    }
                    let index = start + place
                    var scale = k[termCount]
                    for term in 0..<termCount {
                        scale += k[term] * observations.terms[termCount * index + term]
                    }
                    let weight = 1 / (max(scale, 0) + 0.03)
                    for term in 0..<termCount {
                        panel.values[term * run + place] =
                            weight * observations.terms[termCount * index + term]
                    }
                    panel.values[termCount * run + place] = weight
                    panel.values[target * run + place] = weight * observations.magnitudes[index]
                }
                sums.add(panel)
            }
            result = sums.solveNonNegative(terms: terms, target: target)
        }
        return result
    }
}
