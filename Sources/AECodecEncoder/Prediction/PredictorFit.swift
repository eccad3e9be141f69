// SPDX-License-Identifier: Apache-2.0
import AECodec
import CAEKernels

/// The codes of one tile in work.
struct CodedTile {
    var tile: Tile
    var codes: [UInt16]
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

    /// Turns of fitting and choosing; more change less than 0.05 %.
    private static let rounds = 3
    private static let constantTerm = 28
    private static let targetTerm = 29

    init(_ tiles: [CodedTile]) {
        let blocks = BlockSums(tiles)
        let sampleCount = tiles.reduce(0) { $0 + $1.tile.sampleCount }
        let size = Self.size(sampleCount: sampleCount, blocks: blocks)
        tapCount = size.taps
        let terms = Array(0..<size.taps) + [Self.constantTerm]
        var labels = Self.startLabels(blocks.activities, count: size.predictors)
        var vectors: [[Double]] = []
        for round in 0..<Self.rounds {
            vectors = Self.fit(blocks, labels: labels, count: size.predictors, terms: terms)
            if size.predictors == 1 { break }
            if round < Self.rounds - 1 { labels = Self.choose(blocks, vectors, terms: terms, labels: labels) }
        }
        weightShift = Self.weightShift(vectors)
        let shift = weightShift
        predictors = vectors.map { Self.quantized($0, shift: shift) }
        if size.predictors > 1 { labels = Self.choose(blocks, vectors, terms: terms, labels: labels) }
        self.labels = labels
    }

    /// More weights cost bytes: small groups get few.
    private static func size(sampleCount: Int, blocks: BlockSums) -> (taps: Int, predictors: Int) {
        guard blocks.rowCount > 0, blocks.activities.contains(where: { $0 > 0 }) else { return (0, 1) }
        switch sampleCount {
        case (1 << 17)...: return (28, 8)
        case (1 << 15)...: return (28, 4)
        case (1 << 14)...: return (20, 2)
        case (1 << 12)...: return (12, 1)
        case (1 << 9)...: return (6, 1)
        default: return (0, 1)
        }
    }

    /// Blocks sorted by activity into equal shares.
    private static func startLabels(_ activities: [Float], count: Int) -> [UInt8] {
        let order = activities.indices.sorted { activities[$0] < activities[$1] }
        var labels = [UInt8](repeating: 0, count: activities.count)
        for (rank, block) in order.enumerated() { labels[block] = UInt8(rank * count / activities.count) }
        return labels
    }

    private static func fit(_ blocks: BlockSums, labels: [UInt8], count: Int, terms: [Int]) -> [[Double]] {
        var sums = [NormalEquations](repeating: NormalEquations(), count: count)
        var sizes = [Int](repeating: 0, count: count)
        for (block, label) in labels.enumerated() where blocks.rowCounts[block] > 0 {
            sums[Int(label)].add(blocks.sums[block])
            sizes[Int(label)] += blocks.rowCounts[block]
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
        var padded = [Float](repeating: 0, count: vectors.count * NormalEquations.width)
        for (set, vector) in vectors.enumerated() {
            for (term, value) in zip(terms, vector) { padded[set * NormalEquations.width + term] = Float(value) }
            padded[set * NormalEquations.width + targetTerm] = -1
        }
        var labels = labels
        for block in labels.indices where blocks.rowCounts[block] > 0 {
            let errors = blocks.sums[block].quadraticForms(padded)
            if let best = errors.indices.min(by: { errors[$0] < errors[$1] }) { labels[block] = UInt8(best) }
        }
        return labels
    }

    /// The finest scale at which all weights keep their bounds.
    private static func weightShift(_ vectors: [[Double]]) -> Int {
        let most = vectors.map { $0.dropLast().reduce(0) { $0 + abs($1) } }.max() ?? 0
        let bias = vectors.compactMap(\.last).map(abs).max() ?? 0
        for shift in stride(from: 12, through: 1, by: -1) {
            let unit = Double(1 << shift)
            if most * unit <= 32_700 - 28, bias * unit < Double(PredictionParameters.maximumBias) { return shift }
        }
        return 0
    }

    private static func quantized(_ vector: [Double], shift: Int) -> PredictionParameters.Predictor {
        let unit = Double(1 << shift)
        var weights = vector.dropLast().map { Int16(max(-32_000, min(32_000, ($0 * unit).rounded()))) }
        // Weights beyond all bounds mean a fit without sense; W alone predicts then.
        if weights.reduce(0, { $0 + Int($1.magnitude) }) > 32_767 { weights = weights.map { _ in 0 } }
        let limit = Double(PredictionParameters.maximumBias)
        let bias = max(-limit, min(limit, ((vector.last ?? 0) * unit).rounded()))
        return PredictionParameters.Predictor(weights: weights, bias: Int32(bias))
    }
}

/// Normal equations of every block of a group.
struct BlockSums {
    var sums: [NormalEquations] = []
    var rowCounts: [Int] = []
    /// Mean activity of every block.
    var activities: [Float] = []

    var rowCount: Int { rowCounts.reduce(0, +) }

    init(_ tiles: [CodedTile]) {
        // Smooth places get no more weight than a tenth of the mean activity, squared, allows.
        let mean = Self.meanActivity(tiles)
        let floor = 0.1 * mean * mean + 0.05
        var rows = [Float](repeating: 0, count: 128 * NormalEquations.width)
        for tile in tiles {
            for row in stride(from: 0, to: tile.tile.rows, by: PackingGroup.blockSide) {
                for column in stride(from: 0, to: tile.tile.columns, by: PackingGroup.blockSide) {
                    var activity: Float = 0
                    let count = Self.rows(tile, row: row, column: column, floor: floor, into: &rows, &activity)
                    var sum = NormalEquations()
                    sum.add(rows: rows, count: count)
                    sum.fillIn()
                    sums.append(sum)
                    rowCounts.append(count)
                    activities.append(count > 0 ? activity / Float(count) : 0)
                }
            }
        }
    }

    /// From one block in sixteen.
    private static func meanActivity(_ tiles: [CodedTile]) -> Float {
        var rows = [Float](repeating: 0, count: 128 * NormalEquations.width)
        var total: Float = 0
        var count = 0
        for tile in tiles {
            for row in stride(from: 0, to: tile.tile.rows, by: 128) {
                for column in stride(from: 0, to: tile.tile.columns, by: 128) {
                    count += Self.rows(tile, row: row, column: column, floor: 1, into: &rows, &total)
                }
            }
        }
        return count > 0 ? total / Float(count) : 0
    }

    private static func rows(
        _ tile: CodedTile, row: Int, column: Int, floor: Float, into rows: inout [Float], _ activity: inout Float
    ) -> Int {
        unsafe tile.codes.withUnsafeBufferPointer { codes in
            unsafe rows.withUnsafeMutableBufferPointer { rows in
                guard let codes = codes.baseAddress, let rows = rows.baseAddress else { return 0 }
                return unsafe ae_block_rows(
                    codes, tile.tile.columns, Int32(tile.tile.rows), Int32(tile.tile.columns), Int32(row),
                    Int32(column), floor, rows, &activity)
            }
        }
    }
}
