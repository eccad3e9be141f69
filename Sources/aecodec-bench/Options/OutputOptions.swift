// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import ArgumentParser
import Foundation

/// What becomes of the results.
struct OutputOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write every point as JSON.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write every point as comma-separated values.", valueName: "file"))
    var csv: String?

    @Option(help: ArgumentHelp("Write the report as one page for a browser.", valueName: "file"))
    var html: String?

    @Option(
        help: ArgumentHelp(
            "Show these images in the page, by the ends of their names, with commas.", valueName: "list"))
    var images: String?

    @Option(
        help: ArgumentHelp("Draw the mean curves of a group, less the anchor's, as SVG.", valueName: "file"))
    var chart: String?

    @Option(help: ArgumentHelp("The group to draw.", valueName: "name"))
    var chartGroup = "all"

    @Option(
        help: ArgumentHelp("The codec that BD-rates and lossy times are held against.", valueName: "codec"))
    var anchor = CodecCatalog.anchor

    @Option(
        help: ArgumentHelp(
            "Say what is worse than in an earlier run, and end with status 1 if anything is.",
            valueName: "json"))
    var compare: String?

    /// Whether the page shows an image.
    func shows(_ name: String) -> Bool {
        html != nil && (images ?? "").split(separator: ",").contains { name.hasSuffix($0) }
    }

    /// Writes the files that were asked for.
    func write(_ report: BenchmarkReport, _ pictures: [ReportPicture]) throws {
        if let json { try write(try report.json(), json) }
        if let csv { try write(Data(report.csv().utf8), csv) }
        if let html {
            try write(Data(ReportPage.html(report, anchor: anchor, pictures: pictures).utf8), html)
        }
        if let chart {
            // A run of one group has no "all".
            let groups = report.groups.map(\.name)
            let group = chartGroup == "all" && groups.count == 1 ? groups[0] : chartGroup
            guard let drawing = ReportChart.svg(report, group: group, against: anchor) else {
                note(
                    "no chart: the group '\(group)' has no curves; there are \(groups.joined(separator: ", "))"
                )
                throw ExitCode(1)
            }
            try write(Data(drawing.utf8), chart)
        }
    }

    func validate() throws {
        guard images == nil || html != nil else { throw ValidationError("'--images' needs '--html'.") }
    }

    private func write(_ data: Data, _ path: String) throws {
        do {
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            note("\(path): \(error.localizedDescription)")
            throw ExitCode(2)
        }
    }
}
