// SPDX-License-Identifier: Apache-2.0
import AEMetrics

/// The figures that stand on top of the page: how our codec does against what it is held against.
struct PageSummary {
    private let report: BenchmarkReport
    private let tables: RateTables
    private let sizes: SizeTables
    private let anchor: Int

    init(_ report: BenchmarkReport, _ tables: RateTables, _ sizes: SizeTables, anchor: Int) {
        self.report = report
        self.tables = tables
        self.sizes = sizes
        self.anchor = anchor
    }

    /// Tiles, each a figure and what it is; only those that were measured.
    var html: String {
        let tiles = ([lossy, lossless] + speeds).compactMap(\.self).map { figure, words in
            "<div class=\"tile\"><b>\(HTMLText.escaped(figure))</b><span>\(HTMLText.escaped(words))</span></div>"
        }
        return tiles.isEmpty ? "" : "<div class=\"tiles\">\(tiles.joined())</div>"
    }

    private var counted: [ImageResult] { report.images.filter { $0.apart == nil } }

    private var lossy: (String, String)? {
        guard let ours = tables.anchors.firstIndex(where: { $0.isOurs }), ours != anchor else { return nil }
        let results = tables.comparisons(counted, anchor: anchor, test: ours)
        guard let summary = GroupSummary(results.compactMap { $0.whole?.rateChange }) else { return nil }
        return (
            HTMLText.change(summary.mean),
            "lossy bytes of \(tables.anchors[ours].name) at the PSNR of \(tables.anchors[anchor].name), mean of "
                + "\(HTMLText.images(summary.count)); worst \(HTMLText.change(summary.worst))"
        )
    }

    private var lossless: (String, String)? {
        let codecs = sizes.codecs(.lossless)
        guard let ours = codecs.first(where: ReportSeries.isOurs),
            let theirs = codecs.first(where: { $0 == CodecCatalog.losslessAnchor })
        else { return nil }
        let changes = counted.compactMap { image -> Double? in
            guard let one = sizes.best(image, ours, .lossless),
                let other = sizes.best(image, theirs, .lossless)
            else { return nil }
            return Double(one.byteCount) / Double(other.byteCount) - 1
        }
        guard let summary = GroupSummary(changes) else { return nil }
        return (
            HTMLText.change(summary.mean),
            "lossless bytes of \(ours) against \(theirs), mean of \(HTMLText.images(summary.count)); worst "
                + HTMLText.change(summary.worst)
        )
    }

    private var speeds: [(String, String)?] {
        [CodecDescription.Mode.lossless, .lossy].map { mode in
            let chart = SpeedChart(report, mode)
            guard let reference = chart.reference,
                let row = chart.rows.first(where: { ReportSeries.isOurs($0.codec) }),
                let encode = row.ratios[.encode]?.mean, let decode = row.ratios[.decode]?.mean
            else { return nil }
            return (
                "\(HTMLText.factor(encode)) · \(HTMLText.factor(decode))",
                "\(mode.rawValue) CPU time of \(row.codec) over that of \(reference): encode, decode"
            )
        }
    }
}
