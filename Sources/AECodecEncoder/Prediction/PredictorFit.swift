// SPDX-License-Identifier: Apache-2.0
import AECodec
import CAEKernels

/// The codes of one tile in work.
struct CodedTile {
    var tile: Tile
    var codes: [UInt16]
    /// The codes as a decoder has them, which it predicts from: near the others in bounded parts, else the same.
    var decoded: [UInt16]
    /// The base at the tile's places; empty if there is none.
    var base: [UInt16] = []
}

/// Fits the predictors of a group: blocks of 32 x 32 samples choose among up to eight weight sets, and
/// each set is fitted to its blocks, in turns (k-means with predictors for means).
struct PredictorFit {
    /// Weight sets as integers, and how they are scaled.
    var predictors: [PredictionParameters.Predictor]
    var weightShift: Int
    var tapCount: Int
    /// The weight set of every block, tile after tile.
    var labels: [UInt8]

    private static let constantTerm = 28
    private static let targetTerm = 29
    private static let medianTerm = 30
    /// The terms of the base, where there is one.
    private static let baseTerms = 31..<31 + PredictionParameters.baseTapCount

    /// - Parameters:
    ///   - tiles: The codes, and what they are predicted from.
    ///   - effort: How much of them is looked at.
    ///   - noise: Variance of the noise that a decoder's codes have and these have not.
    init(_ tiles: [CodedTile], effort: Effort, noise: Double = 0) {
        let blocks = BlockSums(tiles, distance: effort.fitDistance)
        let size = Self.size(blocks)
        tapCount = size.taps
        let hasBase = tiles.contains { !$0.base.isEmpty }
        let terms =
            Array(0..<size.taps) + (hasBase && size.taps > 0 ? Array(Self.baseTerms) : [])
            + [Self.constantTerm]
        var labels = Self.startLabels(blocks, count: size.predictors)
        var vectors: [[Double]] = []
        for round in 0..<effort.fitRounds {
            vectors = Self.fit(blocks, labels: labels, count: size.predictors, terms: terms, noise: noise)
            if round < effort.fitRounds - 1 {
                labels = Self.choose(blocks, vectors, terms: terms, labels: labels)
            }
        }
        weightShift = Self.weightShift(vectors)
        let shift = weightShift
        predictors = vectors.map { Self.quantized($0, shift: shift, tapCount: size.taps, hasBase: hasBase) }
        self.labels = Self.choose(blocks, vectors, terms: terms, labels: labels)
        dropUnused()
    }

    /// The fit without weights: blocks that are not flat are predicted by the median.
    init(medianOf fit: PredictorFit) {
        tapCount = 0
        weightShift = 0
        predictors = [PredictionParameters.Predictor(weights: [], bias: 0)]
        labels = fit.labels.map {
            $0 == PredictionParameters.flatLabel ? $0 : PredictionParameters.medianLabel
        }
    }

    /// Weight sets that no block has chosen are not written.
    private mutating func dropUnused() {
        let used = predictors.indices.filter { set in labels.contains(UInt8(set)) }
        let kept = used.isEmpty ? [0] : used
        var numbers = (0...PredictionParameters.flatLabel).map { $0 }
        for (number, set) in kept.enumerated() { numbers[set] = UInt8(number) }
        predictors = kept.map { predictors[$0] }
        labels = labels.map { numbers[Int($0)] }
    }

    /// More weights cost bytes: small groups get few.
    private static func size(_ blocks: BlockSums) -> (taps: Int, predictors: Int) {
        guard blocks.observationCount > 0, blocks.activities.contains(where: { $0 > 0 }) else {
            return (0, 1)
        }
        switch blocks.sampleCount {
        case (1 << 17)...: return (28, 8)
        case (1 << 15)...: return (28, 4)
        case (1 << 14)...: return (20, 2)
        case (1 << 12)...: return (12, 1)
        case (1 << 9)...: return (6, 1)
        default: return (0, 1)
        }
    }

