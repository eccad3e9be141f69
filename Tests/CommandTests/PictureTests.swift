// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Stored values as pictures, frames of them, and limits.
@Suite struct PictureTests {
    private func prepared(_ fixture: String, _ name: String) throws -> Folder {
        let folder = try Folder()
        try folder.write(try Fixture.bytes(fixture), name)
        #expect(try folder.run("compress", "-q", name).status == 0)
        return folder
    }

    @Test func theNameOfTheOutputChoosesTheFormat() throws {
        let folder = try prepared("breast/small.dcm", "a.dcm")
        for name in ["a.pgm", "a.png", "b.PNG"] {
            #expect(try folder.run("decompress", "a.dcm.aec", "-o", name).status == 0)
            #expect(try folder.run("compare", "a.dcm", name).text.contains("PSNR: identical"))
        }
        #expect(try folder.run("decompress", "a.dcm.aec", "-o", "a.npy").status == 0)
        #expect(try folder.bytes("a.npy").starts(with: [0x93] + Data("NUMPY".utf8)))
        #expect(try folder.bytes("a.npy").count == 128 + 128 * 96 * 2)
        #expect(try folder.run("decompress", "a.dcm.aec", "-f", "--format", "pgm").status == 0)
        #expect(
            try folder.run("decompress", "-c", "a.dcm.aec", "--format", "pgm").output == folder.bytes("a.pgm")
        )
    }

    @Test func framesBecomeNumberedFiles() throws {
        let folder = try prepared("edge/frames-12-bit.dcm", "a.dcm")
        #expect(try folder.run("decompress", "a.dcm.aec", "-o", "all.pgm").status == 0)
        #expect(try folder.run("decompress", "a.dcm.aec", "--frame", "2-3", "-o", "x.png").status == 0)
        #expect(try folder.run("decompress", "a.dcm.aec", "--frame", "4", "-o", "four.pgm").status == 0)
        #expect(try folder.run("decompress", "a.dcm.aec", "--frame", "2-4", "-o", "x.npy").status == 0)
        #expect(
            folder.contents == [
                "a.dcm", "a.dcm.aec", "all.1.pgm", "all.2.pgm", "all.3.pgm", "all.4.pgm", "all.5.pgm",
                "four.pgm", "x.2.png", "x.3.png", "x.npy",
            ])
        #expect(try folder.bytes("four.pgm") == folder.bytes("all.4.pgm"))
        #expect(try folder.run("compare", "x.3.png", "all.3.pgm").status == 0)
        // The samples stand behind a header of 128 bytes.
        #expect(try folder.bytes("x.npy").count == 128 + 3 * 33 * 41 * 2)

        let existing = try folder.run("decompress", "a.dcm.aec", "--frame", "1-2", "-o", "x.png")
        #expect(existing.status == 2)
        #expect(!folder.exists("x.1.png"))
        #expect(try folder.run("decompress", "a.dcm.aec", "-c", "--format", "pgm").status == 64)
        #expect(try folder.run("decompress", "a.dcm.aec", "--frame", "5-6", "-o", "y.npy").status == 1)
        #expect(!folder.exists("y.npy"))
    }

    @Test func dicomIsRestoredAsAWhole() throws {
        let folder = try prepared("edge/frames-12-bit.dcm", "a.dcm")
        let run = try folder.run("decompress", "a.dcm.aec", "-f", "--frame", "2")
        #expect(run.status == 64)
        #expect(run.errors.contains("DICOM"))
        let pgm = try prepared("edge/grey-10.pgm", "b.pgm")
        #expect(try pgm.run("decompress", "b.pgm.aec", "-o", "b.dcm").status == 1)
        #expect(pgm.contents == ["b.pgm", "b.pgm.aec"])
    }

    @Test func signedSamplesFitNPYOnly() throws {
        let folder = try prepared("edge/signed-12-bit.dcm", "a.dcm")
        let run = try folder.run("decompress", "a.dcm.aec", "-o", "a.pgm")
        #expect(run.status == 1)
        #expect(run.errors.contains("signed"))
        #expect(try folder.run("decompress", "a.dcm.aec", "-o", "a.npy").status == 0)
        #expect(folder.contents == ["a.dcm", "a.dcm.aec", "a.npy"])
    }

    @Test func limitsAreKept() throws {
        let folder = try prepared("breast/breast.dcm", "a.dcm")
        let memory = try folder.run("decompress", "a.dcm.aec", "-o", "b.dcm", "--memory-limit", "1MiB")
        #expect(memory.status == 1)
        #expect(memory.errors.contains("limit"))
        let samples = try folder.run("verify", "a.dcm.aec", "--max-samples", "1000")
        #expect(samples.status == 1)
        #expect(samples.errors.contains("the limit is 1000"))
        #expect(!folder.exists("b.dcm"))
    }

    @Test func namesWithoutTheEndingNeedAnOutput() throws {
        let folder = try prepared("edge/grey-8.pgm", "a.pgm")
        try folder.write(try folder.bytes("a.pgm.aec"), "archive")
        #expect(try folder.run("decompress", "archive").status == 2)
        #expect(try folder.run("decompress", "archive", "-o", "b.pgm").status == 0)
        #expect(try folder.bytes("b.pgm") == folder.bytes("a.pgm"))
    }
}
