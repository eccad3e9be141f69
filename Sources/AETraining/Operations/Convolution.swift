// SPDX-License-Identifier: Apache-2.0

extension Variable {
    /// A convolution (correlation) with stride 1 and zeros outside, rows and columns kept.
    ///
    /// - Parameters:
    ///   - weights: By output (`batch`), input (`channels`), row and column in a square of odd side.
    ///   - bias: A number for each output, or none.
    /// - Returns: As many channels as there are outputs.
    public func convolved(_ weights: Variable, bias: Variable? = nil) -> Variable {
        let side = weights.shape.rows
        precondition(
            weights.shape.channels == shape.channels && weights.shape.columns == side && side % 2 == 1)
        precondition(bias.map { $0.shape == Shape(channels: weights.shape.batch) } ?? true)
        let result = Kernels.convolve(value, weights.value, bias?.value)
        return tape.result(result, of: [self, weights] + (bias.map { [$0] } ?? [])) { gradient in
            if self.isTracked {
                self.accumulate(
                    Kernels.convolveInputGradient(self.shape, weights.value, dy: gradient))
            }
            if weights.isTracked || bias?.isTracked == true {
                let gradients = Kernels.convolveWeightGradient(
                    self.value, weights.shape, dy: gradient, hasBias: bias != nil)
                weights.accumulate(gradients.weights)
                if let bias, let gradient = gradients.bias { bias.accumulate(gradient) }
            }
        }
    }
}
