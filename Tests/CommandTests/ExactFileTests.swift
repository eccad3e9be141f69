// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// `--exact-file`: whatever goes in comes back byte for byte.
@Suite struct ExactFileTests {
    @Test(arguments: Fixture.all) func everyFixtureComesBack(_ fixture: Fixture) throws {
        try checkReplacement(of: fixture.url)
    }

    /// Of every transfer syntax, color and broken ones among them.
    static let conformance = Repository.files(in: Repository.sharedImages.map { $0 + "/conformance" })

    @Test(
        .enabled(
            if: !conformance.isEmpty,
            "SKIPPED: the shared images are absent; set AECODEC_SHARED to their folder"
        ), arguments: conformance)
    func conformanceFilesComeBack(_ file: URL) throws { try checkReplacement(of: file) }

    /// The files that pydicom's own tests use.
    static let pydicomFiles: [URL] = {
        let script = "import os, pydicom; print(os.path.dirname(pydicom.__file__))"
        guard let run = try? PeerProgram.pydicom?.run(["-c", script]) else { return [] }
        let folder = String(decoding: run.output, as: UTF8.self).trimmingCharacters(in: .newlines)
        return Repository.files(in: folder + "/data/test_files").filter { $0.pathExtension != "py" }
    }()

    @Test(.enabled(if: !pydicomFiles.isEmpty, "SKIPPED: pydicom is absent"), arguments: pydicomFiles)
    func pydicomFilesComeBack(_ file: URL) throws { try checkReplacement(of: file) }

    /// The archive takes the place of the file, and gives it back.
    private func checkReplacement(of file: URL) throws {
        let folder = try Folder()
        let original = try Data(contentsOf: file)
        let name = file.lastPathComponent
        try folder.write(original, name)
        let compressed = try folder.run("compress", "--exact-file", "--rm", name)
        #expect(compressed.status == 0, "\(compressed.errors)")
        #expect(folder.contents == [name + ".aec"])
        #expect(try folder.run("verify", name + ".aec").status == 0)
        let source = try #require(InfoReport(folder.run("info", "--json", name + ".aec").output).source)
        #expect(source["byteExact"] as? Bool == true)
        #expect(source["fileBytes"] as? Int == original.count)
        #expect(try folder.run("decompress", "--rm", name + ".aec").status == 0)
        #expect(try folder.bytes(name) == original)
        #expect(folder.contents == [name])
    }

    /// So do recordings: coded where that gives the file back, a header without its samples as it is.
    @Test(arguments: [
        "edf/two-rates.edf", "wfdb/100_3chan.hea", "scp/ECG_00000000_000000_ANON000001.SCP",
    ]) func recordingsReplaceThemselves(path: String) throws {
        try checkReplacement(of: URL(filePath: Repository.root + "/Fixtures/signals/" + path))
    }

    @Test(arguments: ["breast/small-jpeg2000.dcm", "edge/grey-16.png"])
    func samplesOfKeptFilesAreThere(path: String) throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes(path), "a")
        #expect(try folder.run("compress", "--exact-file", "a").status == 0)
        #expect(try folder.run("compare", "a", "a.aec").status == 0)
        #expect(try folder.run("decompress", "a.aec", "-o", "a.pgm").status == 0)
        #expect(try folder.run("compare", "a", "a.pgm").status == 0)
        let region = ["decompress", "a.aec", "--region", "3,5,40,50", "-o", "part.npy"]
        #expect(try Program.run(region, in: folder.url).status == 0)
        #expect(try folder.bytes("part.npy").count == 128 + 2 * 40 * 50)
        let reduced = try folder.run("decompress", "a.aec", "--reduce", "1", "-o", "half.pgm")
        #expect(reduced.status == 1 && reduced.errors.contains("no base to take reduced pictures from"))
        let asked = try folder.run("info", "a.aec").text
        #expect(asked.contains("the whole file is kept, restored byte for byte"))
        #expect(
            try folder.run("verify", "a.aec").text == "a.aec: kept whole: restored file matches\n")
    }

    @Test func refusalsNameTheWayOut() throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("refused/color.dcm"), "a.dcm")
        let refused = try folder.run("compress", "a.dcm")
        #expect(refused.status == 1)
        #expect(refused.errors.hasSuffix("; '--exact-file' archives the file as it is\n"))
        #expect(try folder.run("compress", "--exact-file", "a.dcm").status == 0)
        // The file is there, an image that could be shown is not.
        let picture = try folder.run("decompress", "a.dcm.aec", "-o", "a.png")
        #expect(picture.status == 1 && picture.errors.contains("color images are not supported"))
        for other in [["--quality", "50"], ["--max-error", "2"]] {
            let run = try Program.run(
                ["compress", "--exact-file", "a.dcm", "-f"] + other, in: folder.url)
            #expect(run.status == 64)
        }
    }

    /// Bytes that are damaged come to light, and no file comes out.
    @Test func damageIsFound() throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("refused/text.txt") + Data(repeating: 7, count: 400), "a.txt")
        #expect(try folder.run("compress", "--exact-file", "a.txt").status == 0)
        var archive = try folder.bytes("a.txt.aec")
        archive[archive.count - 30] ^= 1
        try folder.write(archive, "b.txt.aec")
        #expect(try folder.run("verify", "b.txt.aec").status == 1)
        #expect(try folder.run("decompress", "b.txt.aec").status == 1)
        #expect(!folder.exists("b.txt"))
        let cut = try folder.run("decompress", "--partial", "a.txt.aec", "-o", "c.pgm")
        #expect(cut.status == 1 && !folder.exists("c.pgm"))
    }

    /// Walks through directories keep to images, readable or not.
    @Test func walksKeepToImages() throws {
        let folder = try Folder()
        try folder.make("study")
        for name in ["color.dcm", "no-pixels.dcm", "text.txt"] {
            try folder.write(try Fixture.bytes("refused/" + name), "study/" + name)
        }
        #expect(try folder.run("compress", "-r", "--exact-file", "study").status == 0)
        #expect(
            folder.contents.filter { $0.hasSuffix(".aec") } == ["study/color.dcm.aec"])
    }
}
