// SPDX-License-Identifier: Apache-2.0
package import AECodec
package import AECodecEncoder
package import CAEKernels
import Foundation

/// What the latents of a level cost, in bits.
package struct ContextCost: Equatable, Sendable {
    /// Latents.
    package var count = 0
    /// At the entropy of the classes of the linear contexts that they were quantised with.
    package var linear = 0.0
    /// Under the distributions that the float model predicts.
    package var float = 0.0
    /// Under those that the integers predict, the mean being known by the middle of its bucket.
    package var integer = 0.0
    /// Of the residuals in the classes of the integers, with frequencies learned on the way.
    package var classes = 0.0

    /// Nothing.
    package init() {}

    /// Of several levels.
    package static func += (sum: inout ContextCost, other: ContextCost) {
        sum.count += other.count
        sum.linear += other.linear
        sum.float += other.float
        sum.integer += other.integer
        sum.classes += other.classes
    }
}

extension ContextModel {
    /// What the latents of a level cost with a model.
    ///
    /// - Parameters:
    ///   - level: The level.
    ///   - parameters: Of the float model.
    ///   - network: Its integers.
    ///   - kernels: What evaluates them.
    /// - Returns: The bits.
    package func cost(
        of level: QuantizedLevel, parameters: [Float], network: ContextNetwork, kernels: ae_kernel_level
    ) -> ContextCost {
        let batch = ContextBatch(ContextLevel(level))
        let tape = Tape()
        let constants = TapeParameters(tape, values: parameters, isTracked: false)
        let prior = Prior(model: self, tape, constants)
        var cost = ContextCost()
        cost.count = level.count
        cost.linear = level.classEntropy
        for (target, prediction) in zip(batch.targets, predictions(tape, constants, batch)) {
            let bits = prior.bits(target, mean: prediction.mean, bin: prediction.bin)
            cost.float += Kernels.sum(bits.value.values)
        }
        var classes = AdaptiveClasses()
        for (target, contexts) in zip(batch.targets, network.contexts(of: level.values, kernels: kernels)) {
            var (means, bins) = (Tensor(target.weights.shape), Tensor(target.weights.shape))
            for index in target.indices.indices {
                let (place, band) = (index / 3, index % 3)
                let known = Int(contexts.classes[band][place])
                let mean = Int(contexts.means[band][place])
                means.values[index] =
                    (mean & 1 != 0 ? -1 : 1) * (Float(mean >> 1) + Self.middle(ofBucket: known >> 1 & 7))
                bins.values[index] = Float(known >> 4)
            }
            let bits = prior.bits(target, mean: tape.constant(means), bin: tape.constant(bins)).value.values
            for index in target.indices.indices where target.weights.values[index] > 0 {
                let (place, band) = (index / 3, index % 3)
                let mean = Int(contexts.means[band][place])
                let symbol = Int(target.indices[index])
                cost.integer += Double(bits[index])
                classes.add(
                    residual: (mean & 1 != 0 ? -symbol : symbol) - mean >> 1,
                    inClass: Int(contexts.classes[band][place]) + Int(target.unions[index]),
                    modelBits: bits[index])
            }
        }
        cost.classes = classes.bits
        return cost
    }

    /// How far the mean is from its rounded magnitude, in steps. (Spec/network.md, section 4)
    private static func middle(ofBucket bucket: Int) -> Float {
        [1, 5, 11.5, 23.5, -24, -8, 8, 23.5][bucket] / 64
    }
}

/// Codes residuals with frequencies of their classes that are learned while coding, and that lean on the
/// model until a class has enough of its own.
///
/// About what static classes that are merged well reach, their tables included.
private struct AdaptiveClasses {
    private(set) var bits = 0.0
    private var counts = [Double](repeating: 0, count: classCount * symbolCount)
    private var totals = [Double](repeating: 0, count: classCount)

    private static let classCount = 16 * ContextModel.binCount
    /// Magnitudes 0 to 31 with a sign, and octaves of larger ones.
    private static let symbolCount = 2 * 48
    /// How many residuals the model is worth.
    private static let prior = 32.0

    mutating func add(residual: Int, inClass number: Int, modelBits: Float) {
        let magnitude = Int(residual.magnitude)
        let octave = Int.bitWidth - 1 - max(1, magnitude).leadingZeroBitCount
        let isSmall = magnitude < 32
        let symbol = 2 * (isSmall ? magnitude : 27 + octave) + (residual < 0 ? 1 : 0)
        let place = number * Self.symbolCount + symbol
        // All magnitudes of an octave are alike to the class.
        let count = counts[place] / (isSmall ? 1 : Double(1 << octave))
        bits -= log2((count + Self.prior * exp2(-Double(modelBits))) / (totals[number] + Self.prior))
        counts[place] += 1
        totals[number] += 1
    }
}
