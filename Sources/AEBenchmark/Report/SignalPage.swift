// SPDX-License-Identifier: Apache-2.0

/// A report on recordings as one page of HTML that needs nothing else: no network, no fonts, no script.
package enum SignalPage {
    /// Writes the page.
    ///
    /// - Parameters:
    ///   - report: What was measured.
    ///   - strips: Strips on ECG paper; their part is left out without any.
    /// - Returns: The page, in UTF-8 when written.
    package static func html(_ report: SignalReport, strips: [SignalStrip] = []) -> String {
        let tables = SignalPageTables(report)
        let sections = [
            tables.ratios, curves(report), tables.beats, drawings(strips), tables.lossless, tables.recordings,
            tables.codecs, tables.failures, definitions,
        ].compactMap(\.self)
        let links = sections.map { "<li><a href=\"#\($0.id)\">\(HTMLText.escaped($0.title))</a></li>" }
        let words = [report.program, report.date, recordings(report.recordings.count)].joined(
            separator: " · ")
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>aecodec benchmark, recordings, \(HTMLText.escaped(report.date))</title>
            <style>
            \(PageStyle.sheet)
            \(style)
            </style>
            </head>
            <body>
            <header>
            <h1>aecodec benchmark: recordings</h1>
            <p class="soft">\(HTMLText.escaped(words))</p>
            </header>
            <nav aria-label="Sections"><ul>\(links.joined())</ul></nav>
            <main>
            \(sections.map(\.html).joined(separator: "\n"))
            </main>
            <footer>\(HTMLText.escaped("\(report.machine.processor) · \(report.machine.system)"))</footer>
            </body>
            </html>

            """
    }

    /// "1 recording", "3 recordings".
    static func recordings(_ count: Int) -> String {
        count == 1 ? "1 recording" : "\(HTMLText.count(count)) recordings"
    }

    /// Strips keep their scale, also where the page is narrow or dark.
    private static let style = """
        .strips { overflow-x: auto; background: #fff; border: 1px solid var(--rule); border-radius: 4px; \
        padding: .75rem; margin: .5rem 0 1.5rem; }
        .strips svg { display: block; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(26rem, 1fr)); gap: 0 2rem; }
        """

    private static func curves(_ report: SignalReport) -> ReportPage.Section? {
        let codecs = report.codecs.filter { $0.mode == .lossy }.map(\.name)
        let charts = SignalSummary.groups(report).compactMap { summary -> String? in
            guard let chart = SignalChart(summary, codecs: codecs) else { return nil }
            return "<div><h3>\(HTMLText.escaped(summary.group)), \(recordings(summary.recordings.count))</h3>"
                + "<figure>\(chart.svg)</figure></div>"
        }
        guard !charts.isEmpty else { return nil }
        return ReportPage.Section(
            id: "curves", title: "Ratio and distortion",
            body:
                "<p class=\"soft\">Geometric means over the recordings of a group, drawn where all of them were "
                + "measured.</p><div class=\"charts\">\(charts.joined())</div>")
    }

    private static func drawings(_ strips: [SignalStrip]) -> ReportPage.Section? {
        guard !strips.isEmpty else { return nil }
        let figures = strips.map { strip in
            "<h3>\(HTMLText.escaped(strip.title))</h3><div class=\"strips\" tabindex=\"0\">\(strip.svg)</div>"
        }
        return ReportPage.Section(
            id: "strips", title: "Strips",
            body:
                "<p class=\"soft\">25 mm a second, 10 mm a millivolt, errors on the same scale. Dots mark ectopic "
                + "beats of the annotations.</p>" + figures.joined())
    }

    private static let definitions = ReportPage.Section(
        id: "definitions", title: "Definitions",
        body: "<dl>"
            + [
                (
                    "ratio",
                    "Samples of all signals times the bits of the converter (where a file does not state them, of "
                        + "its samples) over the bits of the stream. At a target: between measured points by "
                        + "straight lines of logarithms, for each recording; then the mean over recordings."
                ),
                (
                    "PRDN",
                    "100 times the root of error energy over energy after the mean of each signal was taken off, all "
                        + "signals of a recording jointly, in stored units."
                ),
                (
                    "PRD",
                    "The same over stored values as they are. An offset such as the 1024 of MIT-BIH makes it about "
                        + "ten times smaller."
                ),
                (
                    "beats",
                    "PRDN of each annotated beat (from 36 % of the interval before its R wave, at most a third of a "
                        + "second, to 64 % of the one behind it, at most 0.72 s) and of windows of 10 s, the mean "
                        + "of each signal in the window taken off. Over recordings: medians of their medians and "
                        + "95th percentiles, the worst of all. Ectopic: premature, ventricular, fusion."
                ),
                (
                    "F1, RMSSD",
                    "Beats that the detector of this package finds in the decoded signals against those that it finds "
                        + "in the original ones, one to one within 150 ms; the change of the root mean "
                        + "square of successive differences of their intervals. Of recordings on which the detector "
                        + "reaches 0.99 against the annotations, or that have none."
                ),
                (
                    "time",
                    "CPU time of whole processes, start and files included, over that of the flac command; codecs "
                        + "take turns. Lossy codecs at the first PRDN target of at most 5 %."
                ),
            ].map { "<dt>\(HTMLText.escaped($0.0))</dt><dd>\(HTMLText.escaped($0.1))</dd>" }.joined()
            + "</dl>")
}
