// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import Foundation
import Testing

/// The page as a browser shows it: what its scripts drew, and that nothing went wrong.
@Suite(.enabled(if: Browser.isPresent, Browser.absence), .serialized)
struct ReportBrowserTests {
    /// Points of the mean of all images: common rates that lie inside the curves.
    ///
    /// OpenJPEG 9/7 has 0.08 to 4.5 bits, the others that times their factor.
    static func pointCount(_ codecs: some Sequence<String>) -> Int {
        let ratios = [4, 5, 6.5, 8, 10, 12.5, 15, 20, 25, 32, 40, 50, 60, 80, 100, 125, 160, 200, 250, 320]
        return codecs.reduce(0) { sum, codec in
            let factor = ReportSpecimen.factors[codec] ?? 1
            return sum + ratios.count { (0.08 * factor...4.5 * factor).contains(16 / $0) }
        }
    }

    static let everywhere = ReportSpecimen.lossyCodecs.filter { $0 != "JPEG XL e7" }

    static func visit(_ fragment: String = "") throws -> Browser.Visit {
        try Browser.visit(ReportPageTests.page, fragment: fragment)
    }

    /// Marks of points in the chart.
    static func points(_ visit: Browser.Visit) -> Int {
        ReportPageTests.count("class=\"point\" d=", in: part(visit, "chart"))
    }

    /// The content of an element of the document, which has no element of its kind in it.
    static func part(_ visit: Browser.Visit, _ id: String) -> String {
        ReportPageTests.part(visit.document, from: "id=\"\(id)\"", to: "</div>")
    }

    @Test func chartHasEveryPointAndTheConsoleIsClean() throws {
        let visit = try Self.visit()
        #expect(visit.console.isEmpty, "\(visit.console)")
        #expect(visit.document.contains("data-ready=\"true\""))
        #expect(Self.points(visit) == Self.pointCount(Self.everywhere))
        #expect(ReportPageTests.count("<polyline", in: Self.part(visit, "chart")) == 5)
        // The marks at 15:1 and 25:1.
        #expect(ReportPageTests.count("class=\"mark\"", in: Self.part(visit, "chart")) == 2)
        let rows = ReportPageTests.part(visit.document, from: "id=\"chart-values\"", to: "</tbody>")
        #expect(ReportPageTests.count("<tr>", in: rows) == Self.points(visit))
    }

    @Test(arguments: ["foregroundPSNR", "multiScaleSSIM", "ssim", "brightContrast", "brightContrastWorst"])
    func everyMetricIsDrawn(_ metric: String) throws {
        let visit = try Self.visit("metric=\(metric)&axis=linear")
        #expect(visit.console.isEmpty, "\(visit.console)")
        #expect(Self.points(visit) == Self.pointCount(Self.everywhere))
        #expect(!Self.part(visit, "chart").contains("logarithmic"))
        #expect(!Self.part(visit, "chart").contains("NaN"))
    }

    @Test func anImageHasItsOwnPoints() throws {
        // Sets: all, three groups, one apart, then the images.
        let visit = try Self.visit("set=8")
        #expect(visit.console.isEmpty, "\(visit.console)")
        #expect(visit.document.contains("over bits per sample: films/&lt;script&gt;"))
        #expect(Self.points(visit) == Self.everywhere.count * ReportSpecimen.rates.count)
        let whole = try Self.visit("set=5")
        #expect(Self.points(whole) == ReportSpecimen.lossyCodecs.count * ReportSpecimen.rates.count)
    }

    @Test func differenceToItselfIsTheZeroLine() throws {
        let visit = try Self.visit("base=2")
        #expect(visit.console.isEmpty, "\(visit.console)")
        let rows = ReportPageTests.part(visit.document, from: "id=\"chart-values\"", to: "</tbody>")
        let own = rows.components(separatedBy: "<tr>").filter { $0.contains(">OpenJPEG 9/7</th>") }
        #expect(own.count == Self.pointCount(["OpenJPEG 9/7"]))
        #expect(own.allSatisfy { $0.contains(">0.00 dB against OpenJPEG 9/7<") })
    }

