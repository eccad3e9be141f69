// SPDX-License-Identifier: Apache-2.0
import Foundation

/// CPU times of the codecs of one mode, held against OpenJPEG.
struct SpeedChart {
    /// A codec in both directions.
    struct Row {
        var codec: String
        /// CPU time over that of the reference: geometric mean, least and greatest over images and rates.
        var ratios: [CodingDirection: (mean: Double, range: ClosedRange<Double>)]
        /// Medians over timed points of CPU milliseconds a megasample.
        var milliseconds: [CodingDirection: Double]
        /// Medians of the half distance between quartiles over the median, of encoding and decoding.
        var spread: Double?
        /// The most resident bytes of any worker.
        var peakBytes: Int?
        /// Timed points.
        var count: Int
    }

    let mode: CodecDescription.Mode
    /// The OpenJPEG codec with times; nil if there is none.
    let reference: String?
    let rows: [Row]

    init(_ report: BenchmarkReport, _ mode: CodecDescription.Mode) {
        self.mode = mode
        let images = report.images.filter { $0.apart == nil }
        let names = report.codecs.filter { $0.mode == mode }.map(\.name).filter { name in
            images.contains { !$0.timedPoints(of: name, mode).isEmpty }
        }
        let preferred = mode == .lossy ? CodecCatalog.anchor : CodecCatalog.losslessAnchor
        let reference =
            names.contains(preferred) ? preferred : names.first { ReportSeries.family($0) == "OpenJPEG" }
        self.reference = reference
        rows = names.map { Self.row($0, reference, images, mode) }
    }

    private static func row(
        _ codec: String, _ reference: String?, _ images: [ImageResult], _ mode: CodecDescription.Mode
    ) -> Row {
        var row = Row(codec: codec, ratios: [:], milliseconds: [:], count: 0)
        var spreads: [Double] = []
        for direction in CodingDirection.allCases {
            if let reference {
                let ratios = images.flatMap {
                    $0.timeRatios(of: codec, to: reference, mode, direction)
                }
                if let mean = geometricMean(ratios), let least = ratios.min(), let most = ratios.max() {
                    row.ratios[direction] = (mean, least...most)
                }
            }
            let costs = images.flatMap { image in
                image.timedPoints(of: codec, mode).compactMap { point -> Double? in
                    guard let timing = point.timing(direction) else { return nil }
                    row.peakBytes = max(row.peakBytes ?? 0, timing.peakBytes)
                    if timing.cpu > 0, timing.repetitions > 1 {
                        spreads.append(timing.cpuSpread / timing.cpu)
                    }
                    return timing.cpu * 1e9 / Double(image.sampleCount)
                }
            }
            row.count = max(row.count, costs.count)
            if !costs.isEmpty { row.milliseconds[direction] = median(costs) }
        }
        row.spread = spreads.isEmpty ? nil : median(spreads)
        return row
    }

    /// The figures.
    var table: HTMLTable {
        var table = HTMLTable(
            caption: "\(mode.rawValue.capitalized) coding: CPU time"
                + (reference.map { " over that of \($0) (×), and in milliseconds a megasample" } ?? ""),
            heads: [
                "codec", "encode ×", "decode ×", "encode ms", "decode ms", "spread", "peak memory",
                "timed points",
            ])
        table.bodies = [
            (
                title: nil,
                rows: rows.map { row in
                    HTMLTable.Row(
                        cells: [
                            row.codec, HTMLText.factor(row.ratios[.encode]?.mean),
                            HTMLText.factor(row.ratios[.decode]?.mean),
                            HTMLText.number(row.milliseconds[.encode], 1),
                            HTMLText.number(row.milliseconds[.decode], 1),
                            row.spread.map { "± " + HTMLText.percent($0) } ?? "–",
                            row.peakBytes.map { HTMLText.number(Double($0) / 1e6, 0) + " MB" } ?? "–",
                            "\(row.count)",
                        ],
                        isOurs: ReportSeries.isOurs(row.codec))
                }
            )
        ]
        return table
    }

