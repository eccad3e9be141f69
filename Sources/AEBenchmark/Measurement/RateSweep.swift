// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Foundation

/// The settings of a lossy codec that make a curve.
///
/// A codec that takes rates gets them. One that takes steps or distances is walked first, by a factor of 2,
/// until it has passed both ends of the PSNR that comparisons need and of the rates; then it is measured at
/// the settings that give the rates, found by interpolation.
struct RateSweep {
    /// Bits a sample that every curve should have.
    var rates: [Double]
    /// The PSNR to cover, in decibels.
    var interval: ClosedRange<Double>
    /// 2^bits stored - 1.
    var peak: Double

    private static let walkFactor = 2.0
    private static let mostSteps = 12
    /// A point whose rate is so near to one that is asked for serves for it.
    private static let tolerance = 0.03
    private static let mostTries = 2

    /// Bits a sample by default: 10:1, 15:1, 20:1, 25:1, 40:1, 60:1 and 80:1 of cells of 16 bits are 16 over
    /// them; 0.1, 0.5 and 2 are where intervals of BD-rates begin and end.
    package static let defaultRates: [Double] =
        [0.07, 0.1, 0.15, 16.0 / 80, 16.0 / 60, 0.4, 0.5, 0.64, 0.8, 16.0 / 15, 1.3, 1.6, 2, 2.3]

    /// Measures at all settings.
    ///
    /// - Parameters:
    ///   - kind: What settings mean.
    ///   - measure: Measures at a setting.
    /// - Returns: Points by rising setting.
    func points(_ kind: SettingKind, measure: (Double) -> Point) -> [Point] {
        guard kind != .bitsPerSample else { return rates.map(measure) }
        var points = walk(kind, measure)
        for rate in rates {
            for _ in 0..<Self.mostTries {
                guard let setting = setting(at: rate, on: points) else { break }
                let point = measure(setting)
                guard point.failure == nil else { break }
                points.append(point)
                points.sort { $0.setting ?? 0 < $1.setting ?? 0 }
            }
        }
        return points
    }

    /// At a high rate the error of a step is its square over 12; that is where the row starts.
    private func walk(_ kind: SettingKind, _ measure: (Double) -> Point) -> [Point] {
        let middle = (interval.lowerBound + interval.upperBound) / 2
        let start = kind == .distance ? 1 : peak * (12 * pow(10, -middle / 10)).squareRoot()
        let first = measure(start)
        let coarser = walk(from: first, by: Self.walkFactor, kind, measure) { last, before in
            // A codec whose bytes no longer fall has only its headers left.
            let falls = before.map { last.bitsPerSample < 0.98 * $0.bitsPerSample } ?? true
            return last.psnr ?? .infinity > interval.lowerBound
                || falls && last.bitsPerSample > rates.min() ?? .infinity
        }
        let finer = walk(from: first, by: 1 / Self.walkFactor, kind, measure) { last, _ in
            guard let psnr = last.psnr else { return false }
            return psnr < interval.upperBound || last.bitsPerSample < rates.max() ?? 0
        }
        return finer.reversed() + [first] + coarser
    }

    private func walk(
        from first: Point, by factor: Double, _ kind: SettingKind, _ measure: (Double) -> Point,
        while goesOn: (_ last: Point, _ before: Point?) -> Bool
    ) -> [Point] {
        var points: [Point] = []
        var (last, before) = (first, Point?.none)
        var setting = first.setting ?? 1
        for _ in 0..<Self.mostSteps {
            setting *= factor
            guard last.failure == nil, goesOn(last, before), kind.limits.contains(setting) else { break }
            (before, last) = (last, measure(setting))
            points.append(last)
        }
        return points
    }

    /// The setting between two measured ones where the rate should be; nil if a point is there already, or
    /// if the rate is beyond all.
    private func setting(at rate: Double, on points: [Point]) -> Double? {
        let good = points.filter { $0.failure == nil && $0.psnr != nil }
        guard !good.contains(where: { abs($0.bitsPerSample / rate - 1) <= Self.tolerance }) else {
            return nil
        }
        for (finer, coarser) in zip(good, good.dropFirst())
        where finer.bitsPerSample > rate && rate > coarser.bitsPerSample {
            guard let from = finer.setting, let to = coarser.setting else { continue }
            let place =
                log(finer.bitsPerSample / rate) / log(finer.bitsPerSample / coarser.bitsPerSample)
            return from * pow(to / from, place)
        }
        return nil
    }
}
