// SPDX-License-Identifier: Apache-2.0
import AEContainer
import CAEKernels

/// One layer of a network: what it reads, and its numbers. (Spec/network.md)
package struct NetworkLayer: Equatable, Sendable {
    /// Channels that a layer reads.
    package struct Source: Equatable, Sendable {
        package let channels: Int
        /// Whether it reads the nine places around a position, or that position alone.
        package let isSpatial: Bool

        package init(channels: Int, isSpatial: Bool) {
            self.channels = channels
            self.isSpatial = isSpatial
        }

        var placeCount: Int { isSpatial ? 9 : 1 }
    }

    /// What becomes of the sums.
    package enum Kind: Equatable, Sendable {
        /// Channels of 7 bits; read by the next layer.
        case activations
        /// Plain numbers from channels of 7 bits.
        case numbers
        /// Plain numbers from doubled values, without biases.
        case linear
    }

    /// The sizes of a layer; they follow from its place in the network.
    package struct Shape: Equatable, Sendable {
        package let kind: Kind
        package let outputs: Int
        package let sources: [Source]

        package init(kind: Kind, outputs: Int, sources: [Source]) {
            self.kind = kind
            self.outputs = outputs
            self.sources = sources
        }

        /// Weights of one output.
        package var inputCount: Int { sources.reduce(0) { $0 + $1.channels * $1.placeCount } }
        /// Most that the magnitude of an input can be.
        var inputLimit: Int { kind == .linear ? Int(AE_NETWORK_LIMIT) : 127 }
        /// Greatest magnitude of a weight.
        package var weightLimit: Int { kind == .linear ? 32767 : 127 }
        /// Channels of one word of the kernels.
        package var channelsPerWord: Int { kind == .linear ? 2 : 4 }
        /// Words that the kernels read at each position; a square has nine.
        package var tapCount: Int {
            sources.reduce(0) {
                $0 + ($1.channels + channelsPerWord - 1) / channelsPerWord * $1.placeCount
            }
        }
    }

    package let shape: Shape
    /// One an output; zeros in a linear path.
    package let biases: [Int32]
    /// How far the sum of each output is shifted right, 0 to ``greatestShift``.
    package let shifts: [UInt8]
    /// By output, source, channel, row and column, the last index fastest.
    package let weights: [Int16]

    package static let greatestShift = 24

    /// Makes a layer of checked numbers.
    ///
    /// - Throws: ``DecodeError/fieldOutOfRange(field:value:)`` for a number out of range, counts that do not
    ///   fit the shape, or weights whose sums could leave 32 bits.
    package init(shape: Shape, biases: [Int32], shifts: [UInt8], weights: [Int16]) throws(DecodeError) {
        guard biases.count == shape.outputs, shifts.count == shape.outputs,
            weights.count == shape.outputs * shape.inputCount
        else { throw .fieldOutOfRange(field: "size of a layer of the model", value: weights.count) }
        if shape.kind == .linear, let bias = biases.first(where: { $0 != 0 }) {
            throw .fieldOutOfRange(field: "Bias of a linear path of the model", value: Int(bias))
        }
        if let shift = shifts.first(where: { $0 > Self.greatestShift }) {
            throw .fieldOutOfRange(field: "Shift of a layer of the model", value: Int(shift))
        }
        if let weight = weights.first(where: { Int($0.magnitude) > shape.weightLimit }) {
            throw .fieldOutOfRange(field: "Weight of a layer of the model", value: Int(weight))
        }
        self.shape = shape
        self.biases = biases
        self.shifts = shifts
        self.weights = weights
        for output in 0..<shape.outputs where sumLimit(output) > Int(Int32.max) {
            throw .fieldOutOfRange(field: "largest sum of a layer of the model", value: sumLimit(output))
        }
    }

    /// Half of what the shift of an output removes.
    func rounding(_ output: Int) -> Int { (1 << Int(shifts[output])) >> 1 }

    /// What the magnitude of no sum of an output exceeds, its parts included, whatever the inputs are.
    package func sumLimit(_ output: Int) -> Int {
        let count = shape.inputCount
        let magnitudes = weights[output * count..<(output + 1) * count].reduce(0) { $0 + Int($1.magnitude) }
        return Int(biases[output].magnitude) + shape.inputLimit * magnitudes + rounding(output)
    }

    /// The same after the shift, which rounds negative sums down.
    func shiftedLimit(_ output: Int) -> Int {
        let shift = Int(shifts[output])
        return (sumLimit(output) + (1 << shift) - 1) >> shift
    }

    init(shape: Shape, reader: inout ByteReader) throws(DecodeError) {
        var biases = [Int32](repeating: 0, count: shape.outputs)
        var shifts: [UInt8] = []
        var weights: [Int16] = []
        do {
            if shape.kind != .linear {
                for output in 0..<shape.outputs { biases[output] = Int32(bitPattern: try reader.u32()) }
            }
            shifts = Array(try reader.bytes(shape.outputs))
            let count = shape.outputs * shape.inputCount
            if shape.kind == .linear {
                for _ in 0..<count { weights.append(Int16(bitPattern: try reader.u16())) }
            } else {
                weights = try reader.bytes(count).map { Int16(Int8(bitPattern: $0)) }
            }
        } catch { throw .container(error) }
        try self.init(shape: shape, biases: biases, shifts: shifts, weights: weights)
    }

    func write(to writer: inout ByteWriter) {
        if shape.kind != .linear {
            for bias in biases { writer.u32(UInt32(bitPattern: bias)) }
        }
        writer.bytes(shifts)
        for weight in weights {
            if shape.kind == .linear {
                writer.u16(UInt16(bitPattern: weight))
            } else {
                writer.u8(UInt8(truncatingIfNeeded: weight))
            }
        }
    }

    /// The numbers as the kernels take them: weights by tap and output, then starts, then shifts.
    ///
    /// Channels that fill a word up have weights of zero.
    package var words: [UInt32] {
        var words: [UInt32] = []
        let width = shape.channelsPerWord
        let bits = 32 / width
        var first = 0
        for source in shape.sources {
            for group in stride(from: 0, to: source.channels, by: width) {
                for place in 0..<source.placeCount {
                    for output in 0..<shape.outputs {
                        var word: UInt32 = 0
                        for channel in group..<min(group + width, source.channels) {
                            let input = first + channel * source.placeCount + place
                            let weight = weights[output * shape.inputCount + input]
                            let field = UInt32(truncatingIfNeeded: weight) & (1 << UInt32(bits) - 1)
                            word |= field << UInt32(bits * (channel - group))
                        }
                        words.append(word)
                    }
                }
            }
            first += source.channels * source.placeCount
        }
        for (output, bias) in biases.enumerated() {
            words.append(UInt32(truncatingIfNeeded: Int(bias) + rounding(output)))
        }
        return words + shifts.map { UInt32($0) }
    }
}
