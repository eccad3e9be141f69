// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Foundation
import TestSupport
import Testing

@testable import AEBenchmark

/// Recordings measured: targets, means, beats, and the report.
@Suite struct RecordingMeasurementTests {
    static let report: SignalReport = {
        let catalog = SignalCatalog(only: ["aecodec", "zstd", "xz", "cdf-9/7", "dct-64"])
        let plan = SignalPlan(program: "")
        let recording = BenchmarkRecording.made()
        let measurement = RecordingMeasurement(recording, catalog: catalog, plan: plan)
        let result = try? measurement.measure()
        return SignalReport(
            program: "aecodec", date: "2026-01-01",
            machine: Machine(processor: "one", system: "two", threads: 1),
            codecs: catalog.codecs.map(\.description), targets: plan.targets,
            recordings: result.map { [$0] } ?? [])
    }()

    @Test func ratiosAreThoseOfTheTargets() throws {
        let result = try #require(Self.report.recordings.first)
        #expect(result.targets.count == 5 * Self.report.codecs.count { $0.mode == .lossy })
        for target in result.targets {
            // The nearest points enclose the target, and the ratio lies between theirs.
            let points = result.points.filter { $0.codec == target.codec }
            let near = points.filter {
                abs($0.value(target.target.measure) / target.target.percent - 1) < 0.1
            }
            #expect(near.contains { abs($0.ratio / target.ratio - 1) < 0.1 })
        }
        for point in result.points {
            #expect(point.ratio == Double(result.sampleCount * 11) / Double(8 * point.byteCount))
            // The offset makes PRD small, and nothing else.
            #expect(point.prd < 0.4 * point.prdn && point.prdWithoutOffset <= point.prdn * 1.001)
            #expect(abs(try #require(point.rmseMicrovolts) - 5 * point.rmse) < 1e-9)
        }
    }

    @Test func beatsAreJudged() throws {
        let result = try #require(Self.report.recordings.first)
        #expect(result.detector?.f1 == 1)
        let count = BenchmarkRecording.made().beats?.places.count ?? 0
        for target in result.targets where target.target.measure == .prdn {
            let beats = try #require(target.beats)
            #expect((beats.normal?.count ?? 0) + (beats.ectopic?.count ?? 0) == count)
            #expect(beats.windows?.count == 3)
            let normal = try #require(beats.normal)
            #expect(normal.median <= normal.percentile95 && normal.percentile95 <= normal.worst)
            #expect(abs(beats.prdn / target.target.percent - 1) < 0.1)
            #expect(beats.score.f1 > 0.99)
        }
        #expect(result.targets.allSatisfy { ($0.beats == nil) == ($0.target.measure == .prd) })
    }

    /// PRD with an offset makes no sense where there is none.
    @Test func signalsWithoutOffsetHaveNoTargetsOfPRD() throws {
        let recording = BenchmarkRecording.made(seconds: 20, offset: 0)
        let measurement = RecordingMeasurement(
            recording, catalog: SignalCatalog(only: ["cdf-9/7"]), plan: SignalPlan(program: ""))
        let result = try measurement.measure()
        #expect(result.targets.map(\.target.percent) == [9, 5, 2])
    }

    /// Missing samples are kept without loss, and neither coded nor compared with loss.
    @Test func missingSamplesAreNotCompared() throws {
        var recording = BenchmarkRecording.made(seconds: 20)
        for index in 1000..<1200 { recording.rows[0][index] = -32768 }
        recording.missing = [-32768, nil]
        let measurement = RecordingMeasurement(
            recording, catalog: SignalCatalog(only: ["aecodec", "cdf-9/7"]), plan: SignalPlan(program: ""))
        let result = try measurement.measure()
        #expect(result.lossless.allSatisfy { $0.failure == nil })
        #expect(result.points.allSatisfy { $0.maximumError < 5000 })
        let found = result.targets.filter { $0.codec == "CDF 9/7" }.map(\.target.percent)
        #expect(found == [9, 5, 2, 0.53, 1.71])
    }

