// SPDX-License-Identifier: Apache-2.0
import AECodec

/// The float twin of a context network: the layers of Spec/network.md, section 3, and what they cost.
///
/// Activations are those of the integers over 16, limited to 127 / 16; means are in steps, and the other
/// outputs are natural logarithms of Laplace scales.
package struct ContextModel: Sendable {
    package let trunkWidth: Int
    package let headWidth: Int
    /// Where its parameters are.
    package let layout: ParameterLayout
    let trunk: [Layer]
    let heads: [Head]
    /// See ``ContextBatch/Target/edges(isUpper:bin:moves:)``.
    let moves: ParameterLayout.Slot
    /// By scale bin, see ``Variable/mixedCodeLength(center:logScale:tail:roundness:lower:upper:)``.
    let tails: ParameterLayout.Slot
    let roundness: ParameterLayout.Slot

    /// Weights, and biases where a layer has some.
    struct Layer: Sendable {
        let weights: ParameterLayout.Slot
        let bias: ParameterLayout.Slot?
    }

    /// The layers of a phase, named as in the specification.
    struct Head: Sendable {
        /// A_p in two parts: what it reads of the trunk, and of earlier phases.
        let point: Layer
        let square: Layer?
        let hidden: Layer
        let outputs: Layer
        let linear: Layer
    }

    /// The scale of bin 0, and the distance of bins, as natural logarithms.
    package static let firstLogScale: Float = -3.5
    package static let binWidth: Float = 0.25
    package static let binCount = 32
    static let greatestBin = Float(binCount - 1)
    static let greatestActivation = 127 / ContextBatch.activationUnit

    /// Takes widths that a ``ContextNetwork`` may have.
    package init(trunkWidth: Int, headWidth: Int) {
        var layout = ParameterLayout()
        func layer(_ outputs: Int, _ inputs: Int, side: Int, hasBias: Bool) -> Layer {
            Layer(
                weights: layout.add(
                    Shape(batch: outputs, channels: inputs, rows: side, columns: side)),
                bias: hasBias ? layout.add(Shape(channels: outputs)) : nil)
        }
        trunk = [
            layer(trunkWidth, 9, side: 3, hasBias: true),
            layer(trunkWidth, trunkWidth, side: 3, hasBias: true),
        ]
        heads = (0..<ContextNetwork.phaseCount).map { phase in
            Head(
                point: layer(headWidth, trunkWidth, side: 1, hasBias: true),
                square: phase > 0 ? layer(headWidth, 6 * phase, side: 3, hasBias: false) : nil,
                hidden: layer(headWidth, headWidth, side: 1, hasBias: true),
                outputs: layer(6, headWidth, side: 1, hasBias: true),
                linear: layer(3, 3 * (phase + 1), side: 3, hasBias: false))
        }
        moves = layout.add(Shape(channels: 4 * Self.binCount))
        tails = layout.add(Shape(channels: Self.binCount))
        roundness = layout.add(Shape(channels: Self.binCount))
        self.layout = layout
        self.trunkWidth = trunkWidth
        self.headWidth = headWidth
    }

    /// Parameters to begin with: everything costs the same at first.
    package func start(using random: inout RandomNumbers) -> [Float] {
        var parameters = [Float](repeating: 0, count: layout.count)
        for layer in trunk { layer.weights.fillForConvolution(&parameters, using: &random) }
        for head in heads {
            for layer in [head.point, head.hidden] + (head.square.map { [$0] } ?? []) {
                layer.weights.fillForConvolution(&parameters, gain: 0.7, using: &random)
            }
            if let bias = head.outputs.bias {
                for band in 3..<6 { parameters[bias.offset + band] = -1 }
            }
        }
        for bin in 0..<Self.binCount {
            let rarity = max(0, 1 - Float(bin) / 16)
            for union in 0..<2 {
                let first = moves.offset + 2 * union * Self.binCount + bin
                parameters[first] = 0.05 + 0.3 * rarity
                parameters[first + Self.binCount] = 0.03 + 0.1 * rarity
            }
            parameters[tails.offset + bin] = -4 - 3 * rarity
        }
        return parameters
    }

    /// Means, in steps, and scale bins of each phase, three channels each.
    func predictions(_ tape: Tape, _ parameters: TapeParameters, _ batch: ContextBatch)
        -> [(mean: Variable, bin: Variable)]
    {
        func apply(_ layer: Layer, to x: Variable) -> Variable {
            x.convolved(parameters(layer.weights), bias: layer.bias.map { parameters($0) })
        }
        func activated(_ x: Variable) -> Variable { x.clippedReLU(limit: Self.greatestActivation) }
        let phases = tape.constant(batch.phases)
        let linear = tape.constant(batch.linear)
        let features = trunk.reduce(tape.constant(batch.parents)) { activated(apply($1, to: $0)) }
        return heads.enumerated().map { phase, head in
            var sum = apply(head.point, to: features)
            if let square = head.square { sum = sum + apply(square, to: phases.channels(0..<6 * phase)) }
            let outputs = apply(head.outputs, to: activated(apply(head.hidden, to: activated(sum))))
            let straight = apply(head.linear, to: linear.channels(0..<3 * (phase + 1)))
            let bins = 1 / Self.binWidth * (outputs.channels(3..<6) + -Self.firstLogScale)
            return (
                outputs.channels(0..<3) + straight,
                bins.clippedReLU(limit: Self.greatestBin)
            )
        }
    }

    /// The weighted sum of the bits of all latents of a batch.
    func bits(_ tape: Tape, _ parameters: TapeParameters, _ batch: ContextBatch) -> Variable {
        let prior = Prior(model: self, tape, parameters)
        let sums = zip(batch.targets, predictions(tape, parameters, batch)).map { target, prediction in
            prior.bits(target, mean: prediction.mean, bin: prediction.bin).sum()
        }
        return sums.dropFirst().reduce(sums[0], +)
    }

    /// What latents cost, given means and scale bins.
    struct Prior {
        private let tape: Tape
        private let moves: Variable
        private let tails: Variable
        private let roundness: Variable

        init(model: ContextModel, _ tape: Tape, _ parameters: TapeParameters) {
            self.tape = tape
            moves = parameters(model.moves)
            tails = parameters(model.tails)
            roundness = parameters(model.roundness)
        }

        /// The bits of the latents of a phase, each times its weight.
        func bits(_ target: ContextBatch.Target, mean: Variable, bin: Variable) -> Variable {
            let bits = Variable.mixedCodeLength(
                center: mean, logScale: binWidth * bin + firstLogScale, tail: bin.interpolated(in: tails),
                roundness: bin.interpolated(in: roundness),
                lower: target.edges(isUpper: false, bin: bin, moves: moves),
                upper: target.edges(isUpper: true, bin: bin, moves: moves))
            return bits * tape.constant(target.weights)
        }
    }
}
