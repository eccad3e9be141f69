// SPDX-License-Identifier: Apache-2.0
import AEMetrics

extension BenchmarkReport {
    /// The groups as the page has them: the mean of all first, and last what stands apart.
    var orderedGroups: [(name: String, images: [ImageResult])] {
        let groups = self.groups
        let all = groups.filter { $0.name == "all" }
        let others = groups.filter { $0.name != "all" }
        func isApart(_ images: [ImageResult]) -> Bool { images.allSatisfy { $0.apart != nil } }
        return all + others.filter { !isApart($0.images) } + others.filter { isApart($0.images) }
    }
}

/// BD-rates of every codec against every anchor, one table for each anchor.
struct RateTables {
    private let groups: [(name: String, images: [ImageResult])]
    private let series: [ReportSeries]
    /// Curves by place of the image's name and series.
    private let curves: [String: [RateCurve?]]

    /// Anchors that have a curve anywhere.
    var anchors: [ReportSeries] { series }

    init(_ report: BenchmarkReport, _ series: [ReportSeries]) {
        groups = report.orderedGroups
        self.series = series
        curves = Dictionary(
            report.images.map { image in (image.name, series.map { $0.curve(image) }) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Figures of a codec against an anchor over the images of a group where both have curves.
    func comparisons(_ images: [ImageResult], anchor: Int, test: Int) -> [RateComparison] {
        images.compactMap { image in
            guard let curves = curves[image.name], let anchor = curves[anchor], let test = curves[test] else {
                return nil
            }
            let comparison = RateComparison(anchor: anchor, test: test, range: RateRange(image))
            return comparison.whole == nil ? nil : comparison
        }
    }

    /// The table of one anchor.
    func table(anchor: Int, isHidden: Bool) -> HTMLTable {
        let name = series[anchor].name
        var table = HTMLTable(
            caption: "Change of bytes at equal PSNR (BD-rate) against \(name)",
            heads: [
                "codec", "images", "mean", "median", "worst", "0.1–0.5 bit", "0.5–2 bit", "BD-PSNR",
                "covered",
            ],
            attributes: "data-anchor=\"\(HTMLText.escaped(name))\"" + (isHidden ? " hidden" : ""))
        table.bodies = groups.map { group in
            let rows = series.indices.filter { $0 != anchor }.compactMap { test in
                row(
                    series[test], comparisons(group.images, anchor: anchor, test: test),
                    of: group.images.count)
            }
            return (title: "\(group.name) · \(HTMLText.images(group.images.count))", rows: rows)
        }
        return table
    }

    private func row(_ series: ReportSeries, _ results: [RateComparison], of count: Int) -> HTMLTable.Row? {
        guard let whole = GroupSummary(results.compactMap { $0.whole?.rateChange }) else { return nil }
        let low = GroupSummary(results.compactMap { $0.low?.rateChange })
        let high = GroupSummary(results.compactMap { $0.high?.rateChange })
        let gain = GroupSummary(results.compactMap { $0.whole?.psnrGain })
        let coverage = results.compactMap { $0.whole?.coverage }.min()
        let figures = [whole.mean, whole.median, whole.worst, low?.mean, high?.mean]
        var row = HTMLTable.Row(
            cells: [series.name, "\(whole.count)"] + figures.map { HTMLText.change($0) } + [
                gain.map { ($0.mean > 0 ? "+" : "") + HTMLText.number($0.mean, 2) + " dB" } ?? "–",
                HTMLText.percent(coverage, 0),
            ],
            isOurs: series.isOurs)
        for (place, figure) in figures.enumerated() {
            if let figure { row.classes[place + 2] = figure < 0 ? "better" : "worse" }
        }
        if whole.count < count { row.classes[1] = "partial" }
        if let coverage, coverage < 0.995 { row.classes[8] = "partial" }
        return row
    }
}