    /// Blocks that are not flat, sorted by activity into equal shares.
    private static func startLabels(_ blocks: BlockSums, count: Int) -> [UInt8] {
        let order = blocks.activities.indices.filter { !blocks.isFlat[$0] }
            .sorted { blocks.activities[$0] < blocks.activities[$1] }
        var labels = [UInt8](repeating: PredictionParameters.flatLabel, count: blocks.activities.count)
        for (rank, block) in order.enumerated() { labels[block] = UInt8(rank * count / order.count) }
        return labels
    }

    private static func fit(
        _ blocks: BlockSums, labels: [UInt8], count: Int, terms: [Int], noise: Double
    ) -> [[Double]] {
        var sums = [NormalEquations](repeating: NormalEquations(), count: count)
        var sizes = [Int](repeating: 0, count: count)
        for (block, label) in labels.enumerated()
        where blocks.counts[block] > 0 && label < PredictionParameters.medianLabel {
            sums[Int(label)].add(blocks.sums[block])
            sizes[Int(label)] += blocks.counts[block]
        }
        if noise > 0 {
            for set in sums.indices {
                sums[set].addNoise(
                    variance: noise, taps: 0..<terms.count - 1, constant: constantTerm, target: targetTerm)
            }
        }
        var all = NormalEquations()
        for sum in sums { all.add(sum) }
        let common = all.solve(terms: terms, target: targetTerm)
        return sums.indices.map { set in
            sizes[set] < 4 * terms.count ? common : sums[set].solve(terms: terms, target: targetTerm)
        }
    }

    private static func choose(
        _ blocks: BlockSums, _ vectors: [[Double]], terms: [Int], labels: [UInt8]
    ) -> [UInt8] {
        let width = Panel.termCount
        var candidates = vectors.map { vector in
            var padded = [Float](repeating: 0, count: width)
            for (term, value) in zip(terms, vector) { padded[term] = Float(value) }
            padded[targetTerm] = -1
            return padded
        }
        candidates.append((0..<width).map { $0 == medianTerm ? 1 : $0 == targetTerm ? -1 : 0 })
        var labels = labels
        blocks.forEachBlock(every: blocks.everyForChoice) { block, panel, _ in
            guard panel.count > 0 else { return }
            let errors = panel.absoluteErrors(candidates)
            if let best = errors.indices.min(by: { errors[$0] < errors[$1] }) {
                labels[block] = best < vectors.count ? UInt8(best) : PredictionParameters.medianLabel
            }
        }
        return labels
    }

    /// The finest scale at which all weights keep their bounds.
    private static func weightShift(_ vectors: [[Double]]) -> Int {
        let most = vectors.map { $0.dropLast().reduce(0) { $0 + abs($1) } }.max() ?? 0
        let bias = vectors.compactMap(\.last).map(abs).max() ?? 0
        for shift in stride(from: 12, through: 1, by: -1) {
            let unit = Double(1 << shift)
            if most * unit <= 32_700 - 28, bias * unit < Double(PredictionParameters.maximumBias) {
                return shift
            }
        }
        return 0
    }

    private static func quantized(
        _ vector: [Double], shift: Int, tapCount: Int, hasBase: Bool
    ) -> PredictionParameters.Predictor {
        let unit = Double(1 << shift)
        var weights = vector.dropLast().map { Int16(max(-32_000, min(32_000, ($0 * unit).rounded()))) }
        // Weights beyond all bounds mean a fit without sense; W alone predicts then.
        if weights.reduce(0, { $0 + Int($1.magnitude) }) > 32_767 { weights = weights.map { _ in 0 } }
        let limit = Double(PredictionParameters.maximumBias)
        let bias = max(-limit, min(limit, ((vector.last ?? 0) * unit).rounded()))
        let base = hasBase ? Array(weights[tapCount...]) : []
        let missing = hasBase ? PredictionParameters.baseTapCount - base.count : 0
        return PredictionParameters.Predictor(
            weights: Array(weights[..<tapCount]), bias: Int32(bias),
            baseWeights: base + [Int16](repeating: 0, count: missing))
    }
}

/// Normal equations of every block of a group.
struct BlockSums {
    private(set) var sums: [NormalEquations] = []
    private(set) var counts: [Int] = []
    /// Mean activity of every block.
    private(set) var activities: [Float] = []
    /// Whether all samples of a block repeat their left neighbours.
    private(set) var isFlat: [Bool] = []
    /// Samples outside flat blocks, about.
    let sampleCount: Int
    private let tiles: [CodedTile]
    private let hasBase: Bool
    /// Rows of a block are sampled at this distance.
    private let every: Int
    private let floor: Float

