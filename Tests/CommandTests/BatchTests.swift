// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Many files, and what is said about those that fail.
@Suite struct BatchTests {
    @Test func theWorstOutcomeWins() throws {
        let folder = try Folder()
        try folder.write(Fixture.pgm(rows: 4, columns: 4, seed: 1), "good.pgm")
        try folder.write(Data("no image".utf8), "text.txt")
        let run = try folder.run("compress", "text.txt", "missing.dcm", "good.pgm")
        #expect(run.status == 2)
        #expect(
            run.errorLines == [
                "aecodec: text.txt: not an image this program reads (DICOM, PGM, PNG); '--exact-file' archives "
                    + "the file as it is",
                "aecodec: missing.dcm: cannot open: No such file or directory",
                "aecodec: 2 of 3 files failed",
            ])
        #expect(folder.contents == ["good.pgm", "good.pgm.aec", "text.txt"])
        #expect(try folder.run("compress", "-f", "text.txt", "good.pgm").status == 1)
        #expect(try folder.run("verify", "good.pgm.aec", "text.txt").status == 1)
        #expect(try folder.run("info", "missing.aec").status == 2)
    }

    @Test func archivesAreSkippedWithAWord() throws {
        let folder = try Folder()
        try folder.write(Fixture.pgm(rows: 4, columns: 4, seed: 1), "a.pgm")
        #expect(try folder.run("compress", "a.pgm").status == 0)
        let run = try folder.run("compress", "a.pgm.aec")
        #expect(run.status == 0)
        #expect(run.errors == "aecodec: a.pgm.aec: is an archive already; skipped\n")
        #expect(folder.contents == ["a.pgm", "a.pgm.aec"])
        // A stream that comes out empty must not look like success.
        #expect(try folder.run("compress", "-c", "a.pgm.aec").status == 1)
        #expect(try folder.run("compress", "-", input: folder.bytes("a.pgm.aec")).status == 1)
    }

    @Test func directoriesNeedAWord() throws {
        let folder = try Folder()
        try folder.make("study")
        let run = try folder.run("compress", "study")
        #expect(run.status == 2)
        #expect(run.errors.contains("is a directory"))
    }

    @Test func directoriesAreWalkedByContent() throws {
        let folder = try Folder()
        try folder.make("study/series")
        try folder.make("out")
        let image = try Fixture.bytes("breast/small.dcm")
        try folder.write(image, "study/IM0001")
        try folder.write(Fixture.pgm(rows: 3, columns: 3, seed: 1), "study/series/x.pgm")
        try folder.write(Data("text".utf8), "study/notes.txt")
        try folder.write(try Fixture.bytes("refused/no-pixels.dcm"), "study/report.dcm")
        try FileManager.default.createSymbolicLink(
            at: folder.path("study/link.dcm"), withDestinationURL: folder.path("study/IM0001"))
        try FileManager.default.createSymbolicLink(
            at: folder.path("study/series/up"), withDestinationURL: folder.path("study"))

        let run = try folder.run("compress", "-r", "-v", "study", "-o", "out")
        #expect(run.status == 0)
        #expect(run.errors.contains("2 files compressed"))
        #expect(run.errors.contains("; 4 skipped"))
        #expect(
            folder.contents.filter { $0.hasPrefix("out/") } == [
                "out/IM0001.aec", "out/series", "out/series/x.pgm.aec",
            ])

        // Beside the originals, twice: archives are skipped, existing outputs are an error.
        #expect(try folder.run("compress", "-r", "study").status == 0)
        #expect(try folder.run("compress", "-r", "study").status == 2)
        #expect(try folder.run("compress", "-r", "-f", "study").status == 0)
        #expect(try folder.run("decompress", "-c", "study/IM0001.aec").output == image)
    }

    @Test func onlyErrorsAreSaidOnRequest() throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/small-rle.dcm"), "a.dcm")
        let loud = try folder.run("compress", "a.dcm")
        #expect(loud.errors.contains("Explicit VR Little Endian"))
        #expect(try folder.run("compress", "-q", "-f", "a.dcm").errors.isEmpty)
        let verbose = try folder.run("compress", "-v", "-f", "a.dcm")
        #expect(verbose.errorLines.last?.hasSuffix("verified") == true)
        #expect(try !folder.run("compress", "-q", "a.dcm").errors.isEmpty)
    }
}
