// SPDX-License-Identifier: Apache-2.0
package import AECodec

/// The training of the network of one level kind.
package struct ContextTraining: Sendable {
    package let model: ContextModel
    /// Parameters, optimizer and random numbers.
    package var state: Checkpoint

    /// What optimizers of context networks are set to.
    package static var options: Adam.Options {
        var options = Adam.Options()
        options.greatestNorm = 1
        return options
    }

    /// Crops that a step learns from, where they have the full size.
    private static let cropCount = 4
    private static let mostCrops = 32
    /// Threads that share them; results depend on it, so it is not the machine's.
    private static let shareCount = 2
    /// Places of the phase grid on each side of a crop.
    private static let side = 48
    /// Places beside a cut that do not count: what the layers look at beyond it.
    private static let margin = 2
    /// Crops count by what a latent of them costs in all, plus this: a percent is worth the same everywhere.
    private static let leastBits = 0.1
    /// Crops with fewer latents that are not 0 are seldom learned from.
    private static let fewestNonzero = 16

    /// Starts with parameters.
    package init(model: ContextModel, parameters: [Float], seed: UInt64) {
        self.model = model
        state = Checkpoint(
            adam: Adam(parameters: parameters, options: Self.options), random: RandomNumbers(seed: seed))
    }

    /// Goes on from a state.
    package init(model: ContextModel, state: Checkpoint) {
        self.model = model
        self.state = state
    }

    /// The integers of the average of the parameters.
    package func network() throws(TrainingError) -> ContextNetwork { try model.integers(state.adam.average) }

    /// Takes one step.
    ///
    /// - Parameters:
    ///   - levels: What to take crops from; at least one.
    ///   - rate: The rate that all steps begin with; it falls to 0.
    ///   - progress: The part of all steps that is done, 0 to 1.
    ///   - threads: At most; 0 means one a core. The result is the same.
    /// - Returns: Bits of the crops, weighted, over their latents.
    @discardableResult
    package mutating func step(
        levels: [ContextLevel], rate: Float, progress: Double, threads: Int
    ) -> Double {
        let batches = chooseShares(levels)
        let size = Float(batches.reduce(0) { $0 + $1.latentCount })
        let model = model
        let gradients = Gradients.ofSum(
            over: batches, parameters: state.adam.parameters, threads: threads
        ) { tape, parameters, share in
            let batch = ContextBatch(
                share.crops, rows: share.rows, columns: share.columns, margin: Self.margin)
            return 1 / size * model.bits(tape, parameters, batch)
        }
        state.adam.step(gradients.values, rate: CosineSchedule(peak: rate).rate(at: progress))
        state.steps += 1
        return gradients.loss
    }

    /// Crops that are computed together.
    private struct Share: Sendable {
        var crops: [ContextBatch.Crop]
        var rows, columns: Int
        var latentCount: Int { 12 * crops.count * rows * columns }
    }

    /// Crops of one size for each thread; more of them where levels are small.
    private mutating func chooseShares(_ levels: [ContextLevel]) -> [Share] {
        var reach: [Double] = [0]
        // Large levels are taken more often, but not as often as they have places.
        for level in levels {
            reach.append(
                reach[reach.count - 1] + Double(level.rows * level.columns).squareRoot())
        }
        func choose(_ random: inout RandomNumbers, _ number: Int?) -> ContextLevel {
            while true {
                let place = Double(random.uniform()) * reach[reach.count - 1]
                let index = (reach.firstIndex { $0 > place } ?? levels.count) - 1
                if number == nil || levels[index].level == number { return levels[index] }
            }
        }
        return (0..<Self.shareCount).map { _ in
            let first = choose(&state.random, nil)
            let area = Self.side * Self.side
            let own = min(Self.side, first.rows) * min(Self.side, first.columns)
            let count = min(Self.mostCrops, Self.cropCount * area / own) / Self.shareCount
            let chosen = [first] + (1..<count).map { _ in choose(&state.random, first.level) }
            let rows = chosen.reduce(Self.side) { min($0, $1.rows) }
            let columns = chosen.reduce(Self.side) { min($0, $1.columns) }
            return Share(
                crops: chosen.map { crop(of: $0, rows: rows, columns: columns) }, rows: rows, columns: columns
            )
        }
    }

    /// A place in a level where something is.
    private mutating func crop(of level: ContextLevel, rows: Int, columns: Int) -> ContextBatch.Crop {
        var row = 0
        var column = 0
        for _ in 0..<6 {
            row = Int(Float(level.rows - rows + 1) * state.random.uniform())
            column = Int(Float(level.columns - columns + 1) * state.random.uniform())
            let count = level.nonzeroCount(row: row, column: column, rows: rows, columns: columns)
            if count >= Self.fewestNonzero { break }
        }
        let bits = level.classEntropy / Double(max(1, level.count))
        return ContextBatch.Crop(
            level: level, row: row, column: column, weight: Float(1 / (bits + Self.leastBits)))
    }
}
