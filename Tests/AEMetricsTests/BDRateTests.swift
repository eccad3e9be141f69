// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Testing

/// Expected values were computed by SciPy 1.17.1: `PchipInterpolator` of log rate over PSNR (of PSNR over
/// log rate), points sorted along the axis, and its `integrate` over the common interval.
@Suite struct BDRateTests {
    /// Two curves and what SciPy says of them.
    struct Case: CustomTestStringConvertible {
        let name: String
        let anchor: [RatePoint]
        let test: [RatePoint]
        let change: Double
        let psnrInterval: ClosedRange<Double>
        let gain: Double
        let rateInterval: ClosedRange<Double>
        var testDescription: String { name }
    }

    static func points(_ pairs: [(Double, Double)]) -> [RatePoint] {
        pairs.map { RatePoint(rate: $0.0, psnr: $0.1) }
    }

    static let anchor = points([
        (0.0698, 47.31), (0.1, 48.62), (0.1502, 49.94), (0.2199, 51.02), (0.3497, 52.4), (0.5001, 53.61),
        (0.7503, 55.2), (1.0998, 57.13), (1.6004, 59.71), (2.2997, 63.04),
    ])
    static let better = points([
        (0.0613, 47.02), (0.0957, 48.73), (0.149, 50.11), (0.2601, 51.83), (0.4402, 53.45), (0.8107, 55.93),
        (1.3905, 59.02), (2.0502, 62.2),
    ])
    /// Two settings cost more and give less than their neighbors.
    static let uneven = points([
        (0.11, 49.2), (0.31, 52.6), (0.29, 52.9), (0.6, 54.1), (1.2, 56.9), (1.15, 57.4),
    ])

    static let cases = [
        Case(
            name: "ten points against eight", anchor: anchor, test: better, change: -0.06797160416130173,
            psnrInterval: 47.31...62.2, gain: 0.3073898058644696, rateInterval: 0.0698...2.0502),
        Case(
            name: "not monotone", anchor: anchor, test: uneven, change: 0.06059280630592194,
            psnrInterval: 49.2...57.4, gain: 0.7202441163396887, rateInterval: 0.11...1.2),
        Case(
            name: "four points that cross, in kilobits",
            anchor: points([(100, 30), (200, 33.5), (400, 36), (800, 37.1)]),
            test: points([(90, 31), (210, 33.1), (330, 36.4), (900, 37)]), change: -0.061267909029847516,
            psnrInterval: 31...37, gain: 0.1622685406932665, rateInterval: 100...800),
    ]

    @Test(arguments: cases) func agreesWithSciPy(_ example: Case) throws {
        let anchor = try RateCurve(example.anchor)
        let test = try RateCurve(example.test)
        let rate = try BDRate(anchor: anchor, test: test)
        #expect(abs(rate.change - example.change) < 1e-12)
        #expect(rate.psnrInterval == example.psnrInterval)
        let psnr = try BDPSNR(anchor: anchor, test: test)
        #expect(abs(psnr.gain - example.gain) < 1e-12)
        #expect(abs(psnr.rateInterval.lowerBound - example.rateInterval.lowerBound) < 1e-12)
        #expect(abs(psnr.rateInterval.upperBound / example.rateInterval.upperBound - 1) < 1e-12)
    }

    @Test func intervalOfInterestIsKept() throws {
        let anchor = try RateCurve(Self.anchor)
        let rate = try BDRate(anchor: anchor, test: RateCurve(Self.better), within: 49...57)
        #expect(abs(rate.change + 0.08121870095667415) < 1e-12)
        #expect(rate.psnrInterval == 49...57)
        #expect(rate.coverage == 1)
    }

    @Test func curvesPassThroughTheirPointsAndAgreeWithSciPyBetween() throws {
        let curve = try RateCurve(Self.uneven)
        for point in curve.points {
            #expect(abs(try #require(curve.rate(atPSNR: point.psnr)) - point.rate) < 1e-14)
            #expect(abs(try #require(curve.psnr(atRate: point.rate)) - point.psnr) < 1e-9)
        }
        let expected = [
            50: 0.18395641335881102, 52.75: 0.299833287011299, 53: 0.2933428493322184,
            57.2: 1.1788043451611545,
        ]
        for (psnr, rate) in expected {
            #expect(abs(try #require(curve.rate(atPSNR: psnr)) - rate) < 1e-13)
        }
        #expect(curve.rate(atPSNR: 49.1) == nil)
        #expect(curve.rate(atPSNR: 57.5) == nil)
        #expect(curve.psnr(atRate: 0.1) == nil)
        #expect(curve.psnr(atRate: 0) == nil)
        #expect(curve.psnrRange == 49.2...57.4)
        #expect(curve.rateRange == 0.11...1.2)
    }

