// SPDX-License-Identifier: Apache-2.0
import AETraining
import Foundation
import Testing

/// Code lengths of integers and the divergence of variational models.
struct CodeLengthTests {
    private let shape = Shape(channels: 3, columns: 8)
    /// Left of the center, around it, right of it, and far away.
    private var inputs: [Tensor] {
        let center = randomTensor(shape, seed: 1, scale: 2)
        let logScale = randomTensor(shape, seed: 2, scale: 0.8)
        let middle: [Float] = (0..<24).map { Float($0 % 8) - 4 + 0.03 }
        return [
            center, logScale, Tensor(shape, values: middle.map { $0 - 0.5 }),
            Tensor(shape, values: middle.map { $0 + 0.5 }),
        ]
    }

    @Test func gradients() {
        expectGradients(of: inputs, step: 2e-3, tolerance: 1e-2) {
            Variable.laplaceCodeLength(center: $1[0], logScale: $1[1], lower: $1[2], upper: $1[3])
        }
        expectGradients(of: inputs, step: 2e-3, tolerance: 1e-2) {
            Variable.gaussianCodeLength(center: $1[0], logScale: $1[1], lower: $1[2], upper: $1[3])
        }
        expectGradients(of: [inputs[0], inputs[1]]) {
            Variable.standardDivergence(mean: $1[0], logVariance: $1[1])
        }
    }

    @Test(arguments: [-3.5, -1, 0, 2, 4.25] as [Float]) func massesAddUpToOne(logScale: Float) {
        let range = -600...600
        let shape = Shape(columns: range.count)
        let tape = Tape()
        func total(
            _ codeLength: (Variable, Variable, Variable, Variable) -> Variable
        ) -> Double {
            let bits = codeLength(
                tape.constant(Tensor(shape, repeating: 0.3)),
                tape.constant(Tensor(shape, repeating: logScale)),
                tape.constant(Tensor(shape, values: range.map { Float($0) - 0.5 })),
                tape.constant(Tensor(shape, values: range.map { Float($0) + 0.5 })))
            return bits.value.values.reduce(0) { $0 + exp2(-Double($1)) }
        }
        #expect(
            abs(total { .laplaceCodeLength(center: $0, logScale: $1, lower: $2, upper: $3) } - 1) < 1e-3)
        #expect(
            abs(total { .gaussianCodeLength(center: $0, logScale: $1, lower: $2, upper: $3) } - 1) < 1e-3)
    }

    @Test func farEventsCostWhatTheyShould() {
        // ln of the mass of 0.5...1.5 above 40 scales of 1/16: -(8 + ...) without loss of digits.
        let tape = Tape()
        func constant(_ value: Float) -> Variable { tape.constant(Tensor(.scalar, repeating: value)) }
        for sign in [1, -1] as [Float] {
            let bits = Variable.laplaceCodeLength(
                center: constant(-2 * sign), logScale: constant(log(1.0 / 16)),
                lower: constant(sign > 0 ? 0.5 : -1.5), upper: constant(sign > 0 ? 1.5 : -0.5))
            #expect(abs(bits.value.values[0] - Float((40 + log(2.0)) / log(2.0))) < 1e-3)
        }
    }

    @Test func theStandardGaussianHasNoDivergence() {
        let tape = Tape()
        let zero = tape.constant(Tensor(.scalar))
        #expect(Variable.standardDivergence(mean: zero, logVariance: zero).value.values == [0])
    }
}
