// SPDX-License-Identifier: Apache-2.0

/// Floats on a grid.
public struct Tensor: Equatable, Sendable {
    /// Its size.
    public let shape: Shape
    /// By example, row, column and channel, the last fastest: the channels of a position lie together, which
    /// is what convolutions of few channels are fastest on.
    public internal(set) var values: [Float]

    /// Takes as many values as the shape has; another count is a mistake of the program.
    public init(_ shape: Shape, values: [Float]) {
        precondition(values.count == shape.count)
        self.shape = shape
        self.values = values
    }

    /// The same value everywhere.
    public init(_ shape: Shape, repeating value: Float = 0) {
        self.shape = shape
        values = [Float](repeating: value, count: shape.count)
    }

    /// Values by example, channel, row and column.
    public init(_ shape: Shape, _ value: (_ n: Int, _ c: Int, _ y: Int, _ x: Int) -> Float) {
        self.shape = shape
        values = []
        values.reserveCapacity(shape.count)
        for n in 0..<shape.batch {
            for y in 0..<shape.rows {
                for x in 0..<shape.columns {
                    for c in 0..<shape.channels { values.append(value(n, c, y, x)) }
                }
            }
        }
    }

    /// The value at an example, channel, row and column.
    public subscript(n: Int, c: Int, y: Int, x: Int) -> Float {
        values[((n * shape.rows + y) * shape.columns + x) * shape.channels + c]
    }
}
