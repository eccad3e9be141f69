// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import Foundation
import FoundationXML
import Testing

@Suite struct ReportChartTests {
    @Test func drawsEveryCodecThatHasAllImages() throws {
        let svg = try #require(ReportChart.svg(ReportSpecimen.report, group: "all"))
        let document = try XMLDocument(xmlString: svg)
        #expect(try document.nodes(forXPath: "//*[local-name()='polyline']").count == 5)
        #expect(svg.contains(">aecodec</text>"))
        #expect(!svg.contains("JPEG XL e7"))
        #expect(svg.contains("prefers-color-scheme: dark"))
        #expect(svg.contains(">25:1</text>"))
    }

    /// PSNR of the specimen rises by 4 dB an octave and 0.4 dB a bit of rate; a factor on the rate is then a
    /// constant less what the bits make.
    @Test func differencesAreThoseOfTheCurves() throws {
        let svg = try #require(
            ReportChart.svg(ReportSpecimen.report, group: "mammograms", against: "OpenJPEG 9/7"))
        #expect(svg.contains(">PSNR less that of OpenJPEG 9/7, dB</text>"))
        let lines = try XMLDocument(xmlString: svg).nodes(forXPath: "//*[local-name()='polyline']/@points")
        #expect(lines.count == 6)
        let levels = try lines.map { line -> Set<Substring> in
            let points = try #require(line.stringValue)
            return Set(points.split(separator: " ").compactMap { $0.split(separator: ",").last })
        }
        // The zero line is level, and no other is.
        #expect(levels.count { $0.count == 1 } == 1)
    }

    @Test func groupWithoutCurvesHasNoChart() {
        #expect(ReportChart.svg(ReportSpecimen.report, group: "none") == nil)
        var report = ReportSpecimen.report
        report.images = []
        #expect(ReportChart.svg(report, group: "all") == nil)
    }

    @Test func namesStayTexts() throws {
        var report = ReportSpecimen.report
        for index in report.images.indices where !report.images[index].groups.isEmpty {
            report.images[index].groups = ["<b>\"&"]
        }
        let svg = try #require(ReportChart.svg(report, group: "<b>\"&"))
        #expect(!svg.contains("<b>"))
        _ = try XMLDocument(xmlString: svg)
    }
}
