// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import AEBenchmark

/// Sweeps over a codec of a few lines.
@Suite struct RateSweepTests {
    static let peak = 4095.0

    /// The law of a high-rate quantiser: the error is the square of the step over 12, a bit is 6 dB.
    static func point(_ setting: Double) -> Point {
        var point = Point(codec: "quantizer", mode: .lossy, isMapped: false, setting: setting)
        point.meanSquaredError = setting * setting / 12
        point.psnr = 10 * log10(peak * peak / point.meanSquaredError)
        point.bitsPerSample = log2(1 + 64 / setting)
        point.byteCount = Int(1e5 * point.bitsPerSample)
        return point
    }

    static func sweep(_ interval: ClosedRange<Double>, rates: [Double] = []) -> RateSweep {
        RateSweep(rates: rates, interval: interval, peak: peak)
    }

    @Test(arguments: [40.0...55, 60...64, 30...75])
    func walkCoversTheInterval(_ interval: ClosedRange<Double>) throws {
        let points = Self.sweep(interval).points(.step, measure: Self.point)
        #expect(try #require(points.first?.psnr) >= interval.upperBound)
        #expect(try #require(points.last?.psnr) <= interval.lowerBound)
        for (point, next) in zip(points, points.dropFirst()) {
            #expect(abs(try #require(next.setting) / #require(point.setting) - 2) < 1e-9)
        }
        // One setting beyond each end at most.
        #expect(points.dropFirst().dropLast().allSatisfy { interval.contains($0.psnr ?? .infinity) })
    }

    @Test func ratesAreFound() {
        let rates = [0.2, 0.4, 0.8, 1.6]
        let points = Self.sweep(30...75, rates: rates).points(.step, measure: Self.point)
        for rate in rates {
            #expect(points.contains { abs($0.bitsPerSample / rate - 1) < 0.03 }, "no point at \(rate)")
        }
        #expect(points.map { $0.setting ?? 0 } == points.map { $0.setting ?? 0 }.sorted())
    }

    @Test func walkReachesTheRates() throws {
        let points = Self.sweep(50...60, rates: [0.05, 8]).points(.step, measure: Self.point)
        #expect(try #require(points.first?.bitsPerSample) >= 8)
        #expect(try #require(points.last?.bitsPerSample) <= 0.05)
    }

    @Test func headersEndTheWalk() {
        let points = Self.sweep(50...60, rates: [0.05, 1]).points(.step) { setting in
            var point = Self.point(setting)
            point.bitsPerSample = max(point.bitsPerSample, 0.3)
            return point
        }
        #expect(points.filter { $0.bitsPerSample == 0.3 }.count <= 2)
        #expect(points.count < 12)
    }

    @Test func distancesStartAtOneAndKeepToTheirLimits() {
        let points = Self.sweep(0...200).points(.distance, measure: Self.point)
        let settings = points.compactMap(\.setting)
        #expect(settings.contains(1))
        #expect(settings.first == 1.0 / 64)
        #expect(settings.last == 16)
    }

    @Test func failureEndsAWalk() {
        let points = Self.sweep(30...75).points(.step) { setting in
            var point = Self.point(setting)
            if setting < 10 { point.failure = "too fine" }
            return point
        }
        #expect(points.filter { $0.failure != nil }.count == 1)
        #expect(points.count > 4)
    }

    @Test func walkEndsWhereEverySampleComesBack() {
        let points = Self.sweep(30...90).points(.step) { setting in
            var point = Self.point(setting)
            if setting < 2 { point.psnr = nil }
            return point
        }
        #expect(points.filter { $0.psnr == nil }.count == 1)
    }

    @Test func ratesAreGivenAsTheyAre() {
        let points = Self.sweep(0...1, rates: [0.1, 3]).points(.bitsPerSample, measure: Self.point)
        #expect(points.map(\.setting) == [0.1, 3])
    }

    @Test func defaultRatesHoldTheRatiosOfReaders() {
        for ratio in [10.0, 15, 20, 25, 40, 60, 80] {
            #expect(RateSweep.defaultRates.contains { abs($0 * ratio / 16 - 1) < 1e-9 }, "\(ratio):1")
        }
        #expect(RateSweep.defaultRates == RateSweep.defaultRates.sorted())
    }
}
