// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Glibc

/// The curves of one chart: those of an image, or the means of a group.
struct CurveSet: Encodable {
    /// One line.
    struct Curve: Encodable {
        /// Index of the series.
        var series: Int
        /// Bits a sample, rising.
        var rates: [Double]
        /// Values at these rates by the key of the metric; null where there is none.
        var values: [String: [Double?]]
    }

    /// What selectors call it.
    var name: String
    var isGroup: Bool
    /// Images behind it.
    var imageCount: Int
    /// Bits of a stored cell, for ratios; 16 for groups.
    var bitsAllocated: Int
    var curves: [Curve]
    /// Series that are not in the means, because they have no curve on every image.
    var missing: [String]

    /// Ratios of 16-bit pixels at which means are taken.
    static let ratios: [Double] = [
        4, 5, 6.5, 8, 10, 12.5, 15, 20, 25, 32, 40, 50, 60, 80, 100, 125, 160, 200, 250, 320,
    ]

    /// The points of an image.
    init(_ image: ImageResult, _ series: [ReportSeries]) {
        name = image.name
        isGroup = false
        imageCount = 1
        bitsAllocated = image.bitsAllocated
        missing = []
        curves = series.enumerated().compactMap { index, series in
            let points = image.lossyPoints(of: series.codec, isMapped: series.isMapped)
                .filter { $0.bitsPerSample > 0 }.sorted { $0.bitsPerSample < $1.bitsPerSample }
            guard !points.isEmpty else { return nil }
            var values: [String: [Double?]] = [:]
            for metric in ReportMetric.all {
                values[metric.key] = points.map { metric.value($0).map(Self.rounded) }
            }
            return Curve(series: index, rates: points.map { Self.rounded($0.bitsPerSample) }, values: values)
        }
    }

    /// The means of a group at common rates.
    ///
    /// Between the points of an image the value is a monotone piecewise cubic over the logarithm of the rate;
    /// nothing is taken beyond them, so that each mean is over all images of the group.
    init(group: String, _ images: [ImageResult], _ series: [ReportSeries]) {
        let images = images.filter { image in series.contains { Self.hasCurve(image, $0) } }
        name = group
        isGroup = true
        imageCount = images.count
        bitsAllocated = 16
        missing = []
        curves = []
        for (index, series) in series.enumerated() {
            let count = images.count { Self.hasCurve($0, series) }
            guard count == images.count else {
                if count > 0 {
                    missing.append("\(series.name): \(count) of \(HTMLText.images(images.count))")
                }
                continue
            }
            let means = Self.means(images, series)
            if !means.rates.isEmpty {
                curves.append(Curve(series: index, rates: means.rates, values: means.values))
            } else if count > 0 {
                missing.append("\(series.name): no rate in common")
            }
        }
    }

    private static func means(
        _ images: [ImageResult], _ series: ReportSeries
    ) -> (rates: [Double], values: [String: [Double?]]) {
        let rates = ratios.map { 16 / $0 }.reversed()
        var columns: [String: [Double?]] = [:]
        for metric in ReportMetric.all {
            let curves = images.compactMap { MetricCurve($0, series, metric) }
            columns[metric.key] = rates.map { rate in
                let values = curves.compactMap { $0.value(atRate: rate) }
                guard values.count == images.count, !values.isEmpty else { return nil }
                return rounded(values.reduce(0, +) / Double(values.count))
            }
        }
        let kept = rates.indices.filter { place in
            columns.values.contains { $0[rates.distance(from: rates.startIndex, to: place)] != nil }
        }.map { rates.distance(from: rates.startIndex, to: $0) }
        let all = Array(rates)
        return (kept.map { rounded(all[$0]) }, columns.mapValues { column in kept.map { column[$0] } })
    }

    private static func hasCurve(_ image: ImageResult, _ series: ReportSeries) -> Bool {
        ReportMetric.all.contains { MetricCurve(image, series, $0) != nil }
    }

    /// Six digits are enough for a chart.
    private static func rounded(_ value: Double) -> Double { (value * 1e5).rounded() / 1e5 }
}

/// A metric of one codec on one image over the rate.
private struct MetricCurve {
    private let curve: MonotoneCubic

    /// Needs four points at different rates.
    init?(_ image: ImageResult, _ series: ReportSeries, _ metric: ReportMetric) {
        let pairs = image.lossyPoints(of: series.codec, isMapped: series.isMapped).compactMap { point in
            metric.value(point).map { (rate: log(point.bitsPerSample), value: $0) }
        }.filter { $0.rate.isFinite && $0.value.isFinite }.sorted { $0.rate < $1.rate }
        var kept: [(rate: Double, value: Double)] = []
        for pair in pairs where pair.rate - (kept.last?.rate ?? -.infinity) > 1e-6 { kept.append(pair) }
        guard kept.count >= 4 else { return nil }
        curve = MonotoneCubic(kept.map(\.rate), kept.map(\.value))
    }

    func value(atRate rate: Double) -> Double? {
        curve.domain.contains(log(rate)) ? curve(log(rate)) : nil
    }
}
