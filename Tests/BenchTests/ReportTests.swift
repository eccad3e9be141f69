// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import AEBenchmark

/// Reports as files, and one against another.
@Suite struct ReportTests {
    static let machine = Machine(processor: "a processor", system: "a system", threads: 1)

    static func timing(_ cpu: Double) -> Timing {
        Timing(wall: cpu, cpu: cpu, cpuSpread: 0, peakBytes: 1, repetitions: 1)
    }

    /// A codec whose rate is `factor` times what it might be, and whose times are `cpu`.
    static func points(_ codec: String, lossless: String, bytes: Int, factor: Double, cpu: Double) -> [Point]
    {
        var whole = Point(codec: lossless, mode: .lossless, isMapped: false, setting: nil)
        whole.byteCount = bytes
        whole.bitsPerSample = 8 * Double(bytes) / 1e6
        whole.encode = timing(cpu)
        whole.decode = timing(cpu)
        return [whole]
            + [0.05, 0.2, 0.5, 1, 2.5].map { rate in
                var point = Point(codec: codec, mode: .lossy, isMapped: false, setting: rate)
                point.bitsPerSample = rate * factor
                point.byteCount = Int(1e6 * rate * factor / 8)
                point.psnr = 50 + 6 * rate
                point.meanSquaredError = 4095 * 4095 * pow(10, -(50 + 6 * rate) / 10)
                if rate == 1 { (point.encode, point.decode) = (timing(cpu), timing(cpu)) }
                return point
            }
    }

    static func report(
        bytes: Int = 500_000, factor: Double = 0.9, cpu: Double = 0.5, failure: String? = nil,
        name: String = "a, folder/\"one\".dcm"
    ) -> BenchmarkReport {
        var ours = points("aecodec", lossless: "aecodec", bytes: bytes, factor: factor, cpu: cpu)
        ours[0].failure = failure
        let image = ImageResult(
            name: name, groups: ["one"], apart: nil, frames: 1, rows: 1000, columns: 1000, bitsStored: 12,
            bitsAllocated: 16, isSigned: false, isCrop: false, leastError: 1, highestRate: 2,
            points: ours
                + points("OpenJPEG 9/7", lossless: "OpenJPEG 5/3", bytes: 520_000, factor: 1, cpu: 1))
        return BenchmarkReport(
            program: "aecodec 0", date: "2026-01-01", machine: machine,
            codecs: [CodecDescription(name: "aecodec", mode: .lossy, version: "0", note: nil)],
            images: [image])
    }

    static func faults(_ new: BenchmarkReport) -> [String] {
        Regression(from: report(), to: new, anchor: "OpenJPEG 9/7").faults
    }

    @Test func jsonComesBack() throws {
        let report = Self.report(failure: "none \"such\"")
        #expect(try BenchmarkReport(json: report.json()) == report)
    }

    @Test func otherFilesAreNoReports() throws {
        #expect(throws: BenchmarkError.self) { try BenchmarkReport(json: Data("{}".utf8)) }
        var later = Self.report()
        later.formatVersion = 2
        #expect(throws: BenchmarkError.reportVersion(2)) { try BenchmarkReport(json: later.json()) }
    }

    @Test func csvHasALineForEveryPointAndQuotesWhatNeedsIt() {
        let report = Self.report()
        let lines = report.csv().split(separator: "\n")
        #expect(lines.count == 1 + report.images[0].points.count)
        #expect(
            lines[1].hasPrefix("\"a, folder/\"\"one\"\".dcm\",one,,1,1000,1000,12,16,false,aecodec,lossless,")
        )
        let count = lines[0].split(separator: ",").count
        // Two commas more, one in the name and none elsewhere.
        #expect(lines[1].split(separator: ",", omittingEmptySubsequences: false).count == count + 1)
    }

    @Test func comparisonTakesCodecsByName() throws {
        let image = Self.report().images[0]
        let whole = try #require(
            try RateComparison(image, anchor: "OpenJPEG 9/7", test: "aecodec").whole)
        #expect(abs(whole.rateChange + 0.1) < 1e-9)
        #expect(throws: (any Error).self) {
            try RateComparison(image, anchor: "OpenJPEG 9/7", test: "nobody")
        }
    }

    @Test func timesAreHeldAgainstTheNearestRate() {
        let image = Self.report().images[0]
        for direction in CodingDirection.allCases {
            #expect(image.timeRatios(of: "aecodec", to: "OpenJPEG 9/7", .lossy, direction) == [0.5])
            #expect(image.timeRatios(of: "aecodec", to: "OpenJPEG 5/3", .lossless, direction) == [0.5])
            #expect(image.timeRatios(of: "aecodec", to: "nobody", .lossless, direction).isEmpty)
        }
    }

    @Test func sameRunIsNotWorse() { #expect(Self.faults(Self.report()).isEmpty) }

    @Test(arguments: [(500_500, 0), (500_501, 1), (400_000, 0)])
    func bytesMayGrowByAThousandth(_ bytes: Int, _ count: Int) {
        #expect(Self.faults(Self.report(bytes: bytes)).count == count)
    }

    @Test(arguments: [(0.9029, 0), (0.9031, 1), (0.8, 0)])
    func ratesMayGrowByThreeTenthsOfAPoint(_ factor: Double, _ count: Int) {
        #expect(Self.faults(Self.report(factor: factor)).count == count)
    }

    @Test(arguments: [(0.57, 0), (0.58, 4), (0.1, 0)])
    func timesMayGrowByFifteenPercent(_ cpu: Double, _ count: Int) {
        #expect(Self.faults(Self.report(cpu: cpu)).count == count)
    }

    @Test func failureIsWorse() {
        let faults = Self.faults(Self.report(failure: "it broke"))
        #expect(faults.count == 1)
        #expect(faults[0].contains("it broke"))
    }

    @Test func runsWithoutACommonImageCannotBeCompared() {
        #expect(Self.faults(Self.report(name: "another")).count == 1)
    }

    @Test func groupsAreSummedUp() throws {
        let summary = try #require(GroupSummary([0.5, -0.5, 0.3]))
        #expect(abs(summary.mean - 0.1) < 1e-12)
        #expect(summary.median == 0.3)
        #expect(summary.worst == 0.5)
        #expect(GroupSummary([]) == nil)
    }
}
