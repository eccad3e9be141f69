// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import TestSupport

/// Recordings become archives of their files, and come back.
@Suite struct RecordingTests {
    static let fixtures = Repository.root + "/Fixtures/signals/"

    /// A folder with the files of a fixture.
    static func folder(_ names: [String]) throws -> Folder {
        let folder = try Folder()
        for name in names {
            let url = URL(filePath: fixtures + name)
            try folder.write(try Data(contentsOf: url), url.lastPathComponent)
        }
        return folder
    }

    static let record = ["wfdb/100_3chan.hea", "wfdb/100_3chan.dat"]

    @Test func aRecordIsAllOfItsFiles() throws {
        let folder = try Self.folder(Self.record)
        try folder.write(Data([1, 2, 3]), "100_3chan.atr")
        let before = try ["hea", "dat", "atr"].map { try folder.bytes("100_3chan.\($0)") }
        let run = try folder.run("compress", "--annotations", "atr", "100_3chan.hea")
        #expect(run.status == 0, "\(run.errors)")
        #expect(folder.contents.contains("100_3chan.hea.aec"))
        // Nothing is overwritten, and nothing is written in part.
        try FileManager.default.removeItem(at: folder.path("100_3chan.dat"))
        #expect(try folder.run("decompress", "100_3chan.hea.aec").status == 2)
        #expect(!folder.exists("100_3chan.dat"))
        #expect(try folder.run("decompress", "--force", "100_3chan.hea.aec").status == 0)
        try folder.make("out")
        #expect(try folder.run("decompress", "100_3chan.hea.aec", "-o", "out").status == 0)
        for place in ["", "out/"] {
            #expect(try ["hea", "dat", "atr"].map { try folder.bytes("\(place)100_3chan.\($0)") } == before)
        }
        #expect(try folder.run("verify", "100_3chan.hea.aec").status == 0)
        #expect(try folder.run("compare", "100_3chan.hea", "100_3chan.hea.aec").status == 0)
        #expect(try folder.run("compress", "--rm", "-f", "100_3chan.hea").status == 64)
        #expect(try folder.run("decompress", "-c", "100_3chan.hea.aec").status == 64)
    }

