// SPDX-License-Identifier: Apache-2.0
import AETraining
import Testing

/// Compares the gradients of an operation with finite differences of its values.
///
/// The number that is differentiated is the sum of the results, each times a random factor.
///
/// - Parameters:
///   - inputs: Where; every value of every input is moved.
///   - step: How far.
///   - tolerance: Of a gradient, relative to the greatest one.
///   - sourceLocation: Of the test.
///   - operation: From the inputs to the result.
func expectGradients(
    of inputs: [Tensor], step: Float = 1e-2, tolerance: Float = 4e-3,
    sourceLocation: SourceLocation = #_sourceLocation, _ operation: (Tape, [Variable]) -> Variable
) {
    func loss(_ tape: Tape, _ variables: [Variable]) -> Variable {
        let result = operation(tape, variables)
        let factors = randomTensor(result.shape, seed: 99)
        return (result * tape.constant(factors)).sum()
    }
    func number(_ inputs: [Tensor]) -> Float {
        let tape = Tape()
        return loss(tape, inputs.map { tape.constant($0) }).value.values[0]
    }
    let tape = Tape()
    let variables = inputs.map { tape.variable($0) }
    tape.backward(from: loss(tape, variables))
    for (index, input) in inputs.enumerated() {
        let gradient = variables[index].gradient?.values ?? [Float](repeating: 0, count: input.shape.count)
        #expect(gradient.count == input.shape.count, sourceLocation: sourceLocation)
        var differences: [Float] = []
        for place in input.values.indices {
            var moved = inputs
            var values = input.values
            values[place] = input.values[place] + step
            moved[index] = Tensor(input.shape, values: values)
            let above = number(moved)
            values[place] = input.values[place] - step
            moved[index] = Tensor(input.shape, values: values)
            differences.append((above - number(moved)) / (2 * step))
        }
        let scale = differences.map(abs).max() ?? 0
        for place in input.values.indices {
            let error = abs(gradient[place] - differences[place])
            #expect(
                error <= tolerance * max(scale, 1e-3),
                "input \(index), value \(place): \(gradient[place]), not \(differences[place])",
                sourceLocation: sourceLocation)
        }
    }
}

/// Numbers of -1...1 times `scale`, none nearer to 0 than `gap`, where some operations have a corner.
func randomTensor(_ shape: Shape, seed: UInt64, scale: Float = 1, gap: Float = 0) -> Tensor {
    var random = RandomNumbers(seed: seed)
    return Tensor(
        shape,
        values: (0..<shape.count).map { _ in
            let value = 2 * random.uniform() - 1
            return scale * (value < 0 ? min(value, -gap) : max(value, gap))
        })
}

let smallShape = Shape(batch: 2, channels: 3, rows: 4, columns: 6)
