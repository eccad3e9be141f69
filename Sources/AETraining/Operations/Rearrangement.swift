// SPDX-License-Identifier: Apache-2.0

// Operations that move values: each is a number of copies between regular places of two tensors, and its
// gradient the same copies backwards, added.

extension Variable {
    /// Channels of several values behind one another.
    public static func concatenated(_ parts: [Variable]) -> Variable {
        precondition(!parts.isEmpty)
        let shape = parts[0].shape.with(channels: parts.reduce(0) { $0 + $1.shape.channels })
        var first = 0
        var pieces: [Piece] = []
        for part in parts {
            precondition(part.shape.with(channels: 1) == shape.with(channels: 1))
            let target = shape.view(channel: first)
            pieces.append(Piece(source: part, extent: part.shape, from: part.shape.view(), to: target))
            first += part.shape.channels
        }
        return assembled(shape, pieces)
    }

    /// Some of the channels.
    public func channels(_ range: Range<Int>) -> Variable {
        precondition(range.lowerBound >= 0 && range.upperBound <= shape.channels && !range.isEmpty)
        let result = shape.with(channels: range.count)
        let from = shape.view(channel: range.lowerBound)
        return Self.assembled(result, [Piece(source: self, extent: result, from: from, to: result.view())])
    }

    /// Every second position of every second row.
    ///
    /// - Parameters:
    ///   - row: 0 or 1: where rows begin.
    ///   - column: 0 or 1: where columns begin.
    /// - Returns: Half the rows and columns, rounded up or, from 1 on, down.
    public func phase(row: Int, column: Int) -> Variable {
        precondition((0...1).contains(row) && (0...1).contains(column))
        let result = Shape(
            batch: shape.batch, channels: shape.channels, rows: (shape.rows - row + 1) / 2,
            columns: (shape.columns - column + 1) / 2)
        let from = shape.view(row: row, column: column, every: 2)
        return Self.assembled(result, [Piece(source: self, extent: result, from: from, to: result.view())])
    }

    /// Squares of `factor` x `factor` positions of C channels from positions of C factor² channels.
    ///
    /// Channel c factor² + factor i + j goes to row i and column j of the square.
    public func pixelShuffled(_ factor: Int) -> Variable {
        precondition(factor > 0 && shape.channels % (factor * factor) == 0)
        let result = Shape(
            batch: shape.batch, channels: shape.channels / (factor * factor), rows: shape.rows * factor,
            columns: shape.columns * factor)
        let extent = shape.with(channels: result.channels)
        return Self.assembled(
            result,
            Self.places(factor).map { i, j in
                var from = shape.view(channel: factor * i + j)
                from.channel = factor * factor
                return Piece(
                    source: self, extent: extent, from: from,
                    to: result.view(row: i, column: j, every: factor))
            })
    }

    /// The inverse of ``pixelShuffled(_:)``; rows and columns are multiples of the factor.
    public func pixelUnshuffled(_ factor: Int) -> Variable {
        precondition(factor > 0 && shape.rows % factor == 0 && shape.columns % factor == 0)
        let result = Shape(
            batch: shape.batch, channels: shape.channels * factor * factor, rows: shape.rows / factor,
            columns: shape.columns / factor)
        let extent = result.with(channels: shape.channels)
        return Self.assembled(
            result,
            Self.places(factor).map { i, j in
                var to = result.view(channel: factor * i + j)
                to.channel = factor * factor
                return Piece(
                    source: self, extent: extent, from: shape.view(row: i, column: j, every: factor), to: to)
            })
    }

    /// Every position four times, in a square.
    public func upsampledNearest() -> Variable {
        let result = Shape(
            batch: shape.batch, channels: shape.channels, rows: 2 * shape.rows, columns: 2 * shape.columns)
        return Self.assembled(
            result,
            Self.places(2).map { i, j in
                Piece(
                    source: self, extent: shape, from: shape.view(),
                    to: result.view(row: i, column: j, every: 2))
            })
    }

    private static func places(_ factor: Int) -> [(Int, Int)] {
        (0..<factor).flatMap { i in (0..<factor).map { j in (i, j) } }
    }

    /// Values that go from one tensor to another.
    private struct Piece {
        let source: Variable
        let extent: Shape
        let from: Kernels.View
        let to: Kernels.View
    }

    private static func assembled(_ shape: Shape, _ pieces: [Piece]) -> Variable {
        var value = Tensor(shape)
        for piece in pieces {
            Kernels.rearrange(
                piece.extent, from: piece.source.value, piece.from, to: &value, piece.to, adds: false)
        }
        return pieces[0].source.tape.result(value, of: pieces.map(\.source)) { gradient in
            for piece in pieces {
                piece.source.accumulate {
                    Kernels.rearrange(piece.extent, from: gradient, piece.to, to: &$0, piece.from, adds: true)
                }
            }
        }
    }
}

extension Shape {
    /// Elements from a channel, row and column on, every so many rows and columns.
    fileprivate func view(channel: Int = 0, row: Int = 0, column: Int = 0, every step: Int = 1)
        -> Kernels.View
    {
        Kernels.View(
            offset: (row * columns + column) * channels + channel, batch: rows * columns * channels,
            row: step * columns * channels, column: step * channels, channel: 1)
    }
}
