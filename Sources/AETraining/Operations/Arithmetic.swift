// SPDX-License-Identifier: Apache-2.0

extension Variable {
    /// The sum of two values of one shape.
    public static func + (a: Variable, b: Variable) -> Variable {
        precondition(a.shape == b.shape)
        return a.tape.result(Kernels.add(a.value, b.value), of: [a, b]) { gradient in
            a.accumulate(gradient)
            b.accumulate(gradient)
        }
    }

    /// The difference of two values of one shape.
    public static func - (a: Variable, b: Variable) -> Variable { a + -1 * b }

    /// The product of two values of one shape, each with each.
    public static func * (a: Variable, b: Variable) -> Variable {
        precondition(a.shape == b.shape)
        return a.tape.result(Kernels.multiply(a.value, b.value), of: [a, b]) { gradient in
            a.accumulate { Kernels.multiplyBack(b.value, dy: gradient, to: &$0) }
            b.accumulate { Kernels.multiplyBack(a.value, dy: gradient, to: &$0) }
        }
    }

    /// All values times a number.
    public static func * (factor: Float, x: Variable) -> Variable { x.applying(.scale, factor) }

    /// A number added to all values.
    public static func + (x: Variable, addend: Float) -> Variable { x.applying(.offset, addend) }

    /// A number for each channel added at all positions.
    ///
    /// - Parameter bias: Of one example and position, with as many channels.
    /// - Returns: The sums.
    public func addingBias(_ bias: Variable) -> Variable {
        precondition(bias.shape == Shape(channels: shape.channels))
        return tape.result(Kernels.addBias(value, bias.value), of: [self, bias]) { gradient in
            self.accumulate(gradient)
            bias.accumulate { Kernels.addBiasBack(dy: gradient, to: &$0) }
        }
    }

    /// The sum of all values.
    public func sum() -> Variable {
        let total = Tensor(.scalar, repeating: Float(Kernels.sum(value.values)))
        return tape.result(total, of: [self]) { gradient in
            self.accumulate(Tensor(self.shape, repeating: gradient.values[0]))
        }
    }

    /// The mean of all values.
    public func mean() -> Variable { 1 / Float(shape.count) * sum() }
}
