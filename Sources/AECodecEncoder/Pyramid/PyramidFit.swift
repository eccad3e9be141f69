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
    /// Observations of one plane for one rule at most; more of it are passed over evenly.
    private static let capacity = 4000

    package init() {}

    /// Adds latents of a plane, as an encoder with the present model quantises them.
    mutating func add(_ plane: PyramidPlane, encoder: LatentEncoder) {
        var terms = [Float](repeating: 0, count: Self.ruleCount * Self.capacity * Self.termCount)
        var magnitudes = [Float](repeating: 0, count: Self.ruleCount * Self.capacity)
        var counts = [Int32](repeating: 0, count: Self.ruleCount)
        var seen = counts
        let every = (1...AE_LEVEL_KINDS).map { kind in
            Int32(max(1, (plane.layout.rows * plane.layout.columns >> (2 * kind + 2)) / Self.capacity))
        }
        unsafe every.withUnsafeBufferPointer { every in
            unsafe terms.withUnsafeMutableBufferPointer { terms in
                unsafe magnitudes.withUnsafeMutableBufferPointer { magnitudes in
                    unsafe counts.withUnsafeMutableBufferPointer { counts in
                        unsafe seen.withUnsafeMutableBufferPointer { seen in
                            var sampling = unsafe ae_latent_sampling(
                                every: every.baseAddress, terms: terms.baseAddress,
                                magnitudes: magnitudes.baseAddress, counts: counts.baseAddress,
                                seen: seen.baseAddress, capacity: Int32(Self.capacity))
                            unsafe encoder.sample(plane, &sampling)
                        }
                    }
                }
            }
        }
        for rule in 0..<Self.ruleCount {
            let own = Self.capacity * rule..<Self.capacity * rule + Int(counts[rule])
            // Kernels count half steps.
            let ownTerms = Self.termCount * own.lowerBound..<Self.termCount * own.upperBound
            samples[rule].terms += terms[ownTerms].map { $0 / 2 }
            samples[rule].magnitudes += magnitudes[own].map { $0 / 2 }
        }
    }

    /// The fitted weights; rules without observations keep those of `start`.
    package func weights(from start: [UInt16]) -> [UInt16] {
        var weights = start
        for (rule, observations) in samples.enumerated() where observations.magnitudes.count > 200 {
            let fitted = ScaleWeights.fit(
                terms: observations.terms, magnitudes: observations.magnitudes, termCount: Self.termCount)
            let first = (Self.termCount + 1) * rule
            weights.replaceSubrange(first...first + Self.termCount, with: fitted)
        }
        return weights
    }
}

extension LatentEncoder {
    /// Quantises the tiles of a plane, and observes some of their latents.
    fileprivate func sample(_ plane: PyramidPlane, _ sampling: inout ae_latent_sampling) {
        unsafe withWorkspace(plane) { work, trellis in
            unsafe costs.with(lambda: lambda, trellis: trellis) { costs in
                unsafe model.kernelRule.with { rule in
                    for tile in 0..<plane.layout.tileCount {
                        var latents = unsafe plane.latentTile(
                            tile, levels: 0...plane.layout.levelCount, work: work)
                        unsafe ae_latent_samples(level, &rule, &latents, &costs, &sampling)
                    }
                }
            }
        }
    }
}