    /// The picture: a row for each codec, a mark for each direction, on a logarithmic axis; nil without
    /// a reference.
    var svg: String? {
        guard let reference else { return nil }
        let shown = rows.filter { !$0.ratios.isEmpty }
        let ends = shown.flatMap { $0.ratios.values }.flatMap { [$0.range.lowerBound, $0.range.upperBound] }
        guard let least = ends.min(), let most = ends.max() else { return nil }
        let axis = LogAxis(least: 0.85 * min(least, 0.5), most: 1.15 * max(most, 2), from: 190, to: 740)
        let rowHeight = 34.0
        let bottom = 34 + rowHeight * Double(shown.count)
        var svg = """
            <svg class="chart speed" viewBox="0 0 760 \(Int(bottom) + 46)" role="img" \
            aria-label="CPU time of \(mode.rawValue) coding over that of \(HTMLText.escaped(reference)); \
            the table below has the figures">
            """
        for tick in axis.ticks {
            let x = Self.figure(axis.place(tick))
            svg +=
                "<line class=\"\(tick == 1 ? "one" : "grid")\" x1=\"\(x)\" x2=\"\(x)\" y1=\"22\" y2=\"\(bottom)\"/>"
            svg += "<text class=\"tick\" x=\"\(x)\" y=\"\(bottom + 16)\" text-anchor=\"middle\">"
            svg += "\(HTMLText.escaped(Self.label(tick)))</text>"
        }
        for (index, row) in shown.enumerated() {
            let y = 34 + rowHeight * (Double(index) + 0.5) - 6
            let strong = ReportSeries.isOurs(row.codec) ? " ours" : ""
            svg += "<text class=\"name\(strong)\" x=\"178\" y=\"\(y + 4)\" text-anchor=\"end\">"
            svg += "\(HTMLText.escaped(row.codec))</text>"
            for (direction, offset) in [(CodingDirection.encode, -5.0), (.decode, 5.0)] {
                guard let ratio = row.ratios[direction] else { continue }
                svg += mark(ratio, direction, row.codec, axis, y: y + offset)
            }
        }
        svg += """
            <text class="axis" x="465" y="\(bottom + 38)" text-anchor="middle">CPU time ÷ that of \
            \(HTMLText.escaped(reference)) (logarithmic; left is faster)</text>
            <g class="key"><circle class="encode" cx="196" cy="10" r="5"/><text x="206" y="14">encode</text>\
            <path class="decode" d="M276 5l5 5-5 5-5-5z"/><text x="287" y="14">decode</text>\
            <text class="note" x="740" y="14" text-anchor="end">mark: geometric mean · line: least to \
            greatest</text></g></svg>
            """
        return svg
    }

    private func mark(
        _ ratio: (mean: Double, range: ClosedRange<Double>), _ direction: CodingDirection, _ codec: String,
        _ axis: LogAxis, y: Double
    ) -> String {
        let x = axis.place(ratio.mean)
        let from = Self.figure(axis.place(ratio.range.lowerBound))
        let to = Self.figure(axis.place(ratio.range.upperBound))
        let words =
            "\(codec), \(direction.rawValue): \(HTMLText.factor(ratio.mean)), from "
            + "\(HTMLText.factor(ratio.range.lowerBound)) to \(HTMLText.factor(ratio.range.upperBound))"
        let shape =
            direction == .encode
            ? "<circle cx=\"\(Self.figure(x))\" cy=\"\(y)\" r=\"5\"/>"
            : "<path d=\"M\(Self.figure(x)) \(y - 5.5)l5.5 5.5-5.5 5.5-5.5-5.5z\"/>"
        return "<g class=\"\(direction.rawValue)\"><title>\(HTMLText.escaped(words))</title>"
            + "<line x1=\"\(from)\" x2=\"\(to)\" y1=\"\(y)\" y2=\"\(y)\"/>\(shape)</g>"
    }

    private static func figure(_ value: Double) -> String { String(format: "%.1f", value) }

    private static func label(_ tick: Double) -> String {
        tick >= 1 ? String(format: "%.0f", tick) : String(format: "%g", tick)
    }
}

/// A logarithmic axis with marks at 1, 2 and 5 times powers of ten.
struct LogAxis {
    let least: Double
    let most: Double
    let from: Double
    let to: Double

    /// Where a value is drawn.
    func place(_ value: Double) -> Double { from + (to - from) * log(value / least) / log(most / least) }

    /// Marks inside; powers of ten alone where there would be too many.
    var ticks: [Double] {
        let first = Int(log10(least).rounded(.down))
        let last = Int(log10(most).rounded(.up))
        let factors: [Double] = most / least > 2000 ? [1] : [1, 2, 5]
        var ticks: [Double] = []
        for decade in first...last {
            // Negative powers of ten are not exact: divide by the positive ones.
            let power = pow(10, Double(abs(decade)))
            for factor in factors {
                let tick = decade < 0 ? factor / power : factor * power
                if tick >= least * 0.999, tick <= most * 1.001 { ticks.append(tick) }
            }
        }
        return ticks
    }
}
