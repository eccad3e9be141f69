// SPDX-License-Identifier: Apache-2.0
import AEBenchmark

/// Lossy codecs against an anchor.
struct RateTables {
    private let report: BenchmarkReport
    private let anchor: String

    init(_ report: BenchmarkReport, anchor: String) {
        self.report = report
        self.anchor = anchor
    }

    private static let heads =
        ["0.1-2", "0.1-0.5", "0.5-2", "dB gain", "covered"] + RateComparison.sharesBeyond.map { "x\($0)" }

    /// Images of aecodec one by one, then all codecs in groups.
    var text: [String] {
        let title =
            "BD-rate against \(anchor) in percent, by bits a sample of it; BD-PSNR in decibels; "
            + "bytes over its by share of the least error"
        guard report.images.contains(where: { (try? $0.curve(of: anchor)) != nil }) else {
            return ["\(anchor) has no curve here: there are no BD-rates."]
        }
        return [title + "\n" + images.text, groups.text]
    }

    private var images: TextTable {
        var table = TextTable(
            ["aecodec (j: lossy before, up to 1 bit)", "size", "dB from", "to"] + Self.heads)
        for image in report.images {
            guard let comparison = try? RateComparison(image, anchor: anchor, test: "aecodec") else {
                continue
            }
            table.add(
                [
                    image.name + (image.highestRate < 2 ? " j" : ""), "\(image.rows)x\(image.columns)",
                    TextTable.number(comparison.whole?.lowestPSNR, 2),
                    TextTable.number(comparison.whole?.highestPSNR, 2),
                ] + cells([comparison]))
        }
        return table
    }

    private var groups: TextTable {
        var table = TextTable(["means of groups", "images"] + Self.heads + ["median", "worst"])
        for group in report.groups {
            for codec in report.measured(.lossy) where codec != anchor {
                let comparisons = BenchmarkReport.comparisons(group.images, anchor: anchor, test: codec)
                let summary = GroupSummary(comparisons.compactMap { $0.whole?.rateChange })
                table.add(
                    ["\(group.name): \(codec)", "\(comparisons.count)"] + cells(comparisons)
                        + [TextTable.percent(summary?.median), TextTable.percent(summary?.worst)])
            }
        }
        return table
    }

    /// Means over the images that have a value.
    private func cells(_ comparisons: [RateComparison]) -> [String] {
        func average(_ value: (RateComparison) -> Double?) -> Double? { mean(comparisons.compactMap(value)) }
        let rates = [
            average { $0.whole?.rateChange }, average { $0.low?.rateChange }, average { $0.high?.rateChange },
        ]
        let beyond = RateComparison.sharesBeyond.indices.map { index in average { $0.sizesBeyond[index] } }
        return rates.map(TextTable.percent)
            + [
                TextTable.number(average { $0.whole?.psnrGain }, 3),
                TextTable.number(average { $0.whole?.coverage }, 3),
            ] + beyond.map { TextTable.number($0, 3) }
    }
}
