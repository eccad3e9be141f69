// SPDX-License-Identifier: Apache-2.0
import AECodecEncoder
import AEMetrics
import Foundation
import MedicalFormats
import Samples
import TestSupport
import Testing

@testable import AEBenchmark

/// The whole program on recordings.
@Suite struct SignalRunTests {
    static let record = BenchProgram.fixtures + "/signals/wfdb/100_3chan.hea"

    @Test func recordingsAreMeasured() throws {
        let folder = try Scratch()
        let json = folder.path("a.json")
        let run = try BenchProgram.run(
            [
                "signals", Self.record, "--codecs", "aecodec,command,zstd,cdf-9/7", "--repetitions", "1",
                "--json",
                json,
                "--html", folder.path("a.html"), "--strips", "100_3chan.hea", "--strip-file",
                folder.path("a.svg"),
            ], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let report = try SignalReport(json: try Data(contentsOf: URL(fileURLWithPath: json)))
        let result = try #require(report.recordings.first)
        #expect(result.name == "wfdb/100_3chan.hea" && result.groups == ["wfdb"])
        #expect(result.signals == 3 && result.rate == 360 && result.bits == 11)
        #expect(result.lossless.map(\.codec) == ["aecodec", "zstd -19, differences", "aecodec compress"])
        for codec in result.lossless {
            #expect(codec.failure == nil && codec.byteCount > 0)
            #expect(codec.encode?.repetitions == 1 && (codec.decode?.cpu ?? 0) > 0)
        }
        let timed = result.targets.filter { $0.encode != nil }
        #expect(Set(timed.map(\.target)) == [DistortionTarget(.prdn, 5)])
        #expect(run.output.contains("mean ratio (geometric)"))
        #expect(try String(contentsOfFile: folder.path("a.svg"), encoding: .utf8).hasPrefix("<svg"))
        let again = try BenchProgram.run(
            ["signals", "--from", json, "--html", folder.path("b.html")], in: folder)
        #expect(again.status == 0 && again.output == run.output)
    }

    /// Folders are searched by content, groups come from a list, and what cannot be read is skipped.
    @Test func foldersAreSearchedAndGroupsAreListed() throws {
        let folder = try Scratch()
        let groups = folder.path("groups.txt")
        try Data("edf/two-rates.edf two\nwfdb/041s/ no\n".utf8).write(to: URL(fileURLWithPath: groups))
        let json = folder.path("a.json")
        let run = try BenchProgram.run(
            [
                "signals", BenchProgram.fixtures + "/signals/edf", "--groups", groups, "--only-grouped",
                "--lossless", "--codecs", "zstd", "--json", json,
            ], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let report = try SignalReport(json: try Data(contentsOf: URL(fileURLWithPath: json)))
        #expect(report.recordings.map(\.name) == ["edf/two-rates.edf #1", "edf/two-rates.edf #2"])
        #expect(report.recordings.allSatisfy { $0.groups == ["two"] && $0.targets.isEmpty })
        let broken = folder.path("broken.hea")
        try Data("broken 1 360 10\nbroken.dat 212 200 11 1024 0 0 0 I\n".utf8).write(
            to: URL(fileURLWithPath: broken))
        let other = try BenchProgram.run(["signals", broken, "--lossless"], in: folder)
        #expect(other.status == 0 && other.errors.contains("needs the file broken.dat"))
    }

    @Test(arguments: [
        ["signals"], ["signals", "x", "--from", "y"], ["signals", "x", "--codecs", "no"],
        ["signals", "x", "--strips", "y"], ["signals", "x", "--prdn", "0"],
        ["signals", "x", "--only-grouped"],
    ])
    func commandLinesAreChecked(arguments: [String]) throws {
        #expect(try BenchProgram.run(arguments, in: try Scratch()).status == 64)
    }

    /// Who gives a recording to the program for images is told where it belongs.
    @Test func recordingsAreNoImages() throws {
        let run = try BenchProgram.run([Self.record, "--lossless", "--codecs", "zstd"], in: try Scratch())
        #expect(run.errors.contains("a recording; 'signals' measures those"))
    }

    @Test func missingFilesEndWithStatus2() throws {
        let folder = try Scratch()
        #expect(try BenchProgram.run(["signals", "/nowhere.hea"], in: folder).status == 2)
        #expect(try BenchProgram.run(["signals", "--from", "/nowhere.json"], in: folder).status == 2)
    }
}

/// The detector against the annotations of MIT-BIH.
@Suite struct DetectorTests {
    private static let archive = Repository.sharedImages.map { $0 + "/ecg/mitdb-paced.tar.xz" }

    /// Every paced record reaches 0.99; the numbers were fitted on others.
    @Test(
        .enabled(
            if: archive.map(FileManager.default.fileExists) ?? false,
            "SKIPPED: the shared recordings are absent"))
    func beatsAreThoseOfTheAnnotations() throws {
        let tar = try #require(PeerProgram("tar"))
        let folder = try Scratch()
        let target = folder.path("records")
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        try #require(try tar.run(["-xJf", #require(Self.archive), "-C", target]).status == 0)
        for record in ["102", "104", "107", "217"] {
            let read = { (name: String) in
                FileManager.default.contents(atPath: "\(target)/mitdb/\(name)").map { [UInt8]($0) }
            }
            let recording = try Recording.read(
                name: "\(record).hea", #require(read("\(record).hea")), lookup: read)
            let group = recording.groups[0]
            let annotations = try WFDBAnnotations(#require(read("\(record).atr")))
            let matching = BeatMatching(
                reference: annotations.beats(recordRate: group.rate).map(\.time),
                found: BeatDetector.beats(group.samples, rate: group.rate.hertz), rate: group.rate.hertz)
            #expect(matching.f1 >= 0.99, "\(record): \(matching)")
        }
    }
}
