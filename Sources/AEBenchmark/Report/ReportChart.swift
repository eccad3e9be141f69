// SPDX-License-Identifier: Apache-2.0
import Foundation

/// One rate-distortion chart as a picture of its own, for a document.
public enum ReportChart {
    /// Draws the mean curves of a group, legible on light and dark ground.
    ///
    /// - Parameters:
    ///   - report: What was measured.
    ///   - group: The name of a group, as in ``BenchmarkReport/groups``.
    ///   - base: The codec whose PSNR is the zero line, where curves lie too close to be told apart; nil for
    ///     PSNR itself.
    /// - Returns: An SVG file; nil if the group has no curves.
    public static func svg(_ report: BenchmarkReport, group: String, against base: String? = nil) -> String? {
        let series = ReportSeries.all(report)
        guard let images = report.groups.first(where: { $0.name == group })?.images else { return nil }
        let set = CurveSet(group: group, images, series)
        let all = set.curves.map { Line(series: series[$0.series], points: points($0)) }
        let zero = base.map { base in all.first { $0.series.name == base }?.points ?? [] }
        let lines = all.compactMap { line -> Line? in
            var line = line
            if let zero {
                line.points = line.points.compactMap { point in
                    zero.first { $0.rate == point.rate }.map { (point.rate, point.psnr - $0.psnr) }
                }
            }
            return line.points.count > 1 ? line : nil
        }
        guard !lines.isEmpty else { return nil }
        let axis = base.map { "PSNR less that of \($0), dB" } ?? "PSNR, dB"
        let title = "\(group), mean of \(HTMLText.images(set.imageCount))"
        return Drawing(lines, title: title, axis: axis).svg
    }

    /// The points at the common rates, which are the same for all curves.
    private static func points(_ curve: CurveSet.Curve) -> [(rate: Double, psnr: Double)] {
        zip(curve.rates, curve.values["psnr"] ?? []).compactMap { rate, value in value.map { (rate, $0) } }
    }

    struct Line {
        var series: ReportSeries
        var points: [(rate: Double, psnr: Double)]
    }
}

/// The picture: axes, curves, and names at the ends of the curves.
private struct Drawing {
    private let lines: [ReportChart.Line]
    private let title: String
    private let axis: String
    private let rates: LogAxis
    private let least: Double
    private let most: Double

    private static let width = 760.0
    private static let height = 420.0
    private static let left = 52.0
    private static let right = 590.0
    private static let top = 46.0
    private static let bottom = 372.0

    init(_ lines: [ReportChart.Line], title: String, axis: String) {
        self.lines = lines
        self.title = title
        self.axis = axis
        let points = lines.flatMap(\.points)
        let first = points.map(\.rate).min() ?? 0.1
        let last = points.map(\.rate).max() ?? 1
        rates = LogAxis(
            least: 0.92 * first, most: 1.06 * max(last, 1.01 * first), from: Self.left, to: Self.right)
        let low = points.map(\.psnr).min() ?? 0
        let high = points.map(\.psnr).max() ?? 1
        let margin = max(0.05, 0.05 * (high - low))
        least = low - margin
        most = high + margin
    }

    private func y(_ psnr: Double) -> Double {
        Self.bottom - (Self.bottom - Self.top) * (psnr - least) / (most - least)
    }

    private static func figure(_ value: Double) -> String { String(format: "%.1f", value) }