    @Test func interpolationFollowsLogarithms() throws {
        func point(_ prdn: Double, _ ratio: Double) -> SignalPoint {
            SignalPoint(
                codec: "", step: ratio, byteCount: 0, ratio: ratio, prd: 0, prdWithoutOffset: 0, prdn: prdn,
                prdnOfSignals: [], rmse: 0, maximumError: 0)
        }
        let points = [point(8, 32), point(2, 8)]
        let middle = try #require(points.interpolated(DistortionTarget(.prdn, 4), \.ratio))
        #expect(abs(middle - 16) < 1e-9)
        #expect(points.interpolated(DistortionTarget(.prdn, 8), \.ratio) == 32)
        #expect(points.interpolated(DistortionTarget(.prdn, 1), \.ratio) == nil)
        #expect(points.interpolated(DistortionTarget(.prdn, 9), \.ratio) == nil)
    }

    @Test func meansAreOfBothKinds() throws {
        let mean = try #require(SignalSummary.Mean([2, 8]))
        #expect(
            mean.arithmetic == 5 && abs(mean.geometric - 4) < 1e-12 && mean.least == 2 && mean.greatest == 8)
        #expect(SignalSummary.Mean([]) == nil)
    }

    @Test func reportsComeBackFromJSON() throws {
        var report = Self.report
        report.recordings[0].points[0].prdnOfSignals = [.infinity]
        #expect(try SignalReport(json: report.json()) == report)
        report.formatVersion = 99
        let other = try report.json()
        #expect(throws: BenchmarkError.reportVersion(99)) { try SignalReport(json: other) }
        #expect(throws: BenchmarkError.self) { try SignalReport(json: Data("{}".utf8)) }
    }

    /// What a run did not measure can come from an earlier one; what it did measure stays.
    @Test func reportsAreJoined() throws {
        var new = Self.report
        new.codecs.removeAll { $0.name == "DCT-64" || $0.name == "xz -6" }
        new.recordings[0].lossless.removeAll { $0.codec == "xz -6" }
        new.recordings[0].points.removeAll { $0.codec == "DCT-64" }
        new.recordings[0].targets.removeAll { $0.codec == "DCT-64" }
        var joined = new
        joined.add(Self.report)
        #expect(joined.codecs.count == Self.report.codecs.count)
        #expect(joined.recordings[0].lossless.count == Self.report.recordings[0].lossless.count)
        #expect(joined.recordings[0].points.count == Self.report.recordings[0].points.count)
        #expect(joined.recordings[0].targets.count == Self.report.recordings[0].targets.count)
        var other = Self.report
        other.recordings[0].length += 1
        var same = new
        same.add(other)
        #expect(same.recordings == new.recordings)
    }

    @Test func pageHasEverythingAndNoScript() throws {
        let recording = BenchmarkRecording.made()
        let catalog = SignalCatalog(only: ["cdf-9/7"])
        let measurement = RecordingMeasurement(recording, catalog: catalog, plan: SignalPlan(program: ""))
        let strips = measurement.strips(of: Self.report.recordings[0], start: nil)
        // Two signals at three targets.
        #expect(strips.count == 6)
        let strip = strips[0].svg
        #expect(strip.contains("width=\"250mm\"") && strip.contains("class=\"beat\""))
        #expect(["original", "decoded", "error"].allSatisfy { strip.contains("class=\"trace \($0)\"") })
        var report = Self.report
        report.recordings[0].name = "<made>&/one.hea"
        let page = SignalPage.html(report, strips: strips)
        for section in [
            "ratios", "curves", "beats", "strips", "lossless", "recordings", "codecs", "definitions",
        ] {
            #expect(page.contains("<section id=\"\(section)\""))
        }
        #expect(!page.contains("<script") && !page.contains("<made>") && page.contains("&lt;made&gt;&amp;"))
        #expect(page.components(separatedBy: "class=\"strip\"").count == 7)
    }

    @Test(.enabled(if: Browser.isPresent, Browser.absence)) func browsersShowThePage() throws {
        let visit = try Browser.visit(SignalPage.html(Self.report))
        #expect(visit.console.isEmpty, "\(visit.console)")
        #expect(visit.document.contains("Ratio at equal distortion"))
    }
}
