// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Foundation

/// A benchmark as one page of HTML that needs nothing else: no network, no fonts, no libraries.
///
/// Charts are drawn by the page's script from figures that were computed here; tables are complete
/// without it. The page holds names of files as they are in the report, and no attributes of patients.
public enum ReportPage {
    /// Writes the page.
    ///
    /// - Parameters:
    ///   - report: What was measured.
    ///   - anchor: The codec that BD-rates are held against until the reader chooses another one; the
    ///     first that has a curve if this one has none.
    ///   - pictures: Images for the viewer; it is left out without any.
    /// - Returns: The page, in UTF-8 when written.
    public static func html(
        _ report: BenchmarkReport, anchor: String, pictures: [ReportPicture] = []
    ) -> String {
        let series = ReportSeries.all(report)
        let first = series.firstIndex { $0.name == anchor } ?? 0
        let sizes = SizeTables(report)
        let tables = RateTables(report, series)
        var sections = [
            curves(report, series), rates(tables, first: first), speed(report), lossless(report, sizes),
            bounded(sizes), viewer(pictures),
        ].compactMap(\.self)
        sections += [
            PageNotes.codecs(report.codecs, isOurs: ReportSeries.isOurs), PageNotes.failures(report),
            PageNotes.definitions(report),
        ]
        .compactMap(\.self)
        let links = sections.map { "<li><a href=\"#\($0.id)\">\(HTMLText.escaped($0.title))</a></li>" }
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
            style-src 'unsafe-inline'; script-src 'unsafe-inline'">
            <title>aecodec benchmark, \(HTMLText.escaped(report.date))</title>
            <style>
            \(PageStyle.sheet)
            </style>
            </head>
            <body>
            <header>
            <h1>aecodec benchmark</h1>
            <p class="soft">\(HTMLText.escaped(PageNotes.subtitle(report)))</p>
            </header>
            <nav aria-label="Sections"><ul>\(links.joined())</ul></nav>
            <main>
            \(PageSummary(report, tables, sizes, anchor: first).html)
            \(sections.map(\.html).joined(separator: "\n"))
            </main>
            <footer>\(HTMLText.escaped(PageNotes.machine(report)))</footer>
            \(script(report, series, pictures))
            </body>
            </html>

            """
    }

    /// A part of the page with a heading of its own.
    struct Section {
        var id: String
        var title: String
        var body: String

        var html: String {
            "<section id=\"\(id)\" aria-labelledby=\"\(id)-title\"><h2 id=\"\(id)-title\">"
                + "\(HTMLText.escaped(title))</h2>\n\(body)</section>"
        }
    }

    private static func curves(_ report: BenchmarkReport, _ series: [ReportSeries]) -> Section? {
        guard !series.isEmpty else { return nil }
        let still = report.orderedGroups.compactMap { ReportChart.svg(report, group: $0.name) }
        return Section(
            id: "curves", title: "Rate and distortion",
            body: """
                <div class="controls">
                <div><label for="set">Images</label><select id="set"></select></div>
                <div><label for="metric">Metric</label><select id="metric"></select></div>
                <div><label for="base">Values</label><select id="base"></select></div>
                <fieldset><legend>Axis of the rate</legend>
                <label><input type="radio" name="axis" value="log" checked> logarithmic</label>
                <label><input type="radio" name="axis" value="linear"> linear</label></fieldset>
                </div>
                <figure><div id="chart"></div><div id="tip" class="tip" role="status"></div>
                <fieldset id="legend" class="legend" aria-label="Codecs that are shown"></fieldset>
                <figcaption class="soft"><span id="chart-title"></span>. Dashed lines: 25:1 and 15:1 of \
                16-bit pixels. <span id="chart-note"></span></figcaption></figure>
                <details><summary>Values of this chart</summary><div class="scroll"><table>
                <thead><tr><th scope="col" class="word">codec</th><th scope="col">bits per sample</th>\
                <th scope="col">ratio</th><th scope="col">value</th></tr></thead>
                <tbody id="chart-values"></tbody></table></div></details>
                <noscript>\(still.joined())</noscript>
                """)
    }

    private static func rates(_ tables: RateTables, first: Int) -> Section? {
        guard tables.anchors.count > 1 else { return nil }
        let options = tables.anchors.indices.map { option(tables.anchors[$0].name, isChosen: $0 == first) }
        let all = tables.anchors.indices.map { tables.table(anchor: $0, isHidden: $0 != first).html }
        return Section(
            id: "rates", title: "Bytes at equal PSNR",
            body: """
                <p class="soft">BD-rate in percent of bytes; below zero is smaller. Underlined: not all \
                images, or not the whole interval.</p>
                <div class="controls"><div><label for="anchor">Against</label>\
                <select id="anchor">\(options.joined())</select></div></div>
                \(all.joined())
                """)
    }

    private static func speed(_ report: BenchmarkReport) -> Section? {
        let charts = [CodecDescription.Mode.lossless, .bounded, .lossy].map { SpeedChart(report, $0) }
            .filter { !$0.rows.isEmpty }
        guard !charts.isEmpty else { return nil }
        let threads = report.machine.threads
        let body = charts.map { chart in
            "<h3>\(chart.mode == .bounded ? "Near-lossless" : chart.mode.rawValue.capitalized)</h3>"
                + "<figure>\(chart.svg ?? "<p>No times of OpenJPEG to compare with.</p>")</figure>"
                + chart.table.html
        }
        return Section(
            id: "speed", title: "Speed",
            body: """
                <p class="soft">CPU seconds of worker processes, all codecs by the same process model on \
                \(threads == 1 ? "one thread" : "\(threads) threads"); a ratio below 1 is faster than \
                OpenJPEG.</p>\(body.joined())
                """)
    }

    private static func lossless(_ report: BenchmarkReport, _ sizes: SizeTables) -> Section? {
        let codecs = sizes.codecs(.lossless)
        guard let first = codecs.first else { return nil }
        let reference = codecs.first { $0 == CodecCatalog.losslessAnchor } ?? first
        let tables = codecs.map { sizes.lossless(reference: $0, isHidden: $0 != reference).html }
        let options = codecs.map { option($0, isChosen: $0 == reference) }
        return Section(
            id: "lossless", title: "Lossless",
            body: """
                <p class="soft">Every decoded image was compared with its source. Peers have the smaller of \
                stored and mapped samples. Below 100 % is smaller than the reference.</p>
                <div class="controls"><div><label for="reference">Against</label>\
                <select id="reference">\(options.joined())</select></div></div>
                \(tables.joined())
                <details><summary>Bytes of every image</summary>\(sizes.everyImage().html)</details>
                """)
    }

    private static func bounded(_ sizes: SizeTables) -> Section? {
        let codecs = sizes.codecs(.bounded)
        guard let first = codecs.first else { return nil }
        let reference = codecs.first { $0 == "CharLS" } ?? first
        return Section(
            id: "near", title: "Near-lossless", body: sizes.bounded(reference: reference).html)
    }

    private static func viewer(_ pictures: [ReportPicture]) -> Section? {
        guard pictures.contains(where: { !$0.versions.isEmpty }) else { return nil }
        let zooms = [("fit", "fit"), ("1", "100 %"), ("2", "200 %"), ("4", "400 %"), ("8", "800 %")].map {
            "<option value=\"\($0.0)\">\($0.1)</option>"
        }
        return Section(
            id: "viewer", title: "Images",
            body: """
                <div class="controls">
                <div><label for="picture">Image</label><select id="picture"></select></div>
                <div><label for="version">Codec</label><select id="version"></select></div>
                <fieldset><legend>Right of the line</legend>
                <label><input type="radio" name="side" value="decoded" checked> decoded</label>
                <label><input type="radio" name="side" value="error"> error</label></fieldset>
                <div><label for="zoom">Zoom</label><select id="zoom">\(zooms.joined())</select></div>
                <div><label for="wipe">Line</label>\
                <input id="wipe" type="range" min="0" max="100" step="0.5" value="50"></div>
                </div>
                <div class="stage" id="stage" tabindex="0" role="group" \
                aria-label="Original and decoded image; arrow keys scroll">\
                <div class="canvas" id="canvas"><img alt=""><img alt=""><i></i></div></div>
                <p class="soft" id="picture-note" aria-live="polite"></p>
                <noscript><p>The viewer needs the script of this page.</p></noscript>
                """)
    }

    private static func option(_ name: String, isChosen: Bool) -> String {
        let name = HTMLText.escaped(name)
        return "<option value=\"\(name)\"\(isChosen ? " selected" : "")>\(name)</option>"
    }

    /// The figures and the script that shows them.
    private static func script(
        _ report: BenchmarkReport, _ series: [ReportSeries], _ pictures: [ReportPicture]
    ) -> String {
        let shown = pictures.filter { !$0.versions.isEmpty }
        let images =
            shown.isEmpty
            ? ""
            : "<script type=\"application/json\" id=\"picture-data\">\(HTMLText.json(shown.map(\.entry)))</script>\n"
        return """
            <script type="application/json" id="curve-data">\(HTMLText.json(Curves(report, series)))</script>
            \(images)<script>
            "use strict";
            \(PageScriptChart.text)
            \(PageScriptViewer.text)
            </script>
            """
    }

    /// What the script draws.
    private struct Curves: Encodable {
        var series: [ReportSeries]
        var patterns = ReportSeries.patterns
        var metrics: [ReportMetric]
        var sets: [CurveSet]

        init(_ report: BenchmarkReport, _ series: [ReportSeries]) {
            self.series = series
            let groups = report.orderedGroups.map { CurveSet(group: $0.name, $0.images, series) }
            sets = (groups + report.images.map { CurveSet($0, series) }).filter { !$0.curves.isEmpty }
            let sets = self.sets
            metrics = ReportMetric.all.filter { metric in
                sets.contains { set in
                    set.curves.contains { $0.values[metric.key]?.contains { $0 != nil } ?? false }
                }
            }
        }
    }
}
