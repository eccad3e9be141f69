// SPDX-License-Identifier: Apache-2.0
package import AEContainer
package import CAEKernels

/// The integer networks of a level kind: a trunk that all phases share, and a head for each. (Spec/network.md)
package struct ContextNetwork: Equatable, Sendable {
    /// Channels of the trunk's layers and of the hidden layers of a head: multiples of 4, 4 to ``greatestWidth``.
    package let trunkWidth: Int
    package let headWidth: Int
    /// The two layers of the trunk; of each phase the two hidden layers, the outputs and the linear path.
    package let layers: [NetworkLayer]
    /// The layers as the kernels take them.
    package let kernelWords: [UInt32]

    package static let greatestWidth = Int(AE_NETWORK_MAX_WIDTH)
    package static let phaseCount = Int(AE_PHASES)
    private static let bands = Int(AE_BANDS)

    /// The shapes of all layers, in their order.
    package static func shapes(trunkWidth: Int, headWidth: Int) -> [NetworkLayer.Shape] {
        func shape(_ kind: NetworkLayer.Kind, _ outputs: Int, _ sources: (channels: Int, isSpatial: Bool)...)
            -> NetworkLayer.Shape
        {
            NetworkLayer.Shape(
                kind: kind, outputs: outputs,
                sources: sources.filter { $0.channels > 0 }.map {
                    NetworkLayer.Source(channels: $0.channels, isSpatial: $0.isSpatial)
                })
        }
        var shapes = [
            shape(.activations, trunkWidth, (3 * bands, true)),
            shape(.activations, trunkWidth, (trunkWidth, true)),
        ]
        for phase in 0..<phaseCount {
            shapes.append(shape(.activations, headWidth, (trunkWidth, false), (2 * bands * phase, true)))
            shapes.append(shape(.activations, headWidth, (headWidth, false)))
            shapes.append(shape(.numbers, 2 * bands, (headWidth, false)))
            shapes.append(shape(.linear, bands, (bands * (phase + 1), true)))
        }
        return shapes
    }

    /// Makes a network of checked layers.
    ///
    /// - Throws: ``DecodeError/fieldOutOfRange(field:value:)`` for widths out of range, layers of other shapes,
    ///   or a mean that could leave 32 bits.
    package init(trunkWidth: Int, headWidth: Int, layers: [NetworkLayer]) throws(DecodeError) {
        try Self.check(trunkWidth, "Trunk_Width of the model")
        try Self.check(headWidth, "Head_Width of the model")
        guard layers.map(\.shape) == Self.shapes(trunkWidth: trunkWidth, headWidth: headWidth) else {
            throw .fieldOutOfRange(field: "number of layers of the model", value: layers.count)
        }
        for phase in 0..<Self.phaseCount {
            let outputs = layers[2 + 4 * phase + 2]
            let linear = layers[2 + 4 * phase + 3]
            for band in 0..<Self.bands {
                let limit = outputs.shiftedLimit(band) + linear.shiftedLimit(band)
                guard limit <= Int(Int32.max) else {
                    throw .fieldOutOfRange(field: "largest mean of the model", value: limit)
                }
            }
        }
        self.trunkWidth = trunkWidth
        self.headWidth = headWidth
        self.layers = layers
        kernelWords = layers.flatMap(\.words)
        // The layout is known in two places.
        precondition(kernelWords.count == ae_context_network_words(Int32(trunkWidth), Int32(headWidth)))
    }

    /// Reads the network of one level kind.
    ///
    /// - Throws: ``DecodeError`` if the bytes end early or break the rules of Spec/network.md.
    package init(reader: inout ByteReader) throws(DecodeError) {
        var widths: [Int] = []
        do {
            for _ in 0..<2 { widths.append(Int(try reader.u8())) }
        } catch { throw .container(error) }
        try Self.check(widths[0], "Trunk_Width of the model")
        try Self.check(widths[1], "Head_Width of the model")
        var layers: [NetworkLayer] = []
        for shape in Self.shapes(trunkWidth: widths[0], headWidth: widths[1]) {
            layers.append(try NetworkLayer(shape: shape, reader: &reader))
        }
        try self.init(trunkWidth: widths[0], headWidth: widths[1], layers: layers)
    }

    /// Writes what ``init(reader:)`` reads.
    package func write(to writer: inout ByteWriter) {
        writer.u8(UInt8(trunkWidth))
        writer.u8(UInt8(headWidth))
        for layer in layers { layer.write(to: &writer) }
    }

    private static func check(_ width: Int, _ field: String) throws(DecodeError) {
        guard width % 4 == 0, (4...greatestWidth).contains(width) else {
            throw .fieldOutOfRange(field: field, value: width)
        }
    }

    /// Multiply-adds of a position of the phase grid, four phases of three bands.
    package var productsPerPosition: Int {
        layers.reduce(0) { $0 + $1.shape.outputs * $1.shape.inputCount }
    }

    /// Lends the network to the kernels.
    package func withKernel<Result>(_ body: (inout ae_context_network) -> Result) -> Result {
        unsafe kernelWords.withUnsafeBufferPointer { words in
            var network = unsafe ae_context_network(
                trunk_width: Int32(trunkWidth), head_width: Int32(headWidth), words: words.baseAddress)
            return unsafe body(&network)
        }
    }
}