    @Test(arguments: [
        "edf/two-rates.edf", "edf/gap.bdf", "scp/ECG_00000000_000000_ANON000001.SCP", "wfdb/310derive.hea",
        "wfdb/3000003_0003.hea",
    ]) func filesComeBack(path: String) throws {
        let stem = String(path.dropLast(4))
        let names = path.hasSuffix(".hea") ? [path, stem + ".dat"] : [path]
        let folder = try Self.folder(names)
        let name = URL(filePath: path).lastPathComponent
        let run = try folder.run("compress", name)
        #expect(run.status == 0, "\(run.errors)")
        try folder.make("out")
        #expect(try folder.run("decompress", name + ".aec", "-o", "out").status == 0)
        for file in names.map({ URL(filePath: $0).lastPathComponent }) {
            #expect(try folder.bytes("out/" + file) == folder.bytes(file))
        }
        let report = try #require(
            JSONSerialization.jsonObject(with: folder.run("info", "--json", name + ".aec").output)
                as? [[String: Any]])
        let recording = try #require(report.first?["recording"] as? [String: Any])
        #expect((recording["signals"] as? [Any])?.isEmpty == false)
        #expect(try folder.run("info", name + ".aec").text.contains("recording "))
    }

    @Test func signalsAreWrittenInOtherFormats() throws {
        let folder = try Self.folder(Self.record)
        #expect(try folder.run("compress", "100_3chan.hea").status == 0)
        for (format, file) in [
            ("wfdb16", "100_3chan.hea"), ("wfdb212", "100_3chan.hea"), ("edf", "100_3chan.edf"),
            ("bdf", "100_3chan.bdf"),
        ] {
            try folder.make(format)
            let run = try folder.run("decompress", "100_3chan.hea.aec", "--format", format, "-o", format)
            #expect(run.status == 0, "\(run.errors)")
            let compared = try folder.run("compare", "100_3chan.hea", "\(format)/\(file)")
            #expect(compared.text.contains("maximum error: 0") || format.hasSuffix("df"), "\(compared.text)")
        }
        #expect(try folder.run("decompress", "100_3chan.hea.aec", "-o", "a.npy").status == 0)
        #expect(try folder.bytes("a.npy").count == 128 + 2 * 3 * 999)
        let picture = try folder.run("decompress", "100_3chan.hea.aec", "--format", "pgm", "-o", "a.pgm")
        #expect(picture.status == 64 && !folder.exists("a.pgm"))
    }

    @Test func stretchesOfTime() throws {
        let folder = try Self.folder(Self.record)
        #expect(try folder.run("compress", "100_3chan.hea").status == 0)
        let all = try folder.run("decompress", "100_3chan.hea.aec", "-o", "all.csv")
        let part = try folder.run("decompress", "100_3chan.hea.aec", "-o", "part.csv", "--range", "1s-2s")
        #expect(all.status == 0 && part.status == 0, "\(all.errors) \(part.errors)")
        let lines = try ["all.csv", "part.csv"].map {
            String(decoding: try folder.bytes($0), as: UTF8.self).split(separator: "\n")
        }
        #expect(lines[1].count == 2 + 360)
        #expect(Array(lines[1].dropFirst(2)) == Array(lines[0].dropFirst(2 + 360).prefix(360)))
        #expect(
            try folder.run("decompress", "100_3chan.hea.aec", "--range", "9s-10s", "-o", "b.csv").status == 64
        )
        #expect(
            try folder.run("decompress", "100_3chan.hea.aec", "--region", "0,0,1,1", "-o", "b.npy").status
                == 64)
    }

    @Test func errorsInPhysicalUnits() throws {
        let folder = try Self.folder(Self.record)
        // 200 units in a millivolt.
        #expect(try folder.run("compress", "--max-error", "11uV", "100_3chan.hea").status == 0)
        let run = try folder.run("compare", "100_3chan.hea", "100_3chan.hea.aec")
        #expect(run.status == 1 && run.text.contains("maximum error: 2"))
        #expect(try folder.run("compress", "--max-error", "3uV", "100_3chan.hea", "-o", "b.aec").status == 0)
        #expect(try folder.run("compare", "100_3chan.hea", "b.aec").status == 0)
    }

    @Test func recordingsMayLose() throws {
        let folder = try Self.folder(Self.record)
        for (option, value, name) in [
            ("--prd", "4", "a.aec"), ("--quality", "50", "b.aec"), ("--ratio", "12", "c.aec"),
        ] {
            let run = try folder.run("compress", option, value, "100_3chan.hea", "-o", name)
            #expect(run.status == 0 && run.errors.contains("the archive is lossy"), "\(run.errors)")
            let compared = try folder.run("compare", "100_3chan.hea", name)
            #expect(compared.status == 1 && compared.text.contains("PRDN"))
            #expect(try folder.run("verify", name).status == 0)
        }
        let each = try folder.run("compress", "--prd", "4", "--per-window", "100_3chan.hea", "-o", "e.aec")
        #expect(each.status == 0 && each.errors.contains("the archive is lossy"), "\(each.errors)")
        #expect(try folder.run("verify", "e.aec").status == 0)
        #expect(try folder.run("compress", "--per-window", "100_3chan.hea").status == 64)
        let kept = try folder.run("compress", "--prd", "4", "--rm", "100_3chan.hea", "-o", "d.aec")
        #expect(kept.status == 64 && folder.exists("100_3chan.hea"))
    }

    @Test func tablesNeedARate() throws {
        let folder = try Folder()
        let table = (0..<300).map { "\($0 % 7).\(10 + $0 % 80),\($0).00" }.joined(separator: "\n") + "\n"
        try folder.write(Data(("a,b\n" + table).utf8), "t.csv")
        #expect(try folder.run("compress", "t.csv").status == 1)
        #expect(try folder.run("compress", "--rate", "250", "t.csv").status == 0)
        try folder.make("out")
        #expect(try folder.run("decompress", "t.csv.aec", "-o", "out").status == 0)
        #expect(try folder.bytes("out/t.csv") == folder.bytes("t.csv"))
        #expect(try folder.run("info", "t.csv.aec").text.contains("250 Hz"))
        try folder.write(Data("1,2\n3,NaN\n".utf8), "n.csv")
        let refused = try folder.run("compress", "--rate", "250", "n.csv")
        #expect(refused.status == 1 && refused.errors.contains("line 2, column 2"))
        #expect(try folder.run("compress", "--rate", "250", "--exact-file", "n.csv").status == 0)
    }

    /// A checksum that is not that of the samples is told and kept; so is a header that lies about their number.
    @Test func headersThatDisagreeAreKept() throws {
        let folder = try Self.folder(Self.record)
        var header = String(decoding: try folder.bytes("100_3chan.hea"), as: UTF8.self)
        header = header.replacingOccurrences(of: " 999", with: " 1200")
        try folder.write(Data(header.utf8), "100_3chan.hea")
        let run = try folder.run("compress", "100_3chan.hea")
        #expect(run.status == 0 && run.errors.contains("states 1200 frames"))
        try folder.make("out")
        #expect(try folder.run("decompress", "100_3chan.hea.aec", "-o", "out").status == 0)
        #expect(try folder.bytes("out/100_3chan.hea") == Data(header.utf8))
        try FileManager.default.removeItem(at: folder.path("100_3chan.dat"))
        let missing = try folder.run("compress", "-f", "100_3chan.hea")
        #expect(missing.status == 1 && missing.errors.contains("100_3chan.dat"))
    }

    /// A header that comes back with samples that lost something states their checksums; nothing else of it changes.
    @Test func checksumsFollowTheSamples() throws {
        let folder = try Self.folder(Self.record)
        #expect(try folder.run("compress", "--prd", "8", "100_3chan.hea").status == 0)
        try folder.make("out")
        #expect(try folder.run("decompress", "100_3chan.hea.aec", "-o", "out").status == 0)
        #expect(try folder.bytes("out/100_3chan.dat") != folder.bytes("100_3chan.dat"))
        let headers = try ["100_3chan.hea", "out/100_3chan.hea"].map { try folder.bytes($0) }
        let words = headers.map {
            String(decoding: $0, as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ") }
        }
        #expect(headers[0] != headers[1] && words[0].count == words[1].count)
        for (before, after) in zip(words[0], words[1]) {
            let places = before.indices.filter { $0 >= after.count || before[$0] != after[$0] }
            #expect(before.count == after.count && (places.isEmpty || places == [6]))
        }
        // A reader finds nothing to remark.
        try folder.make("again")
        let run = try folder.run("compress", "-o", "again/x.aec", "out/100_3chan.hea")
        #expect(run.status == 0 && !run.errors.contains("checksum"), "\(run.errors)")
    }

    /// Files of a record that a walk finds beside its header are no failures.
    @Test func walksSkipMembers() throws {
        let folder = try Self.folder(Self.record + ["edf/two-rates.edf"])
        try folder.make("in")
        for name in ["100_3chan.hea", "100_3chan.dat", "two-rates.edf"] {
            try FileManager.default.moveItem(at: folder.path(name), to: folder.path("in/" + name))
        }
        let run = try folder.run("compress", "-r", "-v", "in")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("2 files compressed") && run.errors.contains("1 skipped"))
    }

    /// Every recording of the collection comes back byte for byte.
    @Test(
        .enabled(
            if: Repository.sharedImages != nil,
            "SKIPPED: the shared recordings are absent; set AECODEC_SHARED"))
    func sharedRecordingsComeBack() throws {
        let folder = try Folder()
        let source = (Repository.sharedImages ?? "") + "/ecg"
        let unpack = Process()
        unpack.executableURL = URL(filePath: source + "/unpack")
        unpack.arguments = [folder.path("in").path]
        unpack.standardOutput = FileHandle.nullDevice
        try unpack.run()
        unpack.waitUntilExit()
        let packed = try folder.run("compress", "-r", "--exact-file", "in")
        #expect(packed.status == 0, "\(packed.errors)")
        let archives = folder.contents.filter { $0.hasSuffix(".aec") }
        #expect(archives.count > 340)
        for archive in archives {
            let place = URL(filePath: archive).deletingLastPathComponent().relativePath
            let out = "out/" + place
            try folder.make(out)
            #expect(try folder.run("decompress", "-f", archive, "-o", out).status == 0, "\(archive)")
        }
        for file in folder.contents where file.hasPrefix("out/in/") && !folder.isDirectory(file) {
            #expect(try folder.bytes(file) == folder.bytes(String(file.dropFirst(4))), "\(file)")
        }
    }
}

extension Folder {
    fileprivate func isDirectory(_ name: String) -> Bool {
        (try? attributes(name)[.type] as? FileAttributeType) == .typeDirectory
    }
}