    @Test func addressChoosesTables() throws {
        let visit = try Self.visit("anchor=aecodec&reference=CharLS")
        #expect(visit.console.isEmpty, "\(visit.console)")
        for (attribute, chosen) in [("anchor", "aecodec"), ("reference", "CharLS")] {
            let boxes = visit.document.components(separatedBy: " data-\(attribute)=").dropFirst()
            let shown = boxes.filter { !$0.prefix { $0 != ">" }.contains("hidden") }
            #expect(shown.count == 1)
            #expect(shown.allSatisfy { $0.hasPrefix("\"\(chosen)\"") })
        }
    }

    @Test func unknownChoicesInTheAddressAreIgnored() throws {
        let visit = try Self.visit("set=99&metric=%3Cscript%3E&base=x&anchor=none&axis=none")
        #expect(visit.console.isEmpty, "\(visit.console)")
        #expect(Self.points(visit) == Self.pointCount(Self.everywhere))
    }

    @Test func viewerShowsBothImages() throws {
        let visit = try Self.visit()
        let canvas = Self.part(visit, "canvas")
        #expect(ReportPageTests.count("src=\"data:image/png;base64,", in: canvas) == 2)
        #expect(canvas.contains("alt=\"original of mammography/ge-1.dcm\""))
        #expect(canvas.contains("alt=\"decoded by aecodec\""))
        #expect(canvas.contains("inset(0px 0px 0px 50%)"))
    }

    /// A script at the end of the page presses keys and moves controls, and writes down what the page says.
    @Test func everythingIsReachedByKeyboard() throws {
        let script = #"""
            <script>
            const said = [];
            const press = (key) => document.querySelector("#chart svg")
              .dispatchEvent(new KeyboardEvent("keydown", { key }));
            const change = (id, value, kind) => {
              document.getElementById(id).value = value;
              document.getElementById(id).dispatchEvent(new Event(kind));
            };
            const tip = () => document.getElementById("tip").textContent.replaceAll("\n", " / ");
            for (const key of ["ArrowRight", "ArrowRight", "ArrowDown", "Escape"]) {
              press(key);
              said.push(key + " " + tip());
            }
            change("wipe", 20, "input");
            change("zoom", 4, "change");
            said.push("canvas " + document.getElementById("canvas").style.width);
            document.querySelector("input[value=error]").click();
            said.push(document.querySelectorAll("#canvas img")[1].alt);
            document.querySelectorAll("#legend input")[1].click();
            said.push("lines " + document.querySelectorAll("#chart polyline").length);
            change("anchor", "aecodec", "change");
            said.push("address " + location.hash);
            for (const line of said) document.body.append(document.createComment(line));
            </script></body>
            """#
        let page = ReportPageTests.page.replacingOccurrences(of: "</body>", with: script)
        let visit = try Browser.visit(page)
        #expect(visit.console.isEmpty, "\(visit.console)")
        let expected = [
            "ArrowRight aecodec / 0.080 bits per sample, 200.0:1 / 40.36 dB",
            "ArrowRight aecodec / 0.100 bits per sample, 160.0:1 / 41.65 dB",
            "ArrowDown OpenJPEG 5/3 / 0.100 bits per sample, 160.0:1 / 40.38 dB", "Escape ", "canvas 1680px",
            "error of aecodec", "lines 4", "address #anchor=aecodec",
        ]
        for words in expected { #expect(visit.document.contains("<!--\(words)-->"), "\(words)") }
    }

    @Test func emptyReportOpens() throws {
        var report = ReportSpecimen.report
        report.images = []
        let visit = try Browser.visit(ReportPage.html(report, anchor: ""))
        #expect(visit.console.isEmpty, "\(visit.console)")
        #expect(visit.document.contains("data-ready=\"true\""))
    }

    /// Light and dark pictures differ where it matters, and the test would notice a page that stays white.
    @Test func followsTheColorsOfTheReader() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "shots-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var sizes: [Bool: Data] = [:]
        for isDark in [false, true] {
            let target = folder.appendingPathComponent("\(isDark).png")
            try Browser.screenshot(ReportPageTests.page, width: 900, height: 700, isDark: isDark, to: target)
            sizes[isDark] = try Data(contentsOf: target)
        }
        #expect(sizes[false] != sizes[true])
        #expect(sizes.values.allSatisfy { $0.count > 20_000 })
    }

    @Test func consoleIsHeard() throws {
        let visit = try Browser.visit("<!doctype html><script>missing()</script>")
        #expect(visit.console.contains { $0.contains("missing is not defined") })
    }
}
