// SPDX-License-Identifier: Apache-2.0
import AECodecEncoder
import AEMetrics
import Samples

/// The work on one image: the anchor's curve first, then a codec's.
struct LossyMeasurement {
    /// Archives of aecodec, on one thread.
    static let stepEncoder: StepEncoder? = { samples, step in
        try encodeLossy(samples, target: .step(step), options: EncodeOptions(threads: 1))
    }

    let range: LossyRange
    let anchorPoints: [LossyPoint]
    private(set) var points: [LossyPoint] = []
    private let samples: SampleArray
    private let anchor: OpenJPEGLossyContestant
    private let anchorCurve: RateCurve
    private var contestant: any LossyContestant

    init(_ image: LossyImage) throws {
        samples = image.samples
        range = LossyRange(image.samples, lossyHistory: image.lossyHistory)
        anchor = OpenJPEGLossyContestant(image.samples, wavelet: .nineSeven)
        anchorPoints = try LossySweep.overRates(anchor, samples: image.samples)
        anchorCurve = try LossySweep.curve(anchorPoints)
        contestant = anchor
    }

    /// Measures a codec whose setting is a step.
    mutating func sweepSteps(_ contestant: some LossyContestant) throws {
        let needed = LossyComparison.needed(anchor: anchorCurve, range: range)
        points = try LossySweep.overSteps(contestant, samples: samples, covering: needed)
        self.contestant = contestant
    }

    /// Measures OpenJPEG at the rates of the anchor.
    mutating func sweepRates(_ wavelet: OpenJPEGLossyContestant.Wavelet) throws {
        let contestant = OpenJPEGLossyContestant(samples, wavelet: wavelet)
        points = try LossySweep.overRates(contestant, samples: samples)
        self.contestant = contestant
    }

    /// The codec of the last sweep against the anchor.
    func comparison() throws -> LossyComparison {
        LossyComparison(anchor: anchorCurve, test: try LossySweep.curve(points), range: range)
    }

    /// Times of the codec of the last sweep and of the anchor where it gives the same PSNR, as medians of
    /// interleaved runs; the sweep was the run outside the clock.
    func times(setting: Double, repeats: Int) throws -> LossyTimes {
        let point = try LossySweep.point(contestant, setting: setting, samples: samples)
        let rates = anchorCurve.rateRange
        let psnr = point.psnr ?? .infinity
        // Beyond its curve the anchor is timed at the end of it.
        let anchorRate =
            anchorCurve.rate(atPSNR: psnr)
            ?? (psnr < anchorCurve.psnrRange.lowerBound ? rates.lowerBound : rates.upperBound)
        let runs: [(contestant: any LossyContestant, setting: Double)] = [
            (contestant, setting), (anchor, anchorRate),
        ]
        var encodeTimes: [[Double]] = [[], []]
        var decodeTimes: [[Double]] = [[], []]
        for _ in 0..<repeats {
            for (index, run) in runs.enumerated() {
                let start = processorSeconds()
                _ = try run.contestant.encode(run.setting)
                let middle = processorSeconds()
                try run.contestant.decode()
                decodeTimes[index].append(processorSeconds() - middle)
                encodeTimes[index].append(middle - start)
            }
        }
        let scale = 1e9 / Double(samples.extent.sampleCount)  // seconds to milliseconds a megasample
        return LossyTimes(
            setting: setting, psnr: point.psnr, encodeMilliseconds: scale * median(encodeTimes[0]),
            decodeMilliseconds: scale * median(decodeTimes[0]), anchorRate: anchorRate,
            anchorEncodeMilliseconds: scale * median(encodeTimes[1]),
            anchorDecodeMilliseconds: scale * median(decodeTimes[1]))
    }
}
