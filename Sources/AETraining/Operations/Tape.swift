// SPDX-License-Identifier: Apache-2.0

/// Remembers operations in their order, to walk back through them for gradients (reverse mode).
///
/// A tape serves one thread and one walk.
public final class Tape {
    private var steps: [() -> Void] = []

    /// An empty tape.
    public init() {}

    /// A value that has no gradient.
    public func constant(_ value: Tensor) -> Variable { Variable(self, value, isTracked: false) }

    /// A value whose gradient is wanted.
    public func variable(_ value: Tensor) -> Variable { Variable(self, value, isTracked: true) }

    /// The result of an operation.
    ///
    /// - Parameters:
    ///   - value: What it gives.
    ///   - inputs: What it depends on.
    ///   - back: Adds to the gradients of the inputs, given that of the result.
    /// - Returns: The result, for which gradients are found if they are for an input.
    func result(_ value: Tensor, of inputs: [Variable], back: @escaping (Tensor) -> Void) -> Variable {
        guard inputs.contains(where: \.isTracked) else { return constant(value) }
        let result = variable(value)
        steps.append {
            guard let gradient = result.gradient else { return }
            back(gradient)
            // Nothing asks for the gradient of a value in between again.
            result.gradient = nil
        }
        return result
    }

    /// Finds the gradients of one number with respect to all tracked values, and forgets the operations.
    public func backward(from number: Variable) {
        precondition(number.value.shape == .scalar, "gradients are those of one number")
        number.gradient = Tensor(.scalar, repeating: 1)
        while let step = steps.popLast() { step() }
    }
}

/// A value on a tape.
public final class Variable {
    unowned let tape: Tape
    /// What it is.
    public let value: Tensor
    /// What the number that ``Tape/backward(from:)`` began with changes by with each value; nil if it does
    /// not depend on them, and for results of operations.
    public fileprivate(set) var gradient: Tensor?
    let isTracked: Bool

    fileprivate init(_ tape: Tape, _ value: Tensor, isTracked: Bool) {
        self.tape = tape
        self.value = value
        self.isTracked = isTracked
    }

    /// Its size.
    public var shape: Shape { value.shape }

    /// Changes the gradient, which is zero before its first change, if one is wanted.
    func accumulate(_ add: (inout Tensor) -> Void) {
        guard isTracked else { return }
        var sum = gradient ?? Tensor(shape)
        gradient = nil
        add(&sum)
        gradient = sum
    }

    /// Adds a gradient if one is wanted.
    func accumulate(_ addend: Tensor) {
        guard isTracked else { return }
        if gradient == nil {
            gradient = addend
        } else {
            accumulate { Kernels.accumulate(addend, to: &$0) }
        }
    }
}
