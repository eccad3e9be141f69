// SPDX-License-Identifier: Apache-2.0
import Glibc

/// One setting of a lossy codec: what it costs and what it gives.
public struct RatePoint: Equatable, Sendable {
    /// The rate in any unit, for instance bits per sample; above 0.
    public var rate: Double
    /// The peak signal-to-noise ratio in decibels.
    public var psnr: Double

    /// Makes a point.
    public init(rate: Double, psnr: Double) {
        self.rate = rate
        self.psnr = psnr
    }
}

/// Why two codecs cannot be compared.
public enum RateCurveError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A point whose rate is not a positive number or whose PSNR is not finite.
    case invalidPoint(RatePoint)
    /// Fewer than four points of different rate and PSNR.
    case tooFewPoints(Int)
    /// The curves have no interval in common.
    case noOverlap

    /// A sentence for a person.
    public var description: String {
        switch self {
        case .invalidPoint(let point):
            "The point of rate \(point.rate) and PSNR \(point.psnr) dB cannot be on a curve."
        case .tooFewPoints(let count):
            "A rate-distortion curve needs 4 different points, and there are \(count)."
        case .noOverlap:
            "The two rate-distortion curves have no interval in common."
        }
    }
}

/// The rate-distortion curve of one codec on one image.
///
/// Between its points the logarithm of the rate is a monotone piecewise cubic of the PSNR, and the PSNR
/// one of the logarithm of the rate; beyond them the curve is not defined.
public struct RateCurve: Equatable, Sendable {
    /// Points by rising PSNR; of those with one PSNR the cheapest.
    public let points: [RatePoint]
    let logRateOfPSNR: MonotoneCubic
    let psnrOfLogRate: MonotoneCubic

    /// PSNRs and logarithms of rates that are closer than this are one.
    private static let tolerance = 1e-6
    private static let leastPoints = 4

    /// Makes a curve.
    ///
    /// - Parameter points: In any order; they need not be monotone.
    /// - Throws: ``RateCurveError/invalidPoint(_:)``, or ``RateCurveError/tooFewPoints(_:)`` if fewer than
    ///   four differ in PSNR and in rate.
    public init(_ points: [RatePoint]) throws(RateCurveError) {
        for point in points where !(point.rate > 0 && point.rate.isFinite && point.psnr.isFinite) {
            throw .invalidPoint(point)
        }
        let byPSNR = Self.distinct(points, on: \.psnr) { $0.rate < $1.rate }
        let byRate = Self.distinct(points, on: \.logRate) { $0.psnr > $1.psnr }
        let count = min(byPSNR.count, byRate.count)
        guard count >= Self.leastPoints else { throw .tooFewPoints(count) }
        self.points = byPSNR
        logRateOfPSNR = MonotoneCubic(byPSNR.map(\.psnr), byPSNR.map(\.logRate))
        psnrOfLogRate = MonotoneCubic(byRate.map(\.logRate), byRate.map(\.psnr))
    }

    /// From the lowest to the highest PSNR of the points.
    public var psnrRange: ClosedRange<Double> { logRateOfPSNR.domain }

    /// From the lowest to the highest rate of the points.
    public var rateRange: ClosedRange<Double> {
        let rates = points.map(\.rate)
        return (rates.min() ?? 0)...(rates.max() ?? 0)
    }

    /// The rate at a PSNR in decibels; nil outside ``psnrRange``.
    public func rate(atPSNR psnr: Double) -> Double? {
        logRateOfPSNR.domain.contains(psnr) ? exp(logRateOfPSNR(psnr)) : nil
    }

    /// The PSNR in decibels at a rate; nil outside the range of rates.
    public func psnr(atRate rate: Double) -> Double? {
        guard rate > 0, psnrOfLogRate.domain.contains(log(rate)) else { return nil }
        return psnrOfLogRate(log(rate))
    }

    /// Points sorted along an axis; of those that coincide on it, the best.
    private static func distinct(
        _ points: [RatePoint], on axis: (RatePoint) -> Double, isBetter: (RatePoint, RatePoint) -> Bool
    ) -> [RatePoint] {
        var kept: [RatePoint] = []
        for point in points.sorted(by: { axis($0) < axis($1) }) {
            guard let last = kept.last, axis(point) - axis(last) <= tolerance else {
                kept.append(point)
                continue
            }
            if isBetter(point, last) { kept[kept.count - 1] = point }
        }
        return kept
    }
}

extension RatePoint {
    fileprivate var logRate: Double { log(rate) }
}
