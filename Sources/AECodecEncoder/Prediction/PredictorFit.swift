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

/// Fits the predictors of a group: blocks of 32 x 32 samples choose among up to eight weight sets, or pairs of one
/// for smooth and one for textured samples, and each set is fitted to its samples, in turns (k-means with
/// predictors for means).
struct PredictorFit {
    /// Weight sets as integers, and how they are scaled.
    var predictors: [PredictionParameters.Predictor]
    var weightShift: Int
    var tapCount: Int
    /// The weight set, or the pair of sets, of every block, tile after tile.
    var labels: [UInt8]
    /// Whether few samples have most of the activity, as on pages and screens; small groups always count as such.
    let isUneven: Bool
    /// The greatest texture of smooth samples, if sets are pairs.
    var textureLimit: Int?

    private static let constantTerm = 28
    private static let targetTerm = 29
    private static let medianTerm = 30
    /// The terms of the base, where there is one.
    private static let baseTerms = 31..<31 + PredictionParameters.baseTapCount
    /// The entropy of two-sided geometric errors of a mean magnitude m is about log2(1 + 2 e m).
    private static let slope = 5.44
    /// Pairs are taken where they seem to leave less than this share; what is estimated here is rough.
    private static let clearShare = 0.997
    /// About the bits of a weight in an archive.
    private static let weightBits = 10.0

    /// - Parameters:
    ///   - tiles: The codes, and what they are predicted from.
    ///   - effort: How much of them is looked at.
    ///   - noise: Variance of the noise that a decoder's codes have and these have not.
    init(_ tiles: [CodedTile], effort: Effort, noise: Double = 0) {
        let blocks = BlockSums(tiles, distance: effort.fitDistance)
        let size = Self.size(blocks)
        tapCount = size.taps
        isUneven = blocks.partCount == 2
        let hasBase = tiles.contains { !$0.base.isEmpty }
        let terms =
            Array(0..<size.taps) + (hasBase && size.taps > 0 ? Array(Self.baseTerms) : [])
            + [Self.constantTerm]
        // Small images have few blocks, and are worth some turns more.
        let rounds = blocks.sampleCount < 1 << 19 ? 3 * effort.fitRounds : effort.fitRounds
        var best = Self.turns(
            blocks, sets: PredictorSets(labelCount: size.predictors, partCount: 1), terms: terms,
            rounds: rounds, noise: noise)
        if blocks.partCount == 2, size.taps > 0 {
            let pairs = Self.turns(
                blocks, sets: PredictorSets(labelCount: size.predictors, partCount: 2), terms: terms,
                rounds: rounds, noise: noise)
            let more = Double(pairs.vectors.count - best.vectors.count) * Double(terms.count)
            if pairs.bits + more * Self.weightBits < Self.clearShare * best.bits {
                best = pairs
                textureLimit = blocks.textureLimit
            }
        }
        // What finer weights win is less than their bytes where there are few samples.
        let finest = blocks.sampleCount < 1 << 17 ? 9 : blocks.sampleCount < 1 << 19 ? 10 : 12
        weightShift = Self.weightShift(best.vectors, finest: finest)
        let shift = weightShift
        predictors = best.vectors.map {
            Self.quantized($0, shift: shift, tapCount: size.taps, hasBase: hasBase)
        }
        labels = best.labels
        dropUnused()
    }

    /// Weight sets, and what blocks have chosen.
    private struct Turns {
        var vectors: [[Double]]
        var labels: [UInt8]
        /// About the bits of all samples, but for some constant.
        var bits: Double
    }

    private static func turns(
        _ blocks: BlockSums, sets: PredictorSets, terms: [Int], rounds: Int, noise: Double
    ) -> Turns {
        var result = Turns(vectors: [], labels: startLabels(blocks, count: sets.labelCount), bits: 0)
        for _ in 0..<rounds {
            result.vectors = fit(blocks, labels: result.labels, sets: sets, terms: terms, noise: noise)
            (result.labels, result.bits) = choose(
                blocks, result.vectors, sets: sets, terms: terms, labels: result.labels)
        }
        return result
    }