    var observationCount: Int { counts.reduce(0, +) }

    init(_ tiles: [CodedTile], distance: Double) {
        self.tiles = tiles
        hasBase = tiles.contains { !$0.base.isEmpty }
        isFlat = tiles.flatMap(Self.flatBlocks)
        let flatCount = isFlat.filter { $0 }.count * PackingGroup.blockSide * PackingGroup.blockSide
        sampleCount = max(0, tiles.reduce(0) { $0 + $1.tile.sampleCount } - flatCount)
        let usual = sampleCount >= 1 << 19 ? 8 : sampleCount >= 1 << 17 ? 4 : sampleCount >= 1 << 15 ? 2 : 1
        every = max(1, min(16, Int(Double(usual) * distance)))
        // Smooth places get no more weight than a tenth of the mean activity, squared, allows.
        let mean = Self.meanActivity(tiles)
        floor = 0.1 * mean * mean + 0.05
        forEachBlock(every: every) { _, panel, activity in
            var sum = NormalEquations()
            sum.add(panel)
            sums.append(sum)
            counts.append(panel.count)
            activities.append(panel.count > 0 ? activity / Float(panel.count) : 0)
        }
    }

    /// Choosing among predictors takes fewer observations than fitting them.
    var everyForChoice: Int { min(8, 2 * every) }

    /// Calls `body` with the number, the observations and the sum of activities of every block.
    func forEachBlock(every: Int, _ body: (Int, Panel, Float) -> Void) {
        var panel = Panel(
            capacity: 1024 / every, termCount: hasBase ? Panel.termCount : AE_FIT_PLAIN_TERMS)
        var block = 0
        for tile in tiles {
            for row in stride(from: 0, to: tile.tile.rows, by: PackingGroup.blockSide) {
                for column in stride(from: 0, to: tile.tile.columns, by: PackingGroup.blockSide) {
                    var activity: Float = 0
                    panel.count = 0
                    if !isFlat[block] {
                        Self.fill(
                            &panel, tile, row: row, column: column, every: every, floor: floor, &activity)
                    }
                    body(block, panel, activity)
                    block += 1
                }
            }
        }
    }

    private static func flatBlocks(_ tile: CodedTile) -> [Bool] {
        var flags: [Bool] = []
        for row in stride(from: 0, to: tile.tile.rows, by: PackingGroup.blockSide) {
            for column in stride(from: 0, to: tile.tile.columns, by: PackingGroup.blockSide) {
                let isFlat = unsafe ae_block_is_flat(
                    tile.codes, tile.tile.columns, Int32(tile.tile.rows), Int32(tile.tile.columns),
                    Int32(row),
                    Int32(column))
                flags.append(isFlat != 0)
            }
        }
        return flags
    }

    /// From one block in sixteen.
    private static func meanActivity(_ tiles: [CodedTile]) -> Float {
        var panel = Panel(capacity: 128)
        var total: Float = 0
        var count = 0
        for tile in tiles {
            for row in stride(from: 0, to: tile.tile.rows, by: 128) {
                for column in stride(from: 0, to: tile.tile.columns, by: 128) {
                    fill(&panel, tile, row: row, column: column, every: 8, floor: 1, &total)
                    count += panel.count
                }
            }
        }
        return count > 0 ? total / Float(count) : 0
    }

    private static func fill(
        _ panel: inout Panel, _ tile: CodedTile, row: Int, column: Int, every: Int, floor: Float,
        _ activity: inout Float
    ) {
        unsafe tile.base.withUnsafeBufferPointer { base in
            let base = panel.usedTermCount == Panel.termCount ? base.baseAddress : nil
            panel.count = unsafe ae_block_panel(
                tile.decoded, tile.codes, base, tile.tile.columns, Int32(tile.tile.rows),
                Int32(tile.tile.columns), Int32(row), Int32(column), Int32(every), floor, &panel.values,
                panel.stride, &activity)
        }
    }
}