    @Test func curveAgainstItselfIsZero() throws {
        let curve = try RateCurve(Self.anchor)
        let rate = try BDRate(anchor: curve, test: curve)
        #expect(rate.change == 0)
        #expect(rate.coverage == 1)
        #expect(try BDPSNR(anchor: curve, test: curve).gain == 0)
    }

    @Test(arguments: [0.5, 0.94, 1.1, 3]) func sameFactorEverywhereIsTheResult(_ factor: Double) throws {
        let scaled = Self.anchor.map { RatePoint(rate: $0.rate * factor, psnr: $0.psnr) }
        let rate = try BDRate(anchor: RateCurve(Self.anchor), test: RateCurve(scaled))
        #expect(abs(rate.change - (factor - 1)) < 1e-12)
    }

    @Test func sameShiftEverywhereIsTheGain() throws {
        let shifted = Self.anchor.map { RatePoint(rate: $0.rate, psnr: $0.psnr - 0.75) }
        let psnr = try BDPSNR(anchor: RateCurve(Self.anchor), test: RateCurve(shifted))
        #expect(abs(psnr.gain + 0.75) < 1e-12)
        #expect(psnr.coverage == 1)
    }

    @Test func exchangeInvertsTheFactor() throws {
        let one = try RateCurve(Self.anchor)
        let other = try RateCurve(Self.better)
        let there = try BDRate(anchor: one, test: other).change
        let back = try BDRate(anchor: other, test: one).change
        #expect(abs((1 + there) * (1 + back) - 1) < 1e-12)
    }

    @Test func orderOfPointsDoesNotMatter() throws {
        #expect(try RateCurve(Self.uneven.reversed()) == RateCurve(Self.uneven))
    }

    @Test func ofPointsWithOnePSNRTheCheapestCounts() throws {
        let dearer = Self.anchor.map { RatePoint(rate: $0.rate * 1.1, psnr: $0.psnr) }
        #expect(try RateCurve(dearer + Self.anchor).points == Self.anchor)
        #expect(try RateCurve(Self.anchor + dearer + Self.anchor).points == Self.anchor)
    }

    @Test func coverageIsTheShareInCommon() throws {
        let anchor = try RateCurve(Self.anchor)
        let short = try RateCurve(Array(Self.anchor.prefix(4)))
        let rate = try BDRate(anchor: anchor, test: short)
        #expect(rate.psnrInterval == 47.31...51.02)
        #expect(abs(rate.coverage - (51.02 - 47.31) / (63.04 - 47.31)) < 1e-12)
        #expect(try BDRate(anchor: short, test: anchor).coverage == 1)
        #expect(try BDPSNR(anchor: anchor, test: short).coverage < 0.4)
    }

    @Test func curvesApartAreRefused() throws {
        let low = try RateCurve(Array(Self.anchor.prefix(4)))
        let high = try RateCurve(Array(Self.anchor.suffix(4)))
        let touching = try RateCurve(Array(Self.anchor[3..<8]))
        for other in [high, touching] {
            #expect(throws: RateCurveError.noOverlap) { try BDRate(anchor: low, test: other) }
            #expect(throws: RateCurveError.noOverlap) { try BDPSNR(anchor: low, test: other) }
        }
        #expect(throws: RateCurveError.noOverlap) { try BDRate(anchor: low, test: low, within: 60...61) }
    }

    @Test func fewerThanFourPointsAreRefused() {
        #expect(throws: RateCurveError.tooFewPoints(0)) { try RateCurve([]) }
        let three = Array(Self.anchor.prefix(3))
        #expect(throws: RateCurveError.tooFewPoints(3)) { try RateCurve(three + three) }
        let oneRate = three + [RatePoint(rate: three[2].rate, psnr: 70)]
        #expect(throws: RateCurveError.tooFewPoints(3)) { try RateCurve(oneRate) }
    }

    @Test(arguments: [(0, 40), (-1, 40), (.nan, 40), (.infinity, 40), (1, .infinity), (1, .nan)])
    func pointsOffEveryCurveAreRefused(_ rate: Double, _ psnr: Double) {
        let point = RatePoint(rate: rate, psnr: psnr)
        #expect {
            try RateCurve(Self.anchor + [point])
        } throws: { error in
            if case .invalidPoint? = error as? RateCurveError { true } else { false }
        }
    }
}
