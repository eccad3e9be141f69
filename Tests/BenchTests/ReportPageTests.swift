// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import AEMetrics
import Foundation
import Samples
import Testing

@Suite struct ReportPageTests {
    static let anchor = "OpenJPEG 9/7"
    static let page = ReportPage.html(
        ReportSpecimen.report, anchor: anchor, pictures: (try? ReportSpecimen.pictures()) ?? [])

    /// How often a text stands in another.
    static func count(_ text: String, in page: String) -> Int { page.components(separatedBy: text).count - 1 }

    /// The part of the page between two texts.
    static func part(_ page: String, from: String, to: String) -> String {
        guard let start = page.range(of: from),
            let end = page.range(of: to, range: start.upperBound..<page.endIndex)
        else { return "" }
        return String(page[start.upperBound..<end.lowerBound])
    }

    @Test func hasEverySectionOnce() {
        for id in [
            "curves", "rates", "speed", "lossless", "near", "viewer", "codecs", "failures", "definitions",
        ] {
            #expect(Self.count("<section id=\"\(id)\"", in: Self.page) == 1, "\(id)")
            #expect(Self.count("href=\"#\(id)\"", in: Self.page) == 1, "\(id)")
        }
    }

    @Test func asksNothingOfTheNetwork() {
        for start in ["http:", "https:", "//cdn", "@import", "url(", "<link"] {
            let found = Self.page.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
            #expect(!found.contains(start), "\(start)")
        }
        #expect(Self.page.contains("default-src 'none'"))
    }

    @Test func textsOfTheReportStayTexts() {
        #expect(!Self.page.contains(ReportSpecimen.hostileName))
        #expect(!Self.page.contains(ReportSpecimen.hostileWords))
        #expect(!Self.page.contains("<script>alert"))
        #expect(!Self.page.contains("<img src=x"))
        // Three scripts with figures, pictures and code; nothing ends one early.
        #expect(Self.count("</script>", in: Self.page) == 3)
    }

    /// The codec's curves are the anchor's at a constant factor of rate, which is then the BD-rate.
    @Test(arguments: ["OpenJPEG 9/7", "aecodec", "JPEG XL e3"])
    func ratesAgainstEveryAnchorAreThoseOfTheCurves(_ anchor: String) throws {
        let table = Self.part(Self.page, from: "data-anchor=\"\(anchor)\"", to: "</table>")
        let all = Self.part(
            table + "<tr class=\"group\">", from: ">all · 4 images</th></tr>", to: "<tr class=\"group\">")
        for (codec, factor) in ReportSpecimen.factors where codec != anchor {
            let change = factor / (ReportSpecimen.factors[anchor] ?? 1) - 1
            let figure = String(format: "%+.1f", 100 * change).replacingOccurrences(of: "-", with: "−")
            let row = Self.part(all, from: ">\(codec)</th>", to: "</tr>")
            #expect(Self.count(">\(figure) %<", in: row) == 5, "\(codec): \(row)")
            let count = codec == "JPEG XL e7" || anchor == "JPEG XL e7" ? 3 : 4
            #expect(row.contains(">\(count)</td>"), "\(codec)")
        }
    }

    @Test func figuresOfRatesAreThoseOfTheMetrics() throws {
        let image = ReportSpecimen.report.images[0]
        let anchor = try image.curve(of: "OpenJPEG 9/7")
        let test = try image.curve(of: "JPEG XL e3")
        let comparison = RateComparison(anchor: anchor, test: test, range: RateRange(image))
        let interval = try #require(RateRange(image).interval(0.1...2, anchor: anchor))
        #expect(
            comparison.whole?.rateChange
                == (try BDRate(anchor: anchor, test: test, within: interval)).change)
        let table = Self.part(Self.page, from: "data-anchor=\"OpenJPEG 9/7\"", to: "</table>")
        let group = Self.part(table, from: ">mammograms, GE · 1 image</th></tr>", to: "<tr class=\"group\">")
        let row = Self.part(group, from: ">JPEG XL e3</th>", to: "</tr>")
        let gain = String(format: "%.2f", try #require(comparison.whole?.psnrGain))
        #expect(row.contains(">\(gain.replacingOccurrences(of: "-", with: "−")) dB<"), "\(row)")
    }

    @Test func onlyOneAnchorIsShown() {
        let tables = Self.page.components(separatedBy: " data-anchor=").dropFirst()
        #expect(tables.count == ReportSpecimen.lossyCodecs.count)
        #expect(tables.filter { !$0.prefix { $0 != ">" }.contains(" hidden") }.count == 1)
        #expect(tables.contains { $0.hasPrefix("\"\(Self.anchor)\">") })
    }

    @Test func losslessSharesAreThoseOfTheBytes() {
        let table = Self.part(Self.page, from: " data-reference=\"OpenJPEG 5/3\">", to: "</table>")
        let all = Self.part(
            table + "<tr class=\"group\">", from: ">all · 4 images</th></tr>", to: "<tr class=\"group\">")
        #expect(Self.part(all, from: ">aecodec</th>", to: "</tr>").contains(">96.0 %<"))
        #expect(Self.part(all, from: ">zstd -19</th>", to: "</tr>").contains(">140.0 %<"))
        #expect(Self.part(all, from: ">CharLS</th>", to: "</tr>").contains(">98.0 %<"))
    }

    @Test func timesAreHeldAgainstOpenJPEG() {
        let speed = Self.part(Self.page, from: "<section id=\"speed\"", to: "</section>")
        let lossless = Self.part(speed, from: "Lossless coding: CPU time", to: "</table>")
        #expect(Self.part(lossless, from: ">aecodec</th>", to: "</tr>").contains(">0.25 ×</td>"))
        #expect(Self.part(lossless, from: ">aecodec</th>", to: "</tr>").contains(">20.0</td>"))
        #expect(Self.part(lossless, from: ">OpenJPEG 5/3</th>", to: "</tr>").contains(">1.00 ×</td>"))
        // Two marks for each codec, in both charts.
        let marks =
            Self.count("<g class=\"encode\">", in: speed) + Self.count("<g class=\"decode\">", in: speed)
        #expect(marks == 2 * (ReportSpecimen.losslessCodecs.count + ReportSpecimen.lossyCodecs.count))
    }

    @Test func absentCodecsAndFailuresAreNamed() {
        let codecs = Self.part(Self.page, from: "<section id=\"codecs\"", to: "</section>")
        #expect(Self.part(codecs, from: ">xz -6</th>", to: "</tr>").contains("not installed"))
        let failures = Self.part(Self.page, from: "<section id=\"failures\"", to: "</section>")
        #expect(failures.contains("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"))
        #expect(Self.page.contains("JPEG XL e7: 3 of 4 images"))
    }

    @Test func emptyReportIsAPage() {
        var report = ReportSpecimen.report
        report.images = []
        report.codecs = []
        let page = ReportPage.html(report, anchor: Self.anchor)
        #expect(page.contains("<h1>aecodec benchmark</h1>"))
        #expect(!page.contains("<section id=\"curves\""))
        #expect(!page.contains("<section id=\"viewer\""))
    }

    @Test func unknownAnchorGivesTheFirst() {
        let page = ReportPage.html(ReportSpecimen.report, anchor: "none")
        #expect(page.contains(" data-anchor=\"aecodec\">"))
    }
}
