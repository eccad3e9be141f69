// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Where results go, and what is never overwritten or lost.
@Suite struct OutputTests {
    /// A folder with one small image and its archive.
    private func prepared() throws -> Folder {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/small.dcm"), "a.dcm")
        #expect(try folder.run("compress", "a.dcm").status == 0)
        return folder
    }

    @Test func existingFilesStayWithoutForce() throws {
        let folder = try prepared()
        try folder.write(Data("precious".utf8), "a.dcm.aec")
        let refused = try folder.run("compress", "a.dcm")
        #expect(refused.status == 2)
        #expect(refused.errors == "aecodec: a.dcm: 'a.dcm.aec' exists; '--force' replaces it\n")
        #expect(try folder.bytes("a.dcm.aec") == Data("precious".utf8))

        #expect(try folder.run("compress", "-f", "a.dcm").status == 0)
        #expect(try folder.run("decompress", "a.dcm.aec").status == 2)
        #expect(try folder.run("decompress", "--force", "a.dcm.aec").status == 0)
        #expect(folder.contents == ["a.dcm", "a.dcm.aec"])
    }

    @Test func theInputIsNeverItsOwnOutput() throws {
        let folder = try prepared()
        let run = try folder.run("compress", "-f", "a.dcm", "-o", "./a.dcm")
        #expect(run.status == 2)
        #expect(try folder.bytes("a.dcm") == Fixture.bytes("breast/small.dcm"))
    }

    @Test func timesAndPermissionsAreCopied() throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/small.dcm"), "a.dcm")
        let date = Date(timeIntervalSince1970: 1_000_000_000)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o640, .modificationDate: date], ofItemAtPath: folder.path("a.dcm").path)
        #expect(try folder.run("compress", "a.dcm").status == 0)
        #expect(try folder.run("decompress", "a.dcm.aec", "-o", "b.dcm").status == 0)
        for name in ["a.dcm.aec", "b.dcm"] {
            let attributes = try folder.attributes(name)
            #expect(attributes[.posixPermissions] as? Int == 0o640)
            #expect(attributes[.modificationDate] as? Date == date)
        }
    }

    @Test func inputsAreRemovedOnRequestOnly() throws {
        let folder = try prepared()
        #expect(folder.exists("a.dcm"))
        #expect(try folder.run("compress", "-f", "--rm", "a.dcm").status == 0)
        #expect(folder.contents == ["a.dcm.aec"])
        #expect(try folder.run("decompress", "--rm", "a.dcm.aec").status == 0)
        #expect(folder.contents == ["a.dcm"])
        #expect(try folder.bytes("a.dcm") == Fixture.bytes("breast/small.dcm"))
    }

    @Test func inputsStayIfTheirOutputCannotBeWritten() throws {
        let folder = try prepared()
        #expect(try folder.run("compress", "--rm", "a.dcm").status == 2)
        #expect(try folder.run("compress", "--rm", "a.dcm", "-o", "missing/a.aec").status == 2)
        #expect(try folder.run("compress", "--rm", "a.dcm", "-o", "/dev/null").status == 64)
        #expect(try folder.run("decompress", "--rm", "a.dcm.aec", "-o", "a.pgm").status == 64)
        #expect(folder.contents == ["a.dcm", "a.dcm.aec"])
    }

    @Test(arguments: [
        ["compress", "--rm", "--no-verify", "a.dcm"], ["compress", "--rm", "-c", "a.dcm"],
        ["compress", "-", "a.dcm"], ["compress", "-c", "-o", "x", "a.dcm"],
        ["compress", "-c", "a.dcm", "b.dcm"],
        ["compress", "a.dcm", "b.dcm", "-o", "x"], ["compress"], ["compress", "--unknown", "a.dcm"],
        ["decompress", "a.aec", "--frame", "0"], ["decompress", "a.aec", "--frame", "3-2", "-o", "x.pgm"],
        ["decompress", "a.aec", "--frame", "1", "-o", "x.dcm"],
        ["decompress", "a.aec", "--format", "pgm", "-o", "x.png"],
        ["decompress", "a.aec", "--memory-limit", "lots"], ["compare", "a.dcm"], ["unknown"],
    ]) func wrongCommandLinesAreRefused(_ words: [String]) throws {
        let folder = try Folder()
        let run = try Program.run(words, in: folder.url)
        #expect(run.status == 64)
        #expect(!run.errors.isEmpty)
        #expect(folder.contents.isEmpty)
    }

    @Test func skippingVerificationIsSaid() throws {
        let folder = try prepared()
        let run = try folder.run("compress", "-f", "--no-verify", "a.dcm")
        #expect(run.status == 0)
        #expect(run.errors == "aecodec: a.dcm: not verified, as asked\n")
    }

    @Test func severalFilesGoToADirectory() throws {
        let folder = try prepared()
        try folder.write(Fixture.pgm(rows: 9, columns: 9, seed: 1), "b.pgm")
        try folder.make("out")
        #expect(try folder.run("compress", "a.dcm", "b.pgm", "-o", "out").status == 0)
        #expect(folder.exists("out/a.dcm.aec") && folder.exists("out/b.pgm.aec"))
        try folder.make("back")
        #expect(try folder.run("decompress", "out/a.dcm.aec", "out/b.pgm.aec", "-o", "back").status == 0)
        #expect(try folder.bytes("back/b.pgm") == folder.bytes("b.pgm"))
        // One file may go to a directory too.
        #expect(try folder.run("decompress", "-f", "out/b.pgm.aec", "-o", "back").status == 0)
    }

    @Test func filesOfOneNameDoNotReplaceEachOther() throws {
        let folder = try Folder()
        for directory in ["one", "two", "out"] { try folder.make(directory) }
        let images = [1, 2].map { Fixture.pgm(rows: 5, columns: 5, seed: $0) }
        try folder.write(images[0], "one/a.pgm")
        try folder.write(images[1], "two/a.pgm")
        let run = try folder.run("compress", "-f", "--rm", "one/a.pgm", "two/a.pgm", "-o", "out")
        #expect(run.status == 2)
        #expect(!folder.exists("one/a.pgm"))
        #expect(try folder.bytes("two/a.pgm") == images[1])
        #expect(try folder.run("decompress", "-c", "out/a.pgm.aec").output == images[0])
    }

    @Test func archivesAreNotPrintedOnTerminals() throws {
        let folder = try prepared()
        let terminal = try #require(PseudoTerminal())
        for words in [["compress", "-c", "a.dcm"], ["decompress", "-c", "a.dcm.aec"]] {
            let process = Process()
            process.executableURL = Program.executable
            process.arguments = words
            process.currentDirectoryURL = folder.url
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = terminal.handle
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 64)
        }
    }
}
