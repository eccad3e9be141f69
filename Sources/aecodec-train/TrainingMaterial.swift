// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AETraining
import Foundation
import Samples
import Synchronization

/// Windows of images, turned, varied and quantised at steps of all rates: what context networks learn from.
///
/// A piece of material has a number, and follows from the seed and that number alone. A pool holds the last
/// pieces; old ones make room for new ones as training goes on.
struct TrainingMaterial: Sendable {
    private let images: [SampleArray]
    private let model: PyramidModel
    private let seed: UInt64
    /// The part of the pieces that are reduced or made noisier.
    private let variation: Float
    /// By piece, and in a piece by level kind.
    private var pool: [[[ContextLevel]]] = []
    /// Pieces made so far.
    private var count = 0
    /// The oldest piece that is kept.
    var number: Int { max(0, count - Self.capacity) }

    private static let side = 1024
    /// Pieces that are kept.
    private static let capacity = 64
    /// Windows of which the liveliest is taken.
    private static let candidates = 3
    /// Bits a sample: three quarters of the pieces are in the middle range.
    private static let rates = (least: 0.05, low: 0.1, high: 2.0, greatest: 3.0)

    /// Takes images, of which middle frames are used.
    init(_ images: [SampleArray], model: PyramidModel, seed: UInt64, variation: Float = 1) {
        self.variation = variation
        self.images = images.map { $0.frames($0.extent.frames / 2..<$0.extent.frames / 2 + 1) }
        self.model = model
        self.seed = seed
    }

    /// Makes pieces until `number` more than a pool have been made.
    mutating func advance(to number: Int) throws(EncodeError) {
        // What would be replaced at once is not made.
        let first = max(count, number)
        let target = number + Self.capacity
        guard target > count else { return }
        let made = try Self.pieces(first..<target) { [self] piece throws(EncodeError) in
            try self.piece(piece)
        }
        if pool.isEmpty { pool = made.map { _ in [] } }
        for (piece, levels) in zip(first..<target, made) { pool[piece % Self.capacity] = levels }
        count = target
    }

    /// All levels of a kind that the pool holds.
    func levels(kind: Int) -> [ContextLevel] { pool.flatMap { $0[kind] } }

    private static func pieces<Piece: Sendable>(
        _ numbers: Range<Int>, _ make: @Sendable (Int) throws(EncodeError) -> Piece
    ) throws(EncodeError) -> [Piece] {
        try inOrder(numbers.count) { number throws(EncodeError) in try make(numbers.lowerBound + number) }
    }

    private func piece(_ number: Int) throws(EncodeError) -> [[ContextLevel]] {
        var random = RandomNumbers(seed: seed &+ UInt64(number) &* 0xD134_2543_DE82_EF95)
        _ = random.next()
        let image = images[number % images.count]
        let isVaried = variation >= 1 || random.uniform() < variation
        let factor = isVaried ? ImageVariation.factor(for: image, using: &random) : 1
        var best: (activity: Double, window: SampleArray)?
        for _ in 0..<Self.candidates {
            let window = image.randomWindow(side: factor * Self.side, using: &random)
            if window.activity > best?.activity ?? -1 { best = (window.activity, window) }
        }
        var samples = best?.window ?? image
        if isVaried { samples = ImageVariation.varied(samples, factor: factor, using: &random) }
        samples = samples.turned(Int(random.next() >> 61))
        let rates = Self.rates
        let isCommon = random.uniform() < 0.75
        let (low, high) = isCommon ? (rates.low, rates.high) : (rates.least, rates.greatest)
        let rate = low * pow(high / low, Double(random.uniform()))
        return try Self.quantized(samples, model: model, rate: rate).map { $0.map { ContextLevel($0) } }
    }

    /// The levels of a window by kind.
    ///
    /// - Parameters:
    ///   - samples: One frame.
    ///   - model: What transforms and quantises it.
    ///   - rate: About the bits a sample.
    /// - Returns: By kind, coarse levels first.
    /// - Throws: ``EncodeError`` if the samples are too deep or memory runs out.
    static func quantized(_ samples: SampleArray, model: PyramidModel, rate: Double) throws(EncodeError)
        -> [[QuantizedLevel]]
    {
        var options = EncodeOptions(threads: 1)
        // What is cheap to linear contexts would be chosen, and networks learn to be like them.
        if !model.rule.hasNetworks { options.withheld = .costs }
        let encoder = try LossyEncoder(samples, options: options, model: model)
        let levels = try encoder.quantizedLevels(step: encoder.step(bitsPerSample: rate))
        return (1...ContextNetworks.kindCount).map { kind in
            levels.filter { min($0.level, ContextNetworks.kindCount) == kind }
        }
    }
}

/// Results of independent pieces of work in their order, on all cores.
func inOrder<Result: Sendable>(
    _ count: Int, _ work: @Sendable (Int) throws(EncodeError) -> Result
) throws(EncodeError) -> [Result] {
    let results = Mutex([Result?](repeating: nil, count: count))
    try WorkQueue<EncodeError>.run(count, threads: 0) { queue throws(EncodeError) in
        while let number = queue.take() {
            let result = try work(number)
            results.withLock { $0[number] = result }
        }
    }
    return results.withLock { $0.compactMap { $0 } }
}

extension SampleArray {
    /// A window anywhere, of at most `side` rows and columns.
    fileprivate func randomWindow(side: Int, using random: inout RandomNumbers) -> SampleArray {
        func range(_ count: Int) -> Range<Int> {
            let length = min(side, count)
            let first = Int(Float(count - length + 1) * random.uniform())
            return first..<first + length
        }
        let rows = range(extent.rows)
        return window(rows: rows, columns: range(extent.columns))
    }

    /// The liveliest of some windows that lie regularly, of at most `side` rows and columns.
    func liveliestWindow(side: Int) -> SampleArray {
        func starts(_ count: Int) -> [Int] {
            let last = max(0, count - side)
            return last == 0 ? [0] : (0...4).map { last * $0 / 4 }
        }
        let frame = frames(extent.frames / 2..<extent.frames / 2 + 1)
        var best: (activity: Double, window: SampleArray)?
        for row in starts(extent.rows) {
            for column in starts(extent.columns) {
                let window = frame.window(
                    rows: row..<min(extent.rows, row + side),
                    columns: column..<min(extent.columns, column + side))
                if window.activity > best?.activity ?? -1 { best = (window.activity, window) }
            }
        }
        return best?.window ?? frame
    }

    /// The part of sampled places where neighbors in a row differ.
    fileprivate var activity: Double {
        var count = 0
        let places = stride(from: 0, to: extent.sampleCount - 1, by: 61)
        for place in places where self[place] != self[place + 1] { count += 1 }
        return Double(count) / Double(max(1, extent.sampleCount / 61))
    }
}
