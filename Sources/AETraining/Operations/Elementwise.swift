// SPDX-License-Identifier: Apache-2.0

extension Variable {
    /// max(x, 0).
    public func relu() -> Variable { applying(.relu, 0) }

    /// x limited to 0...limit.
    public func clippedReLU(limit: Float) -> Variable { applying(.clip, limit) }

    /// |x|; the gradient at 0 is 0.
    public func magnitude() -> Variable { applying(.abs, 0) }

    /// sign(x) log2(1 + |x|).
    public func companded() -> Variable { applying(.compand, 0) }

    /// The exponential, of -87...88; values beyond count as these limits.
    public func exp() -> Variable { applying(.exp, 0) }

    /// The natural logarithm of positive values.
    public func log() -> Variable { applying(.log, 0) }

    /// x².
    public func squared() -> Variable { applying(.square, 0) }

    /// The nearest integers, with the gradient of the identity.
    public func roundedStraightThrough() -> Variable { applying(.roundStraightThrough, 0) }

    /// Uniform noise of -1/2...1/2 added: what rounding does, to a model that is to be trained through it.
    public func addingUniformNoise(_ random: inout RandomNumbers) -> Variable {
        var noise = Tensor(shape)
        for index in noise.values.indices { noise.values[index] = random.uniform() - 0.5 }
        return self + tape.constant(noise)
    }

    /// Independent standard normal noise times `deviation` added: a sample of a diagonal Gaussian.
    public func addingNormalNoise(deviation: Variable, _ random: inout RandomNumbers) -> Variable {
        var noise = Tensor(shape)
        for index in noise.values.indices { noise.values[index] = random.normal() }
        return self + deviation * tape.constant(noise)
    }

    func applying(_ operation: Kernels.Unary, _ parameter: Float) -> Variable {
        let result = Kernels.apply(operation, parameter, value)
        return tape.result(result, of: [self]) { gradient in
            self.accumulate {
                Kernels.applyBack(operation, parameter, x: self.value, y: result, dy: gradient, to: &$0)
            }
        }
    }
}
