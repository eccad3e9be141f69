// SPDX-License-Identifier: Apache-2.0
import AETraining
import Foundation
import Testing

/// Values where they are easily stated, and gradients of all operations against finite differences.
struct OperationTests {
    private let a = randomTensor(smallShape, seed: 1, gap: 0.05)
    private let b = randomTensor(smallShape, seed: 2)

    @Test func arithmetic() {
        expectGradients(of: [a, b]) { $1[0] + $1[1] }
        expectGradients(of: [a, b]) { $1[0] - $1[1] }
        expectGradients(of: [a, b]) { $1[0] * $1[1] }
        expectGradients(of: [a]) { $1[0] * $1[0] }
        expectGradients(of: [a]) { 3 * $1[0] + 2 }
        expectGradients(of: [a, randomTensor(Shape(channels: 3), seed: 3)]) { $1[0].addingBias($1[1]) }
    }

    @Test func reductions() {
        let tape = Tape()
        let ones = tape.constant(Tensor(smallShape, repeating: 0.5))
        #expect(ones.sum().value.values == [72])
        #expect(ones.mean().value.values == [0.5])
        expectGradients(of: [a]) { $1[0].sum() }
        expectGradients(of: [a]) { $1[0].mean() }
    }

    @Test func elementwise() {
        expectGradients(of: [a]) { $1[0].relu() }
        expectGradients(of: [a], step: 1e-3) { $1[0].clippedReLU(limit: 0.5) }
        expectGradients(of: [a]) { $1[0].magnitude() }
        expectGradients(of: [randomTensor(smallShape, seed: 4, scale: 20, gap: 0.01)]) { $1[0].companded() }
        expectGradients(of: [a]) { $1[0].exp() }
        expectGradients(of: [a]) { (0.5 * $1[0] + 1).log() }
        expectGradients(of: [a]) { $1[0].squared() }
    }

    @Test func functionsAreThoseOfTheMathematicalLibrary() {
        let tape = Tape()
        let x = Tensor(
            Shape(columns: 2001), values: (0..<2001).map { (Float($0) - 1000) / 12 })
        let exponential = tape.constant(x).exp().value.values
        for (x, y) in zip(x.values, exponential) where abs(x) <= 80 {
            #expect(abs(y / exp(x) - 1) < 3e-7, "exp(\(x))")
        }
        let positive = Tensor(x.shape, values: x.values.map { exp($0) })
        for (x, y) in zip(positive.values, tape.constant(positive).log().value.values) {
            #expect(abs(y - log(x)) < 1e-7 + 3e-7 * abs(log(x)), "log(\(x))")
        }
        #expect(tape.constant(Tensor(.scalar, repeating: -7)).companded().value.values == [-3])
        #expect(tape.constant(Tensor(.scalar, repeating: 9)).clippedReLU(limit: 5).value.values == [5])
    }

    @Test func roundingAndNoiseHandGradientsOn() {
        let tape = Tape()
        let x = tape.variable(Tensor(Shape(columns: 4), values: [-1.5, -0.4, 0.6, 2.5]))
        let rounded = x.roundedStraightThrough()
        #expect(rounded.value.values == [-2, 0, 1, 2])
        var random = RandomNumbers(seed: 5)
        let noisy = x.addingUniformNoise(&random)
        #expect(zip(noisy.value.values, x.value.values).allSatisfy { abs($0 - $1) <= 0.5 })
        tape.backward(from: (3 * rounded + noisy).sum())
        #expect(x.gradient?.values == [4, 4, 4, 4])
        expectGradients(of: [a, b]) { _, inputs in
            var random = RandomNumbers(seed: 6)
            return inputs[0].addingNormalNoise(deviation: inputs[1], &random)
        }
    }

    @Test func rearrangement() {
        let other = randomTensor(smallShape.with(channels: 2), seed: 7)
        expectGradients(of: [a, other]) { Variable.concatenated([$1[0], $1[1], $1[0]]) }
        expectGradients(of: [a]) { $1[0].channels(1..<3) }
        for (row, column) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            expectGradients(of: [a]) { $1[0].phase(row: row, column: column) }
        }
        expectGradients(of: [a]) { $1[0].pixelUnshuffled(2) }
        expectGradients(of: [a]) { $1[0].upsampledNearest() }
        expectGradients(of: [randomTensor(Shape(channels: 8, rows: 3, columns: 2), seed: 8)]) {
            $1[0].pixelShuffled(2)
        }
    }

    @Test func rearrangedValuesLieWhereTheyShould() {
        let tape = Tape()
        let x = tape.constant(a)
        #expect(x.pixelUnshuffled(2).pixelShuffled(2).value == a)
        let unshuffled = x.pixelUnshuffled(2).value
        #expect(unshuffled[1, 2 * 4 + 2 * 1 + 0, 1, 2] == a[1, 2, 3, 4])
        #expect(x.phase(row: 1, column: 1).value[1, 2, 1, 2] == a[1, 2, 3, 5])
        #expect(x.channels(1..<3).value[1, 1, 3, 5] == a[1, 2, 3, 5])
        #expect(x.upsampledNearest().value[1, 2, 7, 11] == a[1, 2, 3, 5])
        let odd = tape.constant(Tensor(Shape(rows: 3, columns: 5)) { _, _, y, x in Float(10 * y + x) })
        #expect(odd.phase(row: 1, column: 0).value.values == [10, 12, 14])
    }

    @Test(arguments: [1, 3, 5]) func convolution(side: Int) {
        let weights = randomTensor(Shape(batch: 4, channels: 3, rows: side, columns: side), seed: 9)
        let bias = randomTensor(Shape(channels: 4), seed: 10)
        expectGradients(of: [a, weights, bias]) { $1[0].convolved($1[1], bias: $1[2]) }
        expectGradients(of: [a, weights]) { $1[0].convolved($1[1]) }
        let tape = Tape()
        let result = tape.constant(a).convolved(tape.constant(weights), bias: tape.constant(bias)).value
        for (n, c, y, x) in [(0, 0, 0, 0), (1, 3, 3, 5), (1, 2, 1, 2)] {
            var expected = bias[0, c, 0, 0]
            for (dy, row) in (-(side / 2)...side / 2).enumerated() {
                for (dx, column) in (-(side / 2)...side / 2).enumerated() {
                    guard (0..<4).contains(y + row), (0..<6).contains(x + column) else { continue }
                    for i in 0..<3 { expected += weights[c, i, dy, dx] * a[n, i, y + row, x + column] }
                }
            }
            #expect(abs(result[n, c, y, x] - expected) < 1e-5)
        }
    }

    @Test func valuesThatAreUsedTwiceGetTheSumOfGradients() {
        expectGradients(of: [a]) { _, inputs in
            let x = inputs[0].squared()
            return x + x * inputs[0] + Variable.concatenated([x.channels(0..<1), x.channels(1..<3)])
        }
    }

    @Test func valuesWithoutInfluenceHaveNoGradient() {
        let tape = Tape()
        let (x, y) = (tape.variable(a), tape.variable(b))
        let constant = tape.constant(a)
        tape.backward(from: (x * constant).mean())
        #expect(x.gradient != nil)
        #expect(y.gradient == nil)
        #expect(constant.gradient == nil)
    }
}
