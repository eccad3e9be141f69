// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import AEBenchmark

/// The whole program on fixtures.
@Suite struct RunTests {
    static let image = BenchProgram.fixtures + "/pydicom/MR_small.dcm"
    static let quick = [
        "--codecs", "aecodec,openjpeg-5/3,openjpeg-9/7,zstd", "--rates", "0.3,0.6,1.2,2.4", "--timed-rates",
        "1.2", "--repetitions", "1",
    ]

    static func report(_ path: String) throws -> BenchmarkReport {
        try BenchmarkReport(json: try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test func runMeasuresSizesCurvesAndTimes() throws {
        let folder = try Scratch()
        let json = folder.path("a.json")
        let run = try BenchProgram.run(
            [Self.image] + Self.quick + [
                "--json", json, "--csv", folder.path("a.csv"), "--html", folder.path("a.html"), "--images",
                "MR_small.dcm", "--chart", folder.path("a.svg"),
            ], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let report = try Self.report(json)
        let image = try #require(report.images.first)
        #expect(image.name == "pydicom/MR_small.dcm")
        #expect(image.groups == ["pydicom"])
        for codec in ["aecodec", "OpenJPEG 5/3", "zstd -19"] {
            let point = try #require(image.points.first { $0.codec == codec && $0.mode == .lossless })
            #expect(point.maximumError == 0)
        }
        let timed = image.points.filter { $0.encode != nil }
        #expect(timed.contains { $0.codec == "aecodec" && $0.mode == .lossless })
        #expect(timed.contains { $0.codec == "OpenJPEG 9/7" && $0.mode == .lossy })
        for point in timed {
            for timing in [point.encode, point.decode] {
                let timing = try #require(timing)
                #expect(timing.cpu > 0 && timing.wall > 0 && timing.repetitions == 1)
                // A process with Swift's libraries, and not one with the images of others.
                #expect(timing.peakBytes > 1 << 20 && timing.peakBytes < 200 << 20)
            }
        }
        #expect(run.output.contains("BD-rate against OpenJPEG 9/7"))
        let lines = try String(contentsOfFile: folder.path("a.csv"), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 1 + image.points.count)
        let page = try String(contentsOfFile: folder.path("a.html"), encoding: .utf8)
        #expect(page.contains("data:image/png;base64,"))
        #expect(try String(contentsOfFile: folder.path("a.svg"), encoding: .utf8).contains("<svg"))
    }

    @Test func comparisonDecidesTheStatus() throws {
        let folder = try Scratch()
        let first = try BenchProgram.run(
            [Self.image, "--lossless", "--json", folder.path("old.json")] + Self.quick, in: folder)
        #expect(first.status == 0)
        let same = try BenchProgram.run(
            ["--from", folder.path("old.json"), "--compare", folder.path("old.json")], in: folder)
        #expect(same.status == 0)
        #expect(same.output.contains("nothing is worse"))
        // As if the run of before had been better.
        var better = try Self.report(folder.path("old.json"))
        for index in better.images[0].points.indices { better.images[0].points[index].byteCount -= 100 }
        try better.json().write(to: URL(fileURLWithPath: folder.path("better.json")))
        let worse = try BenchProgram.run(
            ["--from", folder.path("old.json"), "--compare", folder.path("better.json")], in: folder)
        #expect(worse.status == 1)
        #expect(worse.output.contains("pydicom/MR_small.dcm, lossless"))
    }

    @Test func foldersAreSearchedByContent() throws {
        let folder = try Scratch()
        let inner = folder.path("inner")
        try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: Self.image, toPath: inner + "/image.of.some.kind")
        try Data("no image".utf8).write(to: URL(fileURLWithPath: inner + "/notes.dcm"))
        let run = try BenchProgram.run(
            [inner, "--lossless", "--repetitions", "0", "--codecs", "zstd", "--json", folder.path("a.json")],
            in: folder)
        #expect(run.status == 0)
        #expect(!run.errors.contains("skipped"))
        #expect(try Self.report(folder.path("a.json")).images.map(\.name) == ["inner/image.of.some.kind"])
    }

    @Test(
        arguments: [
            ([], 64), (["--rates", "1,x", "image"], 64), (["--rates", "1,2", "image"], 64),
            (["--codecs", "gif", "image"], 64), (["--bounded", "0", "image"], 64),
            (["/there/is/no/image"], 2), (["--from", "/there/is/no/report"], 2),
            (["--images", "a", "image"], 64),
        ] as [([String], Int32)])
    func wrongCommandLines(_ arguments: [String], _ status: Int32) throws {
        let run = try BenchProgram.run(arguments, in: try Scratch())
        #expect(run.status == status)
        #expect(!run.errors.isEmpty)
    }

    @Test func workersSayWhatIsWrong() throws {
        let folder = try TemporaryFolder()
        let task = WorkerTask(
            direction: .decode, codec: "zstd", mode: .lossless, setting: nil, options: CodecOptions(),
            samples: folder.path("none"), streams: folder.path("none"))
        #expect {
            try task.performInProcess(BenchProgram.path, folder: folder)
        } throws: { error in
            "\(error)".contains("status 1") && "\(error)".contains("cannot be read")
        }
    }

    @Test func peaksAreThoseOfTheWorker() throws {
        // This process is made larger than any worker has a reason to be.
        let ballast = [UInt8](repeating: 1, count: 400 << 20)
        let folder = try TemporaryFolder()
        try ExchangeFiles.write(PlainSamples(stored: BenchImages.noisy(12)), folder.path("samples"))
        let task = WorkerTask(
            direction: .encode, codec: "zstd", mode: .lossless, setting: nil, options: CodecOptions(),
            samples: folder.path("samples"), streams: folder.path("streams"))
        let result = try task.performInProcess(BenchProgram.path, folder: folder)
        #expect(try #require(result.cost.peakBytes) < ballast.count / 2)
        #expect(result.byteCount > 0)
    }
}
