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

    /// Bits of events under a mixture of three distributions around one center: Laplace, logistic, and one
    /// with a heavy tail, so that outliers cost what they cost when they are rare symbols of a class.
    ///
    /// - Parameters:
    ///   - center: Of all three.
    ///   - logScale: ln b of the Laplace distribution; the others follow (`tr_mixed_code_length`).
    ///   - tail: The logit of the share of the heavy tail.
    ///   - roundness: The logit of the share of the logistic distribution in the rest.
    ///   - lower: Where events begin.
    ///   - upper: Where they end, above `lower`.
    /// - Returns: Bits of each event.
    public static func mixedCodeLength(
        center: Variable, logScale: Variable, tail: Variable, roundness: Variable, lower: Variable,
        upper: Variable
    ) -> Variable {
        codeLength(
            .mixture(tail: tail.value, roundness: roundness.value), center, logScale, lower, upper,
            others: [tail, roundness])
    }

    /// Values of a table at places, linear in between; places are limited to those of the table, whose
    /// first is 0.
    ///
    /// - Parameter table: At least two channels of one position.
    /// - Returns: A value for each place.
    public func interpolated(in table: Variable) -> Variable {
        precondition(table.shape == Shape(channels: table.shape.channels))
        return tape.result(Kernels.interpolate(value, in: table.value), of: [self, table]) { gradient in
            var (dx, dtable) = (Tensor(self.shape), Tensor(table.shape))
            Kernels.interpolateBack(self.value, in: table.value, dy: gradient, to: &dx, &dtable)
            self.accumulate(dx)
            table.accumulate(dtable)
        }
    }

    /// What each dimension of a diagonal Gaussian adds to its Kullback-Leibler divergence from the standard
    /// one, in nats: (mean² + variance - 1 - ln variance) / 2.
    public static func standardDivergence(mean: Variable, logVariance: Variable) -> Variable {
        0.5 * (mean.squared() + logVariance.exp() - logVariance + -1)
    }

    private static func codeLength(
        _ distribution: Kernels.Distribution, _ center: Variable, _ logScale: Variable, _ lower: Variable,
        _ upper: Variable, others: [Variable] = []
    ) -> Variable {
        let inputs = [center, logScale, lower, upper] + others
        precondition(inputs.allSatisfy { $0.shape == center.shape })
        let result = Kernels.codeLength(
            distribution, center: center.value, logScale: logScale.value, lower: lower.value,
            upper: upper.value)
        let slopes =
            [result.center, result.logScale, result.lower, result.upper]
            + [result.tail, result.roundness].compactMap { $0 }
        return center.tape.result(result.bits, of: inputs) { gradient in
            for (input, slope) in zip(inputs, slopes) {
                input.accumulate { Kernels.multiplyBack(slope, dy: gradient, to: &$0) }
            }
        }
    }
}
