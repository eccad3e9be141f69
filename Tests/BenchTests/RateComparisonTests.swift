// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Samples
import TestSupport
import Testing

@testable import AEBenchmark

/// The rule by which an image counts as lossy, and what is said beyond it.
@Suite struct RateComparisonTests {
    static let rates = [0.07, 0.1, 0.15, 0.22, 0.35, 0.5, 0.75, 1.1, 1.6, 2.3]
    static let extent = Extent(rows: 8, columns: 8)

    static func image(bits: Int, step: Int = 1, signed: Bool = false) -> SampleArray {
        let format = SampleFormat(bitsStored: bits, isSigned: signed)
        return SampleArray(
            extent: extent, format: format,
            values: (0..<64).map { format.range.lowerBound + 3 + step * ($0 % 20) })
    }

    /// A curve whose error falls by 6 dB a bit, from `error` at 0.07 bits.
    static func curve(_ range: RateRange, error: Double, factor: Double = 1) throws -> RateCurve {
        try RateCurve(
            rates.map { rate in
                RatePoint(rate: rate * factor, psnr: range.psnr(meanSquaredError: error) + 6 * (rate - 0.07))
            })
    }

    @Test(arguments: [(12, 1, 1.0), (12, 4, 16), (16, 3, 9), (8, 1, 0.25), (8, 5, 6.25)])
    func leastErrorFollowsDepthAndGrid(_ bits: Int, _ step: Int, _ error: Double) {
        for isSigned in [false, true] {
            let image = Self.image(bits: bits, step: step, signed: isSigned)
            #expect(RateRange(image, lossyHistory: false).leastError == error)
        }
    }

    @Test func constantImageHasTheUnitGrid() {
        let flat = SampleArray(extent: Self.extent, format: SampleFormat(bitsStored: 12, isSigned: false))
        #expect(RateRange(flat, lossyHistory: false).leastError == 1)
    }

    @Test func intervalRunsBetweenRatesOfTheAnchor() throws {
        let range = RateRange(Self.image(bits: 12), lossyHistory: false)
        let anchor = try Self.curve(range, error: 1000)
        let whole = try #require(range.interval(0.1...2, anchor: anchor))
        #expect(whole.lowerBound == anchor.psnr(atRate: 0.1))
        #expect(whole.upperBound == anchor.psnr(atRate: 2))
        let low = try #require(range.interval(0.1...0.5, anchor: anchor))
        let high = try #require(range.interval(0.5...2, anchor: anchor))
        #expect(low.upperBound == high.lowerBound)
    }

    @Test func intervalEndsWhereLossEnds() throws {
        let range = RateRange(Self.image(bits: 12), lossyHistory: false)
        let anchor = try Self.curve(range, error: 4)
        let whole = try #require(range.interval(0.1...2, anchor: anchor))
        #expect(whole.upperBound == range.psnr(meanSquaredError: 1))
        #expect(range.interval(1.5...2, anchor: anchor) == nil)
    }

    @Test func imagesThatWereLossyCountUpToOneBit() throws {
        let range = RateRange(Self.image(bits: 12), lossyHistory: true)
        let anchor = try Self.curve(range, error: 1000)
        #expect(range.interval(0.1...2, anchor: anchor)?.upperBound == anchor.psnr(atRate: 1))
    }

    @Test func anchorThatEndsEarlyIsUsedToItsEnd() throws {
        let range = RateRange(Self.image(bits: 12), lossyHistory: false)
        let short = try RateCurve(Array(Self.curve(range, error: 1000).points.prefix(6)))
        let whole = try #require(range.interval(0.1...2, anchor: short))
        #expect(whole.upperBound == short.psnrRange.upperBound)
        #expect(range.interval(0.5...2, anchor: short) == nil)
    }

    @Test func sameFactorEverywhereIsTheResult() throws {
        let range = RateRange(Self.image(bits: 12), lossyHistory: false)
        let anchor = try Self.curve(range, error: 12)
        let result = RateComparison(
            anchor: anchor, test: try Self.curve(range, error: 12, factor: 0.8), range: range)
        for part in [result.whole, result.low, result.high] {
            let part = try #require(part)
            #expect(abs(part.rateChange + 0.2) < 1e-12)
            #expect(part.coverage == 1)
        }
        #expect(try #require(result.whole?.psnrGain) > 0)
        // 12 is 10.8 dB above 1, and the curve ends 13.4 dB above its start: a half is reached for neither.
        #expect(abs(try #require(result.sizesBeyond[0]) - 0.8) < 1e-12)
        #expect(result.sizesBeyond[1...].allSatisfy { $0 == nil })
    }

    @Test func coverageSaysWhatTheCodecLeftOut() throws {
        let range = RateRange(Self.image(bits: 12), lossyHistory: false)
        let anchor = try Self.curve(range, error: 1000)
        let short = try RateCurve(Array(anchor.points.prefix(6)))
        let whole = try #require(RateComparison(anchor: anchor, test: short, range: range).whole)
        // Not 0: a curve that ends has another slope there.
        #expect(abs(whole.rateChange) < 0.01)
        #expect(whole.coverage > 0.1 && whole.coverage < 0.4)
    }
}
