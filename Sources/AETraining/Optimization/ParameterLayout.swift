// SPDX-License-Identifier: Apache-2.0

/// Where the tensors of a model lie in one array of numbers, the form in which optimizers, threads and
/// checkpoints take them.
public struct ParameterLayout: Equatable, Sendable {
    /// The place of a tensor.
    public struct Slot: Equatable, Sendable {
        /// Its size.
        public let shape: Shape
        /// Its first number in the array.
        public let offset: Int

        var range: Range<Int> { offset..<offset + shape.count }
    }

    /// All slots, in the order in which they were added.
    public private(set) var slots: [Slot] = []
    /// Numbers in all.
    public private(set) var count = 0

    /// An empty layout.
    public init() {}

    /// Makes room for one more tensor.
    public mutating func add(_ shape: Shape) -> Slot {
        let slot = Slot(shape: shape, offset: count)
        slots.append(slot)
        count += shape.count
        return slot
    }
}

extension ParameterLayout.Slot {
    /// The tensor in the array of all numbers.
    public func tensor(in parameters: [Float]) -> Tensor {
        Tensor(shape, values: Array(parameters[range]))
    }

    /// Fills weights of a convolution with normal numbers that keep the variance of rectified inputs.
    ///
    /// He et al., Delving deep into rectifiers (2015).
    ///
    /// - Parameters:
    ///   - parameters: The array of all numbers.
    ///   - gain: A factor.
    ///   - random: Where they come from.
    public func fillForConvolution(
        _ parameters: inout [Float], gain: Float = 1, using random: inout RandomNumbers
    ) {
        let deviation = gain * (2 / Float(shape.count / shape.batch)).squareRoot()
        for index in range { parameters[index] = deviation * random.normal() }
    }
}

/// The parameters of a model on a tape.
public final class TapeParameters {
    private let tape: Tape
    private let values: [Float]
    private let isTracked: Bool
    private var used: [(slot: ParameterLayout.Slot, variable: Variable)] = []

    /// - Parameters:
    ///   - tape: The tape.
    ///   - values: Of all parameters.
    ///   - isTracked: Whether gradients are wanted.
    init(_ tape: Tape, values: [Float], isTracked: Bool = true) {
        self.tape = tape
        self.values = values
        self.isTracked = isTracked
    }

    /// A tensor of the model.
    public func callAsFunction(_ slot: ParameterLayout.Slot) -> Variable {
        let tensor = slot.tensor(in: values)
        guard isTracked else { return tape.constant(tensor) }
        let variable = tape.variable(tensor)
        used.append((slot, variable))
        return variable
    }

    /// The gradients of all parameters; zero of those that were not asked for.
    func gradients() -> [Float] {
        var gradients = [Float](repeating: 0, count: values.count)
        for (slot, variable) in used {
            guard let gradient = variable.gradient else { continue }
            for (index, value) in zip(slot.range, gradient.values) { gradients[index] += value }
        }
        return gradients
    }
}
