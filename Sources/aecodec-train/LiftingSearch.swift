// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import Samples

/// Learns the lifting steps that cost least on some images with fixed scale rules.
struct LiftingSearch {
    private let cost: LiftingCost
    private let pairCount: Int

    /// Bits a sample at which the images are tried.
    private static let rates = [0.3, 1.2]
    private static let samples = 10
    private static let seed: UInt64 = 97

    init(_ images: [SampleArray], weights: [UInt16], pairCount: Int) throws {
        cost = try LiftingCost(images, rates: Self.rates, weights: weights)
        self.pairCount = pairCount
    }

    /// The lifting steps after some generations.
    ///
    /// - Parameters:
    ///   - generations: How many times samples are taken.
    ///   - report: Called with the number of each generation and the best share of bits beyond CDF 9/7 in it.
    /// - Returns: The steps in the middle of the last generation.
    /// - Throws: ``EncodeError`` if memory runs out.
    func run(generations: Int, report: (Int, Double) -> Void) throws -> Lifting {
        let start = LiftingParameters(pairCount: pairCount)
        var search = CovarianceSearch(
            start: start.values, scales: start.scales, sampleCount: Self.samples, seed: Self.seed)
        for generation in 1...generations {
            let points = search.samples()
            let shares = try cost.shares(points.map { LiftingParameters(pairCount: pairCount, $0).lifting })
            search.update(shares)
            report(generation, shares.min() ?? 0)
        }
        return LiftingParameters(pairCount: pairCount, search.mean).lifting ?? .cdf97
    }
}

/// The free numbers of four symmetric lifting steps.
///
/// All taps of the first two steps and all but the nearest pair of the others are free; those two follow
/// from the high pass taking no constant and the low pass no alternation.
struct LiftingParameters {
    let pairCount: Int
    var values: [Double]

    /// CDF 9/7.
    init(pairCount: Int) {
        self.pairCount = pairCount
        values = [Double](repeating: 0, count: 4 * pairCount - 2)
        values[0] = Double(Lifting.cdf97.coefficients[0]) / 65_536
        values[pairCount] = Double(Lifting.cdf97.coefficients[1]) / 65_536
    }

    init(pairCount: Int, _ values: [Double]) {
        self.pairCount = pairCount
        self.values = values
    }

    /// How far the first samples of a search lie apart.
    var scales: [Double] {
        func falling(_ first: Double, _ count: Int) -> [Double] {
            (0..<count).map { first / Double(1 << (2 * $0)) }
        }
        return [0.04] + falling(0.04, pairCount - 1) + [0.02] + falling(0.02, pairCount - 1)
            + falling(0.04, pairCount - 1) + falling(0.06, pairCount - 1)
    }

    /// The steps in integers; nil if a model file could not hold them.
    var lifting: Lifting? {
        let a = values[..<pairCount]
        let b = values[pairCount..<2 * pairCount]
        let c = values[2 * pairCount..<3 * pairCount - 1]
        let d = values[(3 * pairCount - 1)...]
        let (sumA, sumB) = (2 * a.reduce(0, +), 2 * b.reduce(0, +))
        // What a constant and an alternation of ones have become after two steps, odd then even values.
        let (odd, oddAlternating) = (1 + sumA, sumA - 1)
        let (even, evenAlternating) = (1 + sumB * odd, 1 + sumB * oddAlternating)
        let sumC = -odd / (2 * even)
        let sumD = -evenAlternating / (2 * (oddAlternating + 2 * sumC * evenAlternating))
        let all =
            a + b + [sumC - c.reduce(0, +)] + c + [sumD - d.reduce(0, +)] + d
        guard all.allSatisfy({ abs($0) < 2 }) else { return nil }
        return Lifting(pairCount: pairCount, coefficients: all.map { Int32(($0 * 65_536).rounded()) })
    }
}
