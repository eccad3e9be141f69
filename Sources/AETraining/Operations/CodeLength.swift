// SPDX-License-Identifier: Apache-2.0

extension Variable {
    /// Bits of events under a Laplace distribution: -log2 of its mass between `lower` and `upper`.
    ///
    /// All values have one shape. An integer k is the interval k - 1/2...k + 1/2.
    ///
    /// - Parameters:
    ///   - center: Of the distribution.
    ///   - logScale: ln b of the density exp(-|x - center| / b) / 2b.
    ///   - lower: Where events begin.
    ///   - upper: Where they end, above `lower`.
    /// - Returns: Bits of each event.
    public static func laplaceCodeLength(
        center: Variable, logScale: Variable, lower: Variable, upper: Variable
    ) -> Variable {
        codeLength(.laplace, center, logScale, lower, upper)
    }

    /// Bits of events under a Gaussian distribution, `logScale` being ln of its standard deviation; else as
    /// ``laplaceCodeLength(center:logScale:lower:upper:)``.
    public static func gaussianCodeLength(
        center: Variable, logScale: Variable, lower: Variable, upper: Variable
    ) -> Variable {
        codeLength(.gaussian, center, logScale, lower, upper)
    }

    /// What each dimension of a diagonal Gaussian adds to its Kullback-Leibler divergence from the standard
    /// one, in nats: (mean² + variance - 1 - ln variance) / 2.
    public static func standardDivergence(mean: Variable, logVariance: Variable) -> Variable {
        0.5 * (mean.squared() + logVariance.exp() - logVariance + -1)
    }

    private static func codeLength(
        _ distribution: Kernels.Distribution, _ center: Variable, _ logScale: Variable, _ lower: Variable,
        _ upper: Variable
    ) -> Variable {
        let inputs = [center, logScale, lower, upper]
        precondition(inputs.allSatisfy { $0.shape == center.shape })
        let result = Kernels.codeLength(
            distribution, center: center.value, logScale: logScale.value, lower: lower.value,
            upper: upper.value)
        let slopes = [result.center, result.logScale, result.lower, result.upper]
        return center.tape.result(result.bits, of: inputs) { gradient in
            for (input, slope) in zip(inputs, slopes) {
                input.accumulate { Kernels.multiplyBack(slope, dy: gradient, to: &$0) }
            }
        }
    }
}
