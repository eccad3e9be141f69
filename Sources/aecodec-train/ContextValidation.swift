// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AETraining
import Foundation
import Samples

/// Images that networks are measured on.
struct ContextValidation {
    /// By level kind.
    private let levels: [[QuantizedLevel]]
    private static let rates = [0.1, 0.3, 0.8, 2]
    private static let side = 1024

    /// Quantises the liveliest windows of some images at several rates.
    init(_ images: [SampleArray], model: PyramidModel) throws {
        let rates = Self.rates
        let pieces = try inOrder(images.count * rates.count) { number throws(EncodeError) in
            try TrainingMaterial.quantized(
                images[number / rates.count].liveliestWindow(side: Self.side), model: model,
                rate: rates[number % rates.count])
        }
        levels = (0..<ContextNetworks.kindCount).map { kind in pieces.flatMap { $0[kind] } }
    }

    /// What latents of each level kind cost, a line each; none without images.
    func lines(_ kinds: [ContextTraining]) throws -> [String] {
        guard levels.contains(where: { !$0.isEmpty }), let kernels = KernelChoice.automatic.level else {
            return []
        }
        var total = ContextCost()
        var lines: [String] = []
        for (kind, training) in kinds.enumerated() {
            let network = try training.network()
            let costs = try inOrder(levels[kind].count) { [levels] number throws(EncodeError) in
                training.model.cost(
                    of: levels[kind][number], parameters: training.state.adam.average, network: network,
                    kernels: kernels)
            }
            let cost = costs.reduce(into: ContextCost()) { $0 += $1 }
            total += cost
            lines.append("level \(kind + 1): \(text(cost))")
        }
        return lines + ["all levels: \(text(total))"]
    }

    private func text(_ cost: ContextCost) -> String {
        func change(_ bits: Double) -> String { String(format: "%+.2f %%", 100 * (bits / cost.linear - 1)) }
        let linear = String(format: "%.4f", cost.linear / Double(max(1, cost.count)))
        return """
            \(linear) bits a latent in linear contexts; networks \(change(cost.float)), \
            their integers \(change(cost.integer)), as classes \(change(cost.classes))
            """
    }
}
