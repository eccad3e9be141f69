// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import TestSupport

/// Files go into archives and come back.
@Suite struct RoundTripTests {
    /// Codestreams with loss, which are smaller than their samples coded without.
    static let smallAsTheyAre = ["breast/small-jpeg-51.dcm", "breast/small-jpeg-ls-near.dcm"]

    @Test(arguments: Fixture.good) func fixturesComeBack(_ fixture: Fixture) throws {
        let folder = try Folder()
        let original = try Data(contentsOf: fixture.url)
        try folder.write(original, fixture.name)

        let compressed = try folder.run("compress", fixture.name)
        #expect(compressed.status == 0, "\(compressed.errors)")
        #expect(compressed.output.isEmpty)
        #expect(try folder.bytes(fixture.name) == original)

        let archive = fixture.name + ".aec"
        let report = try InfoReport(folder.run("info", "--json", archive).output)
        if Self.smallAsTheyAre.contains(fixture.path) {
            #expect(report.source?["keptWhole"] as? Bool == true)
            #expect(compressed.errors.contains("kept whole"))
        } else {
            let part = try #require(report.parts.first)
            #expect(part["rows"] as? Int == fixture.rows)
            #expect(part["columns"] as? Int == fixture.columns)
            #expect(part["frames"] as? Int == fixture.frames)
            #expect(part["bitsStored"] as? Int == fixture.bits)
            #expect(part["signed"] as? Bool == fixture.isSigned)
            #expect(part["sha256"] as? String == fixture.sampleDigest)
        }

        #expect(try folder.run("verify", archive).status == 0)
        let restored = "restored-" + fixture.name
        #expect(try folder.run("decompress", archive, "-o", restored).status == 0)
        if report.source?["byteExact"] as? Bool == true {
            #expect(try folder.bytes(restored) == original)
        }
        let comparison = try folder.run("compare", fixture.name, restored)
        #expect(comparison.status == 0)
        #expect(comparison.text.contains("PSNR: identical"))
        if fixture.name.hasSuffix(".dcm") { #expect(comparison.text.contains("attributes: identical")) }
    }

    @Test(arguments: Fixture.refused) func refusedFilesLeaveNothing(_ fixture: Fixture) throws {
        let folder = try Folder()
        try folder.write(try Data(contentsOf: fixture.url), fixture.name)
        let run = try folder.run("compress", fixture.name)
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        #expect(run.errorLines.count == 1)
        #expect(run.errors.hasPrefix("aecodec: \(fixture.name): "))
        #expect(folder.contents == [fixture.name])
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6]) func madeImagesComeBack(seed: UInt64) throws {
        let folder = try Folder()
        var random = SplitMix64(seed: seed)
        let image = Fixture.pgm(
            rows: .random(in: 1...90, using: &random), columns: .random(in: 1...90, using: &random),
            maximum: [1, 15, 255, 256, 4095, 65535][Int(seed) - 1], seed: seed)
        try folder.write(image, "made.pgm")
        #expect(try folder.run("compress", "made.pgm", "-T", "2").status == 0)
        #expect(try folder.run("decompress", "--force", "made.pgm.aec").status == 0)
        #expect(try folder.bytes("made.pgm") == image)
    }

    @Test func theArchiveDoesNotDependOnThreadsAndKernels() throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/small.dcm"), "a.dcm")
        #expect(try folder.run("compress", "a.dcm", "-o", "1.aec", "-T1").status == 0)
        #expect(try folder.run("compress", "a.dcm", "-o", "2.aec", "-T", "4").status == 0)
        #expect(try folder.run("compress", "a.dcm", "-o", "3.aec", "--kernel", "portable").status == 0)
        #expect(try folder.bytes("1.aec") == folder.bytes("2.aec"))
        #expect(try folder.bytes("1.aec") == folder.bytes("3.aec"))
    }

    @Test func streamsCarryTheSameBytes() throws {
        let folder = try Folder()
        let image = try Fixture.bytes("breast/small.dcm")
        try folder.write(image, "a.dcm")
        #expect(try folder.run("compress", "a.dcm").status == 0)
        let archive = try folder.bytes("a.dcm.aec")

        let compressed = try folder.run("compress", "-", input: image)
        #expect(compressed.status == 0)
        #expect(compressed.output == archive)
        #expect(try folder.run("compress", "-c", "a.dcm").output == archive)
        #expect(try folder.run("compress", "a.dcm", "-o", "-").output == archive)
        #expect(try folder.run("compress", "-", "-o", "b.aec", input: image).status == 0)
        #expect(try folder.bytes("b.aec") == archive)

        #expect(try folder.run("decompress", "-", input: archive).output == image)
        #expect(try folder.run("decompress", "-c", "a.dcm.aec").output == image)
        #expect(try folder.run("verify", "-", input: archive).status == 0)
        // A device takes the bytes and stays what it is.
        #expect(try folder.run("decompress", "a.dcm.aec", "-o", "/dev/null").status == 0)
        #expect(
            try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
                == .typeCharacterSpecial)
    }
}
