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
        let shares = [randomTensor(shape, seed: 3, scale: 3), randomTensor(shape, seed: 4, scale: 2)]
        expectGradients(of: inputs + shares, step: 4e-3, tolerance: 2e-2) {
            Variable.mixedCodeLength(
                center: $1[0], logScale: $1[1], tail: $1[4], roundness: $1[5], lower: $1[2], upper: $1[3])
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
        let tail = tape.constant(Tensor(shape, repeating: -3))
        // Beyond the range lies what the tail has beyond 600 steps.
        let reach = 0.5 / (1 + 600 / (2 * exp(Double(logScale)))) * 2 / (1 + exp(3.0))
        #expect(
            abs(
                total {
                    .mixedCodeLength(
                        center: $0, logScale: $1, tail: tail, roundness: tail, lower: $2, upper: $3)
                } - 1 + reach) < 1e-3)
        #expect(
            abs(total { .gaussianCodeLength(center: $0, logScale: $1, lower: $2, upper: $3) } - 1) < 1e-3)
    }

    @Test func tablesAreInterpolated() {
        let table = Tensor(Shape(channels: 4), values: [1, 3, -1, 0])
        let places = Tensor(Shape(columns: 6), values: [-7, 0.25, 1.5, 2.75, 2.9, 12])
        let tape = Tape()
        let values = tape.constant(places).interpolated(in: tape.constant(table)).value.values
        #expect(zip(values, [1, 1.5, 1, -0.25, -0.1, 0]).allSatisfy { abs($0 - $1) < 1e-6 })
        expectGradients(of: [places, table]) { $1[0].interpolated(in: $1[1]) }
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
