// SPDX-License-Identifier: Apache-2.0
public import AEMetrics
package import Samples

/// Where on its curve an image counts as lossy: what BD-rates are taken over.
public struct RateRange: Equatable, Sendable {
    /// The error at which loss drowns in the rounding of samples, in squared stored units.
    public let leastError: Double
    /// The highest rate of the anchor that says something, in bits a sample.
    public let highestRate: Double
    private let bitsStored: Int
    private static let shortestInterval = 0.05

    /// Takes the range from an image.
    ///
    /// - Parameters:
    ///   - samples: The image; values on a grid, as v = a + s k, are measured in units of s.
    ///   - lossyHistory: Whether they were lossy before: at high rates a codec then finds the grid of
    ///     the other again.
    package init(_ samples: SampleArray, lossyHistory: Bool) {
        bitsStored = samples.format.bitsStored
        let unit = Double(ValueGrid(samples).step)
        leastError = unit * unit * (bitsStored <= 8 ? 0.25 : 1)
        highestRate = lossyHistory ? 1 : 2
    }

    /// The range of an image that was measured.
    public init(_ image: ImageResult) {
        bitsStored = image.bitsStored
        leastError = image.leastError
        highestRate = image.highestRate
    }

    /// The PSNR of an error, in decibels.
    public func psnr(meanSquaredError: Double) -> Double {
        SampleDifference.psnr(meanSquaredError: meanSquaredError, bitsStored: bitsStored)
    }

    /// The PSNR between two rates of the anchor, cut where loss ends; nil if nothing is left.
    ///
    /// - Parameters:
    ///   - rates: In bits a sample.
    ///   - anchor: The curve that has them.
    /// - Returns: Decibels.
    public func interval(_ rates: ClosedRange<Double>, anchor: RateCurve) -> ClosedRange<Double>? {
        let lower = Self.psnr(atRate: rates.lowerBound, of: anchor)
        let upper = min(
            Self.psnr(atRate: min(rates.upperBound, highestRate), of: anchor),
            psnr(meanSquaredError: leastError))
        return upper - lower >= Self.shortestInterval ? lower...upper : nil
    }

    /// The PSNR that a sweep must cover, so that everything in a ``RateComparison`` can be said.
    package func needed(anchor: RateCurve) -> ClosedRange<Double> {
        let whole = interval(RateComparison.wholeRates, anchor: anchor) ?? anchor.psnrRange
        let finest = psnr(meanSquaredError: (RateComparison.sharesBeyond.last ?? 1) * leastError)
        return whole.lowerBound...max(whole.upperBound, min(finest, anchor.psnrRange.upperBound))
    }

    /// The PSNR at a rate, or at the end of the curve that is nearest.
    private static func psnr(atRate rate: Double, of curve: RateCurve) -> Double {
        if let psnr = curve.psnr(atRate: rate) { return psnr }
        return rate < curve.rateRange.lowerBound ? curve.psnrRange.lowerBound : curve.psnrRange.upperBound
    }
}
