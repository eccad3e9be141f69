// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Foundation
import Samples

/// One setting of a lossy codec on one image.
struct LossyPoint: Codable, Equatable {
    /// What was asked: bits a sample of OpenJPEG, the step in stored units of aecodec.
    var setting: Double
    /// All bytes of the codestreams or of the archive.
    var bytes: Int
    var bitsPerSample: Double
    /// In squared stored units.
    var meanSquaredError: Double
    var maximumError: Int
    /// In decibels, the peak being 2^bitsStored - 1; nil if every sample came back.
    var psnr: Double?
}

/// Runs of one codec over many settings.
enum LossySweep {
    /// The rates of the anchor, in bits a sample.
    static let rates = [0.07, 0.1, 0.15, 0.22, 0.35, 0.5, 0.75, 1.1, 1.6, 2.3]
    private static let stepFactor = 1.5
    private static let mostSteps = 12

    /// Encodes, decodes and compares at one setting.
    static func point(
        _ contestant: some LossyContestant, setting: Double, samples: SampleArray
    ) throws -> LossyPoint {
        let bytes = try contestant.encode(setting)
        try contestant.decode()
        guard let difference = SampleDifference(samples, contestant.decoded()) else {
            throw ContestantError(name: contestant.name, task: "give back the shape of the image")
        }
        let psnr = difference.psnr(bitsStored: samples.format.bitsStored)
        return LossyPoint(
            setting: setting, bytes: bytes,
            bitsPerSample: 8 * Double(bytes) / Double(samples.extent.sampleCount),
            meanSquaredError: difference.meanSquaredError, maximumError: difference.maximumError,
            psnr: psnr.isFinite ? psnr : nil)
    }

    /// All rates of the anchor.
    static func overRates(
        _ contestant: some LossyContestant, samples: SampleArray
    ) throws -> [LossyPoint] {
        try rates.map { try point(contestant, setting: $0, samples: samples) }
    }

    /// Steps in a geometric row, from the middle of an interval of PSNR outwards until both ends are passed.
    ///
    /// At a high rate the error of a step is its square over 12; that is where the row starts.
    static func overSteps(
        _ contestant: some LossyContestant, samples: SampleArray, covering interval: ClosedRange<Double>
    ) throws -> [LossyPoint] {
        let peak = Double(1 << samples.format.bitsStored) - 1
        let middle = (interval.lowerBound + interval.upperBound) / 2
        let start = peak * (12 * pow(10, -middle / 10)).squareRoot()
        var points = [try point(contestant, setting: start, samples: samples)]
        var step = start
        for _ in 0..<mostSteps {
            guard let psnr = points[0].psnr, psnr < interval.upperBound else { break }
            step /= stepFactor
            points.insert(try point(contestant, setting: step, samples: samples), at: 0)
        }
        step = start
        for _ in 0..<mostSteps {
            guard points[points.count - 1].psnr ?? .infinity > interval.lowerBound else { break }
            step *= stepFactor
            points.append(try point(contestant, setting: step, samples: samples))
        }
        return points
    }

    /// The curve of points; exact results are on no curve.
    static func curve(_ points: [LossyPoint]) throws -> RateCurve {
        try RateCurve(
            points.compactMap { point in point.psnr.map { RatePoint(rate: point.bitsPerSample, psnr: $0) } })
    }
}
