// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Testing

/// Distortion of signals; expected values are numpy's (Tests/Reference/signal_metrics.py).
@Suite struct SignalMetricsTests {
    private static func made(_ seed: UInt64, count: Int = 3000) -> [Int32] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int32(state >> 56)
        }
    }

    private static let original = [made(1).map { 1024 + $0 - 128 }, made(2).map { 900 + 3 * $0 }]
    private static let decoded = [
        zip(original[0], made(3)).map { $0 + $1 % 9 - 4 }, zip(original[1], made(4)).map { $0 + $1 % 17 - 8 },
    ]

    private func isNear(_ found: Double, _ expected: Double) -> Bool {
        abs(found - expected) <= 1e-10 * abs(expected)
    }

    @Test func differencesAreThoseOfNumpy() throws {
        let difference = try #require(SignalDifference(Self.original, Self.decoded))
        #expect(isNear(difference.prd, 0.3369160067530875))
        #expect(isNear(difference.prd(offsets: [1024, 1024]), 1.601798140444818))
        #expect(isNear(difference.prdn, 2.4044532323944647))
        #expect(isNear(difference.rows[0].prdn, 3.5400224050693048))
        #expect(isNear(difference.rows[1].prdn, 2.241807418780751))
        #expect(isNear(difference.rmse, 3.953036807316623))
        #expect(difference.maximumError == 8)
        #expect(isNear(difference.rmse(scales: [5, 2.5]), 12.712444690145164))
        #expect(difference.maximumError(scales: [5, 2.5]) == 20)
    }

    /// An offset of all samples changes PRD, and nothing else.
    @Test func offsetsChangePRDAlone() throws {
        let shifted = Self.original.map { $0.map { $0 + 5000 } }
        let decoded = Self.decoded.map { $0.map { $0 + 5000 } }
        let one = try #require(SignalDifference(Self.original, Self.decoded))
        let other = try #require(SignalDifference(shifted, decoded))
        #expect(other.prd < one.prd / 4)
        #expect(abs(other.prdn - one.prdn) < 1e-6 && other.rmse == one.rmse)
    }

    @Test func missingSamplesDoNotCount() throws {
        var original = Self.original
        var decoded = Self.decoded
        for index in stride(from: 3, to: 3000, by: 50) {
            original[0].insert(-32768, at: index)
            decoded[0].insert(0, at: index)
        }
        let plain = try #require(SignalDifference(Self.original, Self.decoded))
        let found = try #require(SignalDifference(original, decoded, missing: [-32768]))
        #expect(found == plain)
    }

    @Test func equalSignalsHaveNoDifferenceAndFlatOnesNoScale() throws {
        let equal = try #require(SignalDifference(Self.original, Self.original))
        #expect(equal.prd == 0 && equal.prdn == 0 && equal.rmse == 0 && equal.maximumError == 0)
        let flat = try #require(SignalDifference([[5, 5, 5]], [[5, 5, 6]]))
        #expect(flat.prdn == .infinity)
        #expect(SignalDifference([[1, 2]], [[1]]) == nil)
        #expect(SignalDifference([[1]], [[1], [1]]) == nil)
    }

    @Test func windowsAreThoseOfNumpy() throws {
        let windows = LocalDistortion.windows(seconds: 7, rate: 100, count: 3000)
        #expect(windows == [0..<700, 700..<1400, 1400..<2100, 2100..<2800])
        let found = LocalDistortion.prdn(Self.original, Self.decoded, windows: windows)
        let expected = [2.4360295750695222, 2.452285866319645, 2.3764800023303816, 2.3976033951038]
        for (found, expected) in zip(found, expected) { #expect(isNear(try #require(found), expected)) }
        let summary = try #require(DistortionSummary(found.compactMap(\.self)))
        #expect(summary.count == 4 && isNear(summary.median, 2.4168164850866614))
        #expect(isNear(summary.percentile95, 2.4498474226321267) && isNear(summary.worst, 2.452285866319645))
        #expect(DistortionSummary([]) == nil)
        #expect(LocalDistortion.prdn([[5, 5, 5]], [[5, 6, 5]], windows: [0..<3]) == [nil])
    }

    /// Windows of beats lie between their neighbors and within the signals.
    @Test func windowsOfBeatsDoNotOverlap() {
        let windows = LocalDistortion.windows(beats: [10, 300, 1300, 1400], rate: 360, count: 1500)
        #expect(windows == [0..<195, 196..<559, 1180..<1364, 1364..<1500])
    }

    @Test func beatsAreMatchedOneToOneWithin150Milliseconds() {
        let matching = BeatMatching(
            reference: [100, 400, 700, 1000, 1300], found: [46, 345, 453, 710, 720, 1040, 1360, 1600],
            rate: 360)
        // 345 is 55 instants away, 453 is 53; 710 and 720 are one beat twice; 1360 is too late.
        #expect(matching.matched == 4 && matching.missed == 1 && matching.extra == 4)
        #expect(isNear(matching.f1, 8.0 / 13) && isNear(matching.sensitivity, 0.8))
        #expect(matching.positivePredictiveValue == 0.5)
        // Of two that could match, the nearer one does.
        let near = BeatMatching(reference: [100, 300], found: [240, 290], rate: 1000)
        #expect(near.matched == 1 && near.missed == 1 && near.extra == 1)
        #expect(BeatMatching(reference: [], found: [], rate: 360).f1 == 1)
    }

    @Test func excludedTimesDoNotCount() {
        let matching = BeatMatching(
            reference: [100, 900, 2000], found: [100, 640, 800, 1130, 2000], rate: 360,
            excluding: [700...1100])
        #expect(matching == BeatMatching(reference: [100, 2000], found: [100, 640, 2000], rate: 360))
        #expect(matching.extra == 1)
    }

    @Test func intervalsVaryAsNumpySays() throws {
        let beats = [40, 330, 651, 900, 1290, 1577]
        #expect(isNear(try #require(BeatIntervals.rmssd(beats, rate: 360)), 265.8371066723955))
        #expect(BeatIntervals.rmssd([1, 2], rate: 360) == nil)
    }
}
