// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Lossless archives of two layers, as the command makes and shows them.
@Suite(.serialized) struct LayerTests {
    private static func folder(_ options: String...) throws -> Folder {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/breast.dcm"), "a.dcm")
        let run = try Program.run(["compress"] + options + ["a.dcm"], in: folder.url)
        #expect(run.status == 0, "\(run.errors)")
        return folder
    }

    @Test func theDefaultBeginsWithABase() throws {
        let folder = try Self.folder()
        let text = try folder.run("info", "a.dcm.aec").text
        #expect(text.contains("mode      lossless") && text.contains("layers    base "))
        let report = try InfoReport(folder.run("info", "--json", "a.dcm.aec").output)
        let layers = try #require(report.object["layers"] as? [String: Int])
        let (base, exact) = (try #require(layers["base"]), try #require(layers["exact"]))
        #expect(base > 0 && 50 * base < exact)
        // Restored from the whole archive, the file is the original.
        #expect(try folder.run("decompress", "a.dcm.aec", "-o", "b.dcm").status == 0)
        #expect(try folder.bytes("b.dcm") == folder.bytes("a.dcm"))
        // It costs little.
        #expect(try folder.run("compress", "--single-layer", "a.dcm", "-o", "one.aec").status == 0)
        let single = try folder.bytes("one.aec").count
        #expect(try Double(folder.bytes("a.dcm.aec").count) < 1.01 * Double(single))
        #expect(try !folder.run("info", "one.aec").text.contains("layers"))
    }

    @Test func theBaseIsGivenAndCalledLossy() throws {
        let folder = try Self.folder("--base", "0.1", "--max-base-cost", "5")
        for (options, name) in [
            (["--layer", "base"], "base.pgm"), (["--reduce", "2"], "small.pgm"),
            (["--layer", "base", "--region", "10,20,30,40"], "part.npy"),
        ] {
            let run = try Program.run(["decompress", "a.dcm.aec", "-o", name] + options, in: folder.url)
            #expect(run.status == 0 && run.errors.contains("coarse picture of the base"), "\(run.errors)")
        }
        let derived = try folder.run("decompress", "--layer", "base", "a.dcm.aec", "-o", "base.dcm")
        #expect(derived.status == 0, "\(derived.errors)")
        #expect(try folder.bytes("base.dcm") != folder.bytes("a.dcm"))
        let compared = try folder.run("compare", "a.dcm", "base.dcm").text
        #expect(compared.contains("0028,2110") || compared.contains("LossyImageCompression"), "\(compared)")
        let kept = try folder.run("decompress", "--rm", "--layer", "base", "a.dcm.aec", "-o", "c.dcm")
        #expect(kept.status == 64 && folder.exists("a.dcm.aec"))
    }

    @Test func whatIsLeftOfATruncatedArchiveIsTheBase() throws {
        let folder = try Self.folder()
        let bytes = try folder.bytes("a.dcm.aec")
        try folder.write(bytes.prefix(bytes.count / 20), "cut.aec")
        let run = try folder.run("decompress", "--partial", "cut.aec", "-o", "cut.pgm")
        #expect(run.status == 0 && run.errors.contains("truncated"), "\(run.errors)")
        #expect(try folder.run("decompress", "--layer", "base", "a.dcm.aec", "-o", "base.pgm").status == 0)
        #expect(try folder.bytes("cut.pgm") == folder.bytes("base.pgm"))
    }

    @Test(
        arguments: [
            ["--base", "0"], ["--base", "17"], ["--max-base-cost", "-1"], ["--base", "1", "--single-layer"],
            ["--single-layer", "--quality", "40"], ["--base", "0.1", "--max-error", "2"],
        ])
    func wrongOptionsAreRefused(options: [String]) throws {
        let folder = try Folder()
        try folder.write(Fixture.pgm(rows: 9, columns: 9, seed: 1), "a.pgm")
        #expect(try Program.run(["compress", "a.pgm"] + options, in: folder.url).status == 64)
        #expect(!folder.exists("a.pgm.aec"))
    }
}