    /// The fit without weights: blocks that are not flat are predicted by the median.
    init(medianOf fit: PredictorFit) {
        isUneven = fit.isUneven
        tapCount = 0
        weightShift = 0
        predictors = [PredictionParameters.Predictor(weights: [], bias: 0)]
        labels = fit.labels.map {
            $0 == PredictionParameters.flatLabel ? $0 : PredictionParameters.medianLabel
        }
    }

    /// Weight sets that no block has chosen are not written.
    private mutating func dropUnused() {
        let parts = textureLimit == nil ? 1 : 2
        let used = (0..<predictors.count / parts).filter { set in labels.contains(UInt8(set)) }
        let kept = used.isEmpty ? [0] : used
        var numbers = (0...PredictionParameters.flatLabel).map { $0 }
        for (number, set) in kept.enumerated() { numbers[set] = UInt8(number) }
        predictors = kept.flatMap { predictors[parts * $0..<parts * ($0 + 1)] }
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
        _ blocks: BlockSums, labels: [UInt8], sets: PredictorSets, terms: [Int], noise: Double
    ) -> [[Double]] {
        var sums = [NormalEquations](repeating: NormalEquations(), count: sets.count)
        var sizes = [Int](repeating: 0, count: sets.count)
        for (block, label) in labels.enumerated() where label < PredictionParameters.medianLabel {
            for part in 0..<blocks.partCount {
                let cell = block * blocks.partCount + part
                guard blocks.counts[cell] > 0 else { continue }
                let set = sets.number(label: Int(label), part: part)
                sums[set].add(blocks.sums[cell])
                sizes[set] += blocks.counts[cell]
            }
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
        _ blocks: BlockSums, _ vectors: [[Double]], sets: PredictorSets, terms: [Int], labels: [UInt8]
    ) -> (labels: [UInt8], bits: Double) {
        let width = Panel.termCount
        let padded = vectors.map { vector in
            var padded = [Float](repeating: 0, count: width)
            for (term, value) in zip(terms, vector) { padded[term] = Float(value) }
            padded[targetTerm] = -1
            return padded
        }
        let median: [Float] = (0..<width).map { $0 == medianTerm ? 1 : $0 == targetTerm ? -1 : 0 }
        let candidates = (0..<blocks.partCount).map { part in
            (0..<sets.labelCount).map { padded[sets.number(label: $0, part: part)] } + [median]
        }
        var labels = labels
        var bits = 0.0
        var errors: [[Double]] = []
        var counts: [Int] = []
        var units: [Double] = []
        blocks.forEachCell(every: blocks.everyForChoice) { cell, panel, activity in
            let (block, part) = cell.quotientAndRemainder(dividingBy: blocks.partCount)
            if part == 0 { (errors, counts, units) = ([], [], []) }
            if panel.count > 0 {
                errors.append(panel.absoluteErrors(candidates[part]))
                counts.append(panel.count)
                units.append(blocks.unit(activity: activity / Float(panel.count)))
            }
            guard part == blocks.partCount - 1, !errors.isEmpty else { return }
            let totals = errors[0].indices.map { choice in errors.reduce(0) { $0 + $1[choice] } }
            guard let best = totals.indices.min(by: { totals[$0] < totals[$1] }) else { return }
            labels[block] = best < sets.labelCount ? UInt8(best) : PredictionParameters.medianLabel
            for part in counts.indices {
                let mean = units[part] * errors[part][best] / Double(counts[part])
                bits += Double(counts[part] * blocks.everyForChoice) * log2(1 + Self.slope * mean)
            }
        }
        return (labels, bits)
    }

    /// The finest scale, up to some, at which all weights keep their bounds.
    private static func weightShift(_ vectors: [[Double]], finest: Int) -> Int {
        let most = vectors.map { $0.dropLast().reduce(0) { $0 + abs($1) } }.max() ?? 0
        let bias = vectors.compactMap(\.last).map(abs).max() ?? 0
        for shift in stride(from: finest, through: 1, by: -1) {
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