    var svg: String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" \
        class="chart" role="img" aria-label="\(HTMLText.escaped(axis)) over bits per sample: \(HTMLText.escaped(title))">
        <style>
        .still { font: 13px system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; \
        --ink: #1b1e21; --soft: #59626a; --rule: #d8dde1; --c0: #0072b2; --c1: #d55e00; --c2: #009e73; \
        --c3: #b0568a; --c4: #b97f00; --c5: #2b87bd; --c6: #6b747c; }
        @media (prefers-color-scheme: dark) { .still { --ink: #e4e7e9; --soft: #9fa8af; --rule: #3a4148; \
        --c0: #3f9fe8; --c1: #f07f2e; --c2: #2bc297; --c3: #e091bd; --c4: #f0b429; --c5: #9bd8f7; \
        --c6: #98a2aa; } }
        .still text { fill: var(--soft); } .still .title { fill: var(--ink); font-weight: 600; }
        .still .grid { stroke: var(--rule); } .still .mark { stroke: var(--soft); stroke-dasharray: 3 3; }
        .still .line { fill: none; stroke-width: 1.75; stroke-linejoin: round; } \
        .still .ours { stroke-width: 3; font-weight: 600; }
        </style>
        <g class="still">
        <text class="title" x="0" y="16">\(HTMLText.escaped(title))</text>
        \(axes)
        \(curves)
        </g>
        </svg>

        """
    }

    private var axes: String {
        var text = ""
        for tick in rates.ticks {
            let x = Self.figure(rates.place(tick))
            text += "<line class=\"grid\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(Self.top)\" y2=\"\(Self.bottom)\"/>"
            text += "<text x=\"\(x)\" y=\"\(Self.bottom + 18)\" text-anchor=\"middle\">"
            text += "\(String(format: "%g", tick))</text>"
        }
        let step = [0.05, 0.1, 0.2, 0.5, 1.0, 2, 5, 10, 20].first { (most - least) / $0 <= 8 } ?? 50
        for tick in stride(from: (least / step).rounded(.up) * step, through: most, by: step) {
            let y = Self.figure(y(tick))
            text += "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.right)\" y1=\"\(y)\" y2=\"\(y)\"/>"
            text +=
                "<text x=\"\(Self.left - 8)\" y=\"\(Self.figure(self.y(tick) + 4.5))\" text-anchor=\"end\">"
            text += "\(HTMLText.number(tick, step < 0.1 ? 2 : step < 1 ? 1 : 0))</text>"
        }
        for ratio in [25.0, 15] where (rates.least...rates.most).contains(16 / ratio) {
            let x = Self.figure(rates.place(16 / ratio))
            text +=
                "<line class=\"mark\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(Self.top - 4)\" y2=\"\(Self.bottom)\"/>"
            text += "<text x=\"\(x)\" y=\"\(Self.top - 9)\" text-anchor=\"middle\">\(Int(ratio)):1</text>"
        }
        text += "<text x=\"0\" y=\"\(Self.top - 9)\">\(HTMLText.escaped(axis))</text>"
        text += "<text x=\"\((Self.left + Self.right) / 2)\" y=\"\(Self.height - 8)\" text-anchor=\"middle\">"
        return text + "bits per sample (logarithmic)</text>"
    }

    private var curves: String {
        var text = ""
        let ends = lines.map { y($0.points.last?.psnr ?? least) }
        let places = Self.spread(ends, gap: 17, within: Self.top + 6...Self.bottom - 2)
        for index in lines.indices.sorted(by: { !lines[$0].series.isOurs && lines[$1].series.isOurs }) {
            let line = lines[index]
            let style = "var(--c\(line.series.color))"
            let ours = line.series.isOurs ? " ours" : ""
            let pattern = ReportSeries.patterns[line.series.member % ReportSeries.patterns.count]
            let points = line.points.map {
                "\(Self.figure(rates.place($0.rate))),\(Self.figure(y($0.psnr)))"
            }
            text +=
                "<polyline class=\"line\(ours)\" style=\"stroke: \(style)\" stroke-dasharray=\"\(pattern)\" "
            text += "points=\"\(points.joined(separator: " "))\"/>\n"
            let end = line.points.last.map { rates.place($0.rate) } ?? Self.right
            text += "<path style=\"stroke: \(style); fill: none; opacity: .5\" d=\"M\(Self.figure(end + 2)) "
            text +=
                "\(Self.figure(ends[index]))L\(Self.figure(Self.right + 14)) \(Self.figure(places[index]))\"/>"
            text += "<text class=\"\(ours.isEmpty ? "name" : "ours")\" style=\"fill: \(style)\" "
            text += "x=\"\(Self.right + 18)\" y=\"\(Self.figure(places[index] + 4.5))\">"
            text += "\(HTMLText.escaped(line.series.name))</text>\n"
        }
        return text
    }

    /// Places near those that are wanted, none closer to another than the gap.
    private static func spread(_ wanted: [Double], gap: Double, within range: ClosedRange<Double>) -> [Double]
    {
        let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
        var places = wanted
        var last = range.lowerBound - gap
        for index in order {
            places[index] = max(wanted[index], last + gap)
            last = places[index]
        }
        var next = max(range.upperBound, range.lowerBound + gap * Double(wanted.count - 1)) + gap
        for index in order.reversed() {
            places[index] = min(places[index], next - gap)
            next = places[index]
        }
        return places
    }
}
