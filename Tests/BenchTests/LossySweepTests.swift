// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Samples
import TestSupport
import Testing

@testable import aecodec_bench

/// Sweeps over real codestreams of OpenJPEG and over a quantizer of a few lines.
@Suite struct LossySweepTests {
    /// Rounds every sample to a multiple of the step; a byte count that falls as 6 dB a bit says.
    final class Quantizer: LossyContestant {
        let name = "quantizer"
        let samples: SampleArray
        private(set) var settings: [Double] = []

        init(_ samples: SampleArray) { self.samples = samples }

        func encode(_ setting: Double) -> Int {
            settings.append(setting)
            return Int(Double(samples.extent.sampleCount) * 0.4 / setting.squareRoot())
        }

        func decode() {}

        func decoded() -> SampleArray {
            let step = settings.last ?? 1
            let range = samples.format.range
            return SampleArray(
                extent: samples.extent, format: samples.format,
                values: samples.values.map { value in
                    let rounded = Int(((Double(value) / step).rounded() * step).rounded())
                    return min(max(rounded, range.lowerBound), range.upperBound)
                })
        }
    }

    static func image(_ bits: Int, signed: Bool = false, frames: Int = 1) -> SampleArray {
        TestImage.make(
            .smooth, extent: Extent(frames: frames, rows: 160, columns: 192),
            format: SampleFormat(bitsStored: bits, isSigned: signed), seed: 7)
    }

    /// Smooth, with noise of a few units, so that every rate has something to leave out.
    static func noisy(_ bits: Int, signed: Bool = false, frames: Int = 1) -> SampleArray {
        let smooth = image(bits, signed: signed, frames: frames)
        var random = SplitMix64(seed: 3)
        let range = smooth.format.range
        return SampleArray(
            extent: smooth.extent, format: smooth.format,
            values: smooth.values.map { value in
                min(max(value + Int.random(in: -9...9, using: &random), range.lowerBound), range.upperBound)
            })
    }

    @Test(arguments: [(8, false, 1), (12, false, 1), (12, true, 1), (16, true, 2), (12, false, 3)])
    func anchorKeepsToItsRatesAndImproves(_ bits: Int, _ isSigned: Bool, _ frames: Int) throws {
        let samples = Self.noisy(bits, signed: isSigned, frames: frames)
        let anchor = OpenJPEGLossyContestant(samples, wavelet: .nineSeven)
        let points = try LossySweep.overRates(anchor, samples: samples)
        for (point, next) in zip(points, points.dropFirst()) {
            #expect(point.bytes < next.bytes)
            #expect(point.meanSquaredError > next.meanSquaredError)
        }
        let headers = 100 * frames
        for point in points {
            #expect(point.bytes <= Int(point.setting * Double(samples.extent.sampleCount) / 8) + headers)
        }
        // Only samples in stored units come so near.
        #expect(try #require(points[9].psnr) > 40)
    }

    @Test func anchorAgainstItselfIsZero() throws {
        var measurement = try LossyMeasurement(
            LossyImage(samples: Self.noisy(12), crop: nil, lossyHistory: false))
        try measurement.sweepRates(.nineSeven)
        #expect(measurement.points == measurement.anchorPoints)
        let whole = try #require(try measurement.comparison().whole)
        #expect(whole.rateChange == 0)
        #expect(whole.psnrGain == 0)
        #expect(whole.coverage == 1)
    }

    @Test func cutReversibleStreamsAreDearerThanTheAnchor() throws {
        var measurement = try LossyMeasurement(
            LossyImage(samples: Self.noisy(12), crop: nil, lossyHistory: false))
        try measurement.sweepRates(.fiveThree)
        #expect(measurement.points != measurement.anchorPoints)
        let result = try measurement.comparison()
        #expect(try #require(result.whole?.rateChange) > 0)
    }

    @Test(arguments: [40.0...55, 60...64, 30...75])
    func stepsCoverTheInterval(_ interval: ClosedRange<Double>) throws {
        let samples = Self.noisy(12)
        let quantizer = Quantizer(samples)
        let points = try LossySweep.overSteps(quantizer, samples: samples, covering: interval)
        #expect(try #require(points.first?.psnr) >= interval.upperBound)
        #expect(try #require(points.last?.psnr) <= interval.lowerBound)
        for (point, next) in zip(points, points.dropFirst()) {
            #expect(abs(next.setting / point.setting - 1.5) < 1e-9)
        }
        // One step beyond each end at most.
        #expect(points.dropFirst().dropLast().allSatisfy { interval.contains($0.psnr ?? .infinity) })
    }

    @Test func stepsEndWhereEverySampleComesBack() throws {
        let samples = Self.noisy(12)
        let points = try LossySweep.overSteps(Quantizer(samples), samples: samples, covering: 60...90)
        #expect(points[0].psnr == nil)
        #expect(points[0].meanSquaredError == 0)
        #expect(points.dropFirst().allSatisfy { $0.psnr != nil })
        let curve = try? LossySweep.curve(points)
        #expect(curve?.points.count ?? 0 < points.count)
    }

    @Test func codecWithAStepIsMeasuredInFull() throws {
        let samples = Self.noisy(12)
        var measurement = try LossyMeasurement(LossyImage(samples: samples, crop: nil, lossyHistory: false))
        try measurement.sweepSteps(Quantizer(samples))
        let result = try measurement.comparison()
        #expect(result.whole?.coverage == 1)
        let times = try measurement.times(setting: 8, repeats: 1)
        #expect(abs(try #require(times.psnr) - 65) < 2)
        #expect(times.anchorEncodeMilliseconds > 0)
        #expect(times.anchorDecodeMilliseconds > 0)
    }
}
