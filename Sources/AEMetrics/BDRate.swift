// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The Bjontegaard delta rate: the mean difference of two rate-distortion curves in rate at equal PSNR.
///
/// It is the mean of the difference of log rates over the common interval of PSNR, as a factor. (G.
/// Bjontegaard, "Calculation of average PSNR differences between RD-curves", ITU-T SG16/Q6 document
/// VCEG-M33, Austin 2001.) The curves are monotone piecewise cubics instead of that document's
/// polynomials, as is usual since, because a polynomial swings between points that lie far apart.
/// Integrals are exact.
public struct BDRate: Equatable, Sendable {
    /// The change of rate against the anchor: -0.06 is 6 % fewer bits.
    public let change: Double
    /// The interval over which it was taken, in decibels.
    public let psnrInterval: ClosedRange<Double>
    /// How much of the interval that was asked for the curves have in common, above 0 and at most 1.
    public let coverage: Double

    /// Compares a codec with an anchor.
    ///
    /// - Parameters:
    ///   - anchor: The codec that counts as 1.
    ///   - test: The codec to judge.
    ///   - interval: The PSNR of interest in decibels; the whole range of the anchor if nil.
    /// - Throws: ``RateCurveError/noOverlap`` if the curves have less than a point in common there.
    public init(
        anchor: RateCurve, test: RateCurve, within interval: ClosedRange<Double>? = nil
    ) throws(RateCurveError) {
        let common = try CommonInterval(
            anchor.logRateOfPSNR.domain, test.logRateOfPSNR.domain, within: interval)
        let difference =
            test.logRateOfPSNR.mean(over: common.interval) - anchor.logRateOfPSNR.mean(over: common.interval)
        change = expm1(difference)
        psnrInterval = common.interval
        coverage = common.coverage
    }
}

/// The Bjontegaard delta PSNR: the mean difference of two rate-distortion curves in PSNR at equal rate.
///
/// The mean is taken over the logarithm of the rate. (VCEG-M33, as ``BDRate``.)
public struct BDPSNR: Equatable, Sendable {
    /// The gain over the anchor in decibels; above 0 is better.
    public let gain: Double
    /// The interval of rates over which it was taken.
    public let rateInterval: ClosedRange<Double>
    /// How much of the interval that was asked for the curves have in common, on a logarithmic scale.
    public let coverage: Double

    /// Compares a codec with an anchor.
    ///
    /// - Parameters:
    ///   - anchor: The codec that counts as 0.
    ///   - test: The codec to judge.
    ///   - interval: The rates of interest, above 0; the whole range of the anchor if nil.
    /// - Throws: ``RateCurveError/noOverlap`` if the curves have less than a point in common there.
    public init(
        anchor: RateCurve, test: RateCurve, within interval: ClosedRange<Double>? = nil
    ) throws(RateCurveError) {
        precondition(interval?.lowerBound ?? 1 > 0, "rates are above 0")
        let asked = interval.map { log($0.lowerBound)...log($0.upperBound) }
        let common = try CommonInterval(
            anchor.psnrOfLogRate.domain, test.psnrOfLogRate.domain, within: asked)
        gain =
            test.psnrOfLogRate.mean(over: common.interval) - anchor.psnrOfLogRate.mean(over: common.interval)
        rateInterval = exp(common.interval.lowerBound)...exp(common.interval.upperBound)
        coverage = common.coverage
    }
}

/// Where two curves can be compared.
private struct CommonInterval {
    let interval: ClosedRange<Double>
    let coverage: Double

    init(
        _ anchor: ClosedRange<Double>, _ test: ClosedRange<Double>, within asked: ClosedRange<Double>?
    ) throws(RateCurveError) {
        let asked = asked ?? anchor
        let lower = max(anchor.lowerBound, test.lowerBound, asked.lowerBound)
        let upper = min(anchor.upperBound, test.upperBound, asked.upperBound)
        guard lower < upper else { throw .noOverlap }
        interval = lower...upper
        coverage = (upper - lower) / (asked.upperBound - asked.lowerBound)
    }
}
