// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Foundation
import Samples

/// Where on its curve an image counts as lossy: what the BD-rate is taken over.
struct LossyRange: Equatable {
    /// The error at which loss drowns in the rounding of samples, in squared stored units.
    let leastError: Double
    /// The highest rate of the anchor that says something, in bits a sample.
    let highestRate: Double
    private let bitsStored: Int
    private static let shortestInterval = 0.05

    /// Takes the range from an image.
    ///
    /// - Parameters:
    ///   - samples: The image; values on a grid, as v = a + s k, are measured in units of s.
    ///   - lossyHistory: Whether they were lossy before: at high rates a codec then finds the grid of
    ///     the other again.
    init(_ samples: SampleArray, lossyHistory: Bool) {
        bitsStored = samples.format.bitsStored
        let unit = Double(Self.gridStep(samples))
        leastError = unit * unit * (bitsStored <= 8 ? 0.25 : 1)
        highestRate = lossyHistory ? 1 : 2
    }

    /// The PSNR of an error, in decibels.
    func psnr(meanSquaredError: Double) -> Double {
        SampleDifference.psnr(meanSquaredError: meanSquaredError, bitsStored: bitsStored)
    }

    /// The PSNR between two rates of the anchor, cut where loss ends; nil if nothing is left.
    func interval(_ rates: ClosedRange<Double>, anchor: RateCurve) -> ClosedRange<Double>? {
        let lower = Self.psnr(atRate: rates.lowerBound, of: anchor)
        let upper = min(
            Self.psnr(atRate: min(rates.upperBound, highestRate), of: anchor),
            psnr(meanSquaredError: leastError))
        return upper - lower >= Self.shortestInterval ? lower...upper : nil
    }

    /// The PSNR at a rate, or at the end of the curve that is nearest.
    private static func psnr(atRate rate: Double, of curve: RateCurve) -> Double {
        if let psnr = curve.psnr(atRate: rate) { return psnr }
        return rate < curve.rateRange.lowerBound ? curve.psnrRange.lowerBound : curve.psnrRange.upperBound
    }

    /// The greatest s so that all values are v = a + s k.
    private static func gridStep(_ samples: SampleArray) -> Int {
        let first = samples[0]
        var step = 0
        for index in 0..<samples.extent.sampleCount {
            var (larger, smaller) = (step, abs(samples[index] - first))
            while smaller > 0 { (larger, smaller) = (smaller, larger % smaller) }
            step = larger
            if step == 1 { break }
        }
        return max(1, step)
    }
}

/// The result on a part of the range.
struct LossyInterval: Codable, Equatable {
    /// BD-rate: the change of bytes at equal PSNR.
    var rateChange: Double
    /// BD-PSNR over the rates that the anchor has on the interval, in decibels.
    var psnrGain: Double?
    /// Where the interval begins and ends, in decibels.
    var lowestPSNR: Double
    var highestPSNR: Double
    /// How much of the interval both curves have.
    var coverage: Double

    init?(anchor: RateCurve, test: RateCurve, rates: ClosedRange<Double>, range: LossyRange) {
        guard let interval = range.interval(rates, anchor: anchor),
            let result = try? BDRate(anchor: anchor, test: test, within: interval)
        else { return nil }
        rateChange = result.change
        coverage = result.coverage
        lowestPSNR = result.psnrInterval.lowerBound
        highestPSNR = result.psnrInterval.upperBound
        if let from = anchor.rate(atPSNR: lowestPSNR), let to = anchor.rate(atPSNR: highestPSNR), from < to {
            psnrGain = (try? BDPSNR(anchor: anchor, test: test, within: from...to))?.gain
        }
    }
}

/// One codec against the anchor on one image.
struct LossyComparison: Codable, Equatable {
    /// 0.1 to 2 bits a sample of the anchor.
    var whole: LossyInterval?
    /// 0.1 to 0.5.
    var low: LossyInterval?
    /// 0.5 to 2.
    var high: LossyInterval?
    /// Bytes over those of the anchor where the error is 1, a half, a quarter of the least that counts.
    var sizesBeyond: [Double?]

    /// Shares of ``LossyRange/leastError``.
    static let sharesBeyond = [1, 0.5, 0.25]

    init(anchor: RateCurve, test: RateCurve, range: LossyRange) {
        whole = LossyInterval(anchor: anchor, test: test, rates: 0.1...2, range: range)
        low = LossyInterval(anchor: anchor, test: test, rates: 0.1...0.5, range: range)
        high = LossyInterval(anchor: anchor, test: test, rates: 0.5...2, range: range)
        sizesBeyond = Self.sharesBeyond.map { share in
            let psnr = range.psnr(meanSquaredError: share * range.leastError)
            guard let theirs = anchor.rate(atPSNR: psnr), let ours = test.rate(atPSNR: psnr) else {
                return nil
            }
            return ours / theirs
        }
    }

    /// The PSNR that a sweep must cover, so that everything here can be said.
    static func needed(anchor: RateCurve, range: LossyRange) -> ClosedRange<Double> {
        let whole = range.interval(0.1...2, anchor: anchor) ?? anchor.psnrRange
        let finest = range.psnr(meanSquaredError: (sharesBeyond.last ?? 1) * range.leastError)
        return whole.lowerBound...max(whole.upperBound, min(finest, anchor.psnrRange.upperBound))
    }
}
