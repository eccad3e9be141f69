// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// What `decompress` makes of lossy archives.
@Suite struct LossyRestorationTests {
    private func prepared(_ fixture: String, _ name: String, _ words: [String]) throws -> Folder {
        let folder = try Folder()
        try folder.write(try Fixture.bytes(fixture), name)
        let run = try Program.run(["compress", "-q", name] + words, in: folder.url)
        #expect(run.status == 0, "\(run.errors)")
        return folder
    }

    @Test(
        .enabled(if: Peers.hasPydicom, Peers.pydicomAbsence),
        arguments: [
            "breast/breast.dcm", "breast/small-jpeg-51.dcm", "breast/small-big-endian.dcm",
            "edge/frames-12-bit.dcm", "pydicom/CT_small.dcm",
        ]) func dicomBecomesADerivedInstance(_ fixture: String) throws
    {
        let folder = try prepared(fixture, "a.dcm", ["--quality", "40"])
        #expect(try folder.run("decompress", "a.dcm.aec", "-o", "b.dcm").status == 0)
        let before = try Peers.record(folder.path("a.dcm"))
        let after = try Peers.record(folder.path("b.dcm"))
        #expect(after.instance.hasPrefix("2.25.") && after.instance != before.instance)
        #expect(after.mediaInstance == after.instance)
        #expect(after.imageType.first == "DERIVED")
        #expect(after.lossy == "01")
        #expect(after.ratios.count == before.ratios.count + 1)
        #expect(after.methods == before.methods + ["AECODEC"])
        #expect(after.methods.count == after.ratios.count)
        #expect(after.sources.last == before.instance)

        let report = try InfoReport(folder.run("info", "--json", "a.dcm.aec").output)
        let part = try #require(report.parts.first)
        let samples = try #require(part["samples"] as? Int)
        let bits = try #require(part["bitsAllocated"] as? Int)
        let ratio = try Double(samples * bits / 8) / Double(#require(report.codedByteCount))
        #expect(abs((after.ratios.last ?? 0) / ratio - 1) < 1e-3)
        let psnr = try #require(part["psnr"] as? Double)
        let error = try #require(part["maximumError"] as? Int)
        #expect(
            after.description.hasSuffix(
                "aecodec lossy, PSNR \(String(format: "%.1f", psnr)) dB, maximum error \(error)"))

        // The pixels are the decoded samples; attributes differ by tag.
        let decoded = try folder.run("compare", "a.dcm.aec", "b.dcm")
        #expect(decoded.status == 0 && decoded.text.hasSuffix("attributes: identical\n"))
        let original = try folder.run("compare", "a.dcm", "b.dcm")
        #expect(original.status == 1)
        #expect(original.text.contains("maximum error: \(error)\n"))
        #expect(original.text.contains("(0008,0018) SOPInstanceUID differs"))
        #expect(after.pixelByteCount >= samples * bits / 8)
    }

    @Test(
        .enabled(if: Peers.hasValidator, Peers.validatorAbsence),
        arguments: ["breast/breast.dcm", "edge/frames-12-bit.dcm", "pydicom/CT_small.dcm"])
    func theValidatorFindsNoNewError(_ fixture: String) throws {
        let folder = try prepared(fixture, "a.dcm", ["--quality", "40"])
        #expect(try folder.run("decompress", "a.dcm.aec", "-o", "b.dcm").status == 0)
        let known = try Peers.errors(folder.path("a.dcm"))
        #expect(try Peers.errors(folder.path("b.dcm")).subtracting(known).isEmpty)
    }

    @Test func oneArchiveGivesTheSameBytesAlways() throws {
        let folder = try prepared("breast/small.dcm", "a.dcm", ["--quality", "40"])
        #expect(try folder.run("decompress", "a.dcm.aec", "-o", "1.dcm", "-T1").status == 0)
        #expect(
            try folder.run("decompress", "a.dcm.aec", "-o", "2.dcm", "--kernel", "portable").status == 0)
        let restored = try folder.bytes("1.dcm")
        #expect(try folder.bytes("2.dcm") == restored)
        #expect(try folder.run("decompress", "-c", "a.dcm.aec").output == restored)
        #expect(
            try folder.run("decompress", "-", input: try folder.bytes("a.dcm.aec")).output == restored)
        // What was lost is gone: the original's name is taken by the derived file only if forced.
        #expect(try folder.run("decompress", "a.dcm.aec").status == 2)
        #expect(try folder.bytes("a.dcm") == Fixture.bytes("breast/small.dcm"))
        // It can be compressed again, without loss.
        #expect(try folder.run("compress", "1.dcm").status == 0)
        #expect(try folder.run("decompress", "-c", "1.dcm.aec").output == restored)
    }

    @Test func graymapsKeepTheirHeader() throws {
        let folder = try Folder()
        var image = Data("P5\n# a remark\n96 64\n1000\n".utf8)
        let header = image
        for index in 0..<96 * 64 {
            let value = min(1000, 400 + index % 96 * 5 + index * 7919 % 173)
            image.append(contentsOf: [UInt8(value >> 8), UInt8(value & 255)])
        }
        try folder.write(image, "a.pgm")
        #expect(try folder.run("compress", "-q", "a.pgm", "--quality", "30").status == 0)
        #expect(try folder.run("decompress", "a.pgm.aec", "-o", "b.pgm").status == 0)
        let restored = try folder.bytes("b.pgm")
        #expect(restored.count == image.count && restored != image)
        #expect(restored.prefix(header.count) == header)
        #expect(try folder.run("compare", "a.pgm.aec", "b.pgm").status == 0)
    }

    @Test func samplesBecomePictures() throws {
        let folder = try prepared("edge/frames-12-bit.dcm", "a.dcm", ["--quality", "40"])
        #expect(try folder.run("decompress", "a.dcm.aec", "-o", "x.pgm").status == 0)
        #expect(try folder.run("decompress", "a.dcm.aec", "-o", "x.npy").status == 0)
        #expect(try folder.run("decompress", "a.dcm.aec", "--frame", "3", "-o", "three.pgm").status == 0)
        #expect(try folder.bytes("three.pgm") == folder.bytes("x.3.pgm"))
        let samples = 33 * 41
        #expect(try folder.bytes("x.npy").count == 128 + 5 * samples * 2)

        let png = try prepared("edge/grey-16.png", "a.png", ["--quality", "40"])
        #expect(try png.run("decompress", "a.png.aec", "-o", "b.png").status == 0)
        #expect(try png.run("compare", "a.png.aec", "b.png").status == 0)
        #expect(try png.run("compare", "a.png", "b.png").status == 1)
    }

    @Test(arguments: Fixture.good.filter { $0.path.hasPrefix("edge/") })
    func smallImagesAreCoded(_ fixture: Fixture) throws {
        let folder = try Folder()
        try folder.write(try Data(contentsOf: fixture.url), fixture.name)
        let archive = fixture.name + ".aec"
        for words in [["--quality", "1"], ["--quality", "100"], ["--psnr", "40"]] {
            let run = try Program.run(["compress", "-f", fixture.name] + words, in: folder.url)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains(": the archive is loss"))
            #expect(try folder.run("verify", archive).status == 0)
            #expect(try folder.run("decompress", archive, "-f", "-o", "restored-" + fixture.name).status == 0)
        }
        // Nothing is as small as a bit a sample if there are few samples.
        for words in [["--ratio", "8"], ["--bpp", "1"]] {
            let run = try Program.run(["compress", "-f", fixture.name] + words, in: folder.url)
            #expect(run.status == 0 || run.status == 1 && run.errors.contains("no archive of this image"))
        }
    }
}
