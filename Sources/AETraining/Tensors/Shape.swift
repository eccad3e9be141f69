// SPDX-License-Identifier: Apache-2.0

/// The size of a tensor.
public struct Shape: Hashable, Sendable {
    /// Examples that are computed together.
    public let batch: Int
    /// Numbers at each position.
    public let channels: Int
    /// Rows of the grid of positions.
    public let rows: Int
    /// Columns of the grid of positions.
    public let columns: Int

    /// Takes four sizes of at least 1; others are a mistake of the program.
    public init(batch: Int = 1, channels: Int = 1, rows: Int = 1, columns: Int = 1) {
        precondition(batch > 0 && channels > 0 && rows > 0 && columns > 0)
        self.batch = batch
        self.channels = channels
        self.rows = rows
        self.columns = columns
    }

    /// One number.
    public static let scalar = Shape()

    /// Positions of all examples.
    public var positions: Int { batch * rows * columns }
    /// Numbers in all.
    public var count: Int { positions * channels }

    /// The same with another number of channels.
    public func with(channels: Int) -> Shape {
        Shape(batch: batch, channels: channels, rows: rows, columns: columns)
    }
}
