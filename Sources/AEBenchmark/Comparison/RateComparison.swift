// SPDX-License-Identifier: Apache-2.0
public import AEMetrics

/// The result on a part of the range.
public struct RateInterval: Codable, Equatable, Sendable {
    /// BD-rate: the change of bytes at equal PSNR; -0.06 is 6 % fewer.
    public var rateChange: Double
    /// BD-PSNR over the rates that the anchor has on the interval, in decibels.
    public var psnrGain: Double?
    /// Where the interval begins, in decibels.
    public var lowestPSNR: Double
    /// Where it ends.
    public var highestPSNR: Double
    /// How much of the interval both curves have; below 1 the result is not comparable.
    public var coverage: Double

    /// Compares two curves between two rates of the anchor; nil if they have nothing in common there.
    public init?(anchor: RateCurve, test: RateCurve, rates: ClosedRange<Double>, range: RateRange) {
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

/// One codec against an anchor on one image.
public struct RateComparison: Codable, Equatable, Sendable {
    /// 0.1 to 2 bits a sample of the anchor.
    public var whole: RateInterval?
    /// 0.1 to 0.5.
    public var low: RateInterval?
    /// 0.5 to 2.
    public var high: RateInterval?
    /// Bytes over those of the anchor where the error is 1, a half, a quarter of the least that counts.
    public var sizesBeyond: [Double?]

    /// Shares of ``RateRange/leastError``.
    public static let sharesBeyond = [1, 0.5, 0.25]
    static let wholeRates = 0.1...2.0

    /// Compares two curves.
    public init(anchor: RateCurve, test: RateCurve, range: RateRange) {
        whole = RateInterval(anchor: anchor, test: test, rates: Self.wholeRates, range: range)
        low = RateInterval(anchor: anchor, test: test, rates: 0.1...0.5, range: range)
        high = RateInterval(anchor: anchor, test: test, rates: 0.5...2, range: range)
        sizesBeyond = Self.sharesBeyond.map { share in
            let psnr = range.psnr(meanSquaredError: share * range.leastError)
            guard let theirs = anchor.rate(atPSNR: psnr), let ours = test.rate(atPSNR: psnr) else {
                return nil
            }
            return ours / theirs
        }
    }

    /// Compares two codecs, by name, on the samples as they are stored.
    ///
    /// - Throws: ``RateCurveError`` if one of them has too few points.
    public init(_ image: ImageResult, anchor: String, test: String) throws(RateCurveError) {
        self.init(
            anchor: try image.curve(of: anchor), test: try image.curve(of: test), range: RateRange(image))
    }
}

extension ImageResult {
    /// The lossy points of a codec on stored (or mapped) samples that worked.
    public func lossyPoints(of codec: String, isMapped: Bool = false) -> [Point] {
        points.filter {
            $0.codec == codec && $0.mode == .lossy && $0.isMapped == isMapped && $0.failure == nil
        }
    }

    /// The rate-distortion curve of a codec; exact results are on no curve.
    ///
    /// - Throws: ``RateCurveError/tooFewPoints(_:)``.
    public func curve(of codec: String, isMapped: Bool = false) throws(RateCurveError) -> RateCurve {
        try RateCurve(
            lossyPoints(of: codec, isMapped: isMapped).compactMap { point in
                point.psnr.map { RatePoint(rate: point.bitsPerSample, psnr: $0) }
            })
    }
}
