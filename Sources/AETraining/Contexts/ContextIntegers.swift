// SPDX-License-Identifier: Apache-2.0
package import AECodec

// Between the float model and the integers of Spec/network.md, both ways.

extension ContextModel {
    /// The parts of a layer of the integer network in their order, and how integers follow from floats.
    private struct IntegerLayer {
        let parts: [Layer]
        /// By output: what a weight and a bias of the float model is multiplied by, before the shift.
        let weightFactor: (_ output: Int) -> Float
        let biasFactor: (_ output: Int) -> Float
        /// By output: what is added to a bias before that.
        var biasOffset: (_ output: Int) -> Float = { _ in 0 }
    }

    /// In the order of ``ContextNetwork/layers``.
    private var integerLayers: [IntegerLayer] {
        let unit = ContextBatch.activationUnit
        // Outputs 0 to 2 are means in 1/64 step, the others scale bins.
        let mean: Float = 64
        let bin = 1 / Self.binWidth
        func activations(_ parts: [Layer]) -> IntegerLayer {
            IntegerLayer(parts: parts, weightFactor: { _ in 1 }, biasFactor: { _ in unit })
        }
        return trunk.map { activations([$0]) }
            + heads.flatMap { head in
                [
                    activations([head.point] + (head.square.map { [$0] } ?? [])),
                    activations([head.hidden]),
                    IntegerLayer(
                        parts: [head.outputs], weightFactor: { ($0 < 3 ? mean : bin) / unit },
                        biasFactor: { $0 < 3 ? mean : bin },
                        biasOffset: { $0 < 3 ? 0 : -Self.firstLogScale }),
                    IntegerLayer(
                        parts: [head.linear], weightFactor: { _ in mean / ContextBatch.linearUnit },
                        biasFactor: { _ in 0 }),
                ]
            }
    }

    /// The integer network of some parameters.
    ///
    /// - Throws: ``TrainingError/notRepresentable(_:)`` if they are beyond what integers can hold.
    package func integers(_ parameters: [Float]) throws(TrainingError) -> ContextNetwork {
        let shapes = ContextNetwork.shapes(trunkWidth: trunkWidth, headWidth: headWidth)
        do throws(DecodeError) {
            var layers: [NetworkLayer] = []
            for (shape, layer) in zip(shapes, integerLayers) {
                layers.append(try Self.quantized(layer, shape, parameters))
            }
            return try ContextNetwork(trunkWidth: trunkWidth, headWidth: headWidth, layers: layers)
        } catch { throw .notRepresentable(error) }
    }

    private static func quantized(
        _ layer: IntegerLayer, _ shape: NetworkLayer.Shape, _ parameters: [Float]
    ) throws(DecodeError) -> NetworkLayer {
        var (biases, shifts, weights): ([Int32], [UInt8], [Int16]) = ([], [], [])
        for output in 0..<shape.outputs {
            let floats = layer.parts.flatMap { $0.weights.places(ofOutput: output) }.map {
                Double(parameters[$0] * layer.weightFactor(output))
            }
            var bias = 0.0
            if let slot = layer.parts[0].bias {
                let value = parameters[slot.offset + output] + layer.biasOffset(output)
                bias = Double(value * layer.biasFactor(output))
            }
            // As many bits as the greatest weight leaves; a bias takes no more than a quarter of the range.
            let greatest = floats.reduce(0) { max($0, abs($1)) }
            var shift = NetworkLayer.greatestShift
            while shift > 0,
                greatest * Double(1 << shift) > Double(shape.weightLimit) + 0.499
                    || abs(bias) * Double(1 << shift) > 0x1p29
            {
                shift -= 1
            }
            let factor = Double(1 << shift)
            let limit = Double(shape.weightLimit)
            weights += floats.map { Int16(max(-limit, min(limit, ($0 * factor).rounded()))) }
            biases.append(Int32(max(-0x1p30, min(0x1p30, (bias * factor).rounded()))))
            shifts.append(UInt8(shift))
        }
        return try NetworkLayer(shape: shape, biases: biases, shifts: shifts, weights: weights)
    }

    /// The parameters of a network, to train it further.
    ///
    /// - Parameters:
    ///   - network: Of the same widths; others are a mistake of the program.
    ///   - start: What networks do not hold.
    /// - Returns: Parameters that give the network again.
    package func floats(_ network: ContextNetwork, start: [Float]) -> [Float] {
        precondition(network.trunkWidth == trunkWidth && network.headWidth == headWidth)
        var parameters = start
        for (layer, integers) in zip(integerLayers, network.layers) {
            let inputCount = integers.shape.inputCount
            for output in 0..<integers.shape.outputs {
                let factor = Float(1 << Int(integers.shifts[output]))
                let places = layer.parts.flatMap { $0.weights.places(ofOutput: output) }
                for (place, weight) in zip(places, integers.weights[(inputCount * output)...]) {
                    parameters[place] = Float(weight) / (factor * layer.weightFactor(output))
                }
                if let slot = layer.parts[0].bias {
                    let bias = Float(integers.biases[output]) / (factor * layer.biasFactor(output))
                    parameters[slot.offset + output] = bias - layer.biasOffset(output)
                }
            }
        }
        return parameters
    }
}

extension ParameterLayout.Slot {
    /// Where the weights of an output are, in the order of model files: by input, row and column.
    fileprivate func places(ofOutput output: Int) -> [Int] {
        let places = shape.rows * shape.columns
        return (0..<shape.channels).flatMap { input in
            (0..<places).map { offset + (output * places + $0) * shape.channels + input }
        }
    }
}
