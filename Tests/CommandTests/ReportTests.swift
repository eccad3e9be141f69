// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// What `info`, `verify`, `compare` and the help print.
@Suite struct ReportTests {
    @Test func sizesAddUp() throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/breast.dcm"), "a.dcm")
        #expect(try folder.run("compress", "--single-layer", "a.dcm").status == 0)
        let size = try folder.bytes("a.dcm.aec").count
        let report = try InfoReport(folder.run("info", "--json", "a.dcm.aec").output)
        #expect(report.object["fileBytes"] as? Int == size)
        // The header of the file has 11 bytes.
        let chunkBytes = report.chunks.compactMap { $0["bytes"] as? Int }.reduce(0, +)
        #expect(chunkBytes + 11 == size)
        let coded = try #require(report.codedByteCount)
        let rate = try #require(report.object["bitsPerSample"] as? Double)
        #expect(abs(rate - Double(8 * coded) / (1024 * 960)) < 1e-9)
        let ratio = try #require(report.object["ratio"] as? Double)
        #expect(abs(ratio - 16 / rate) < 1e-9)
        let fileRatio = try #require(report.object["fileRatio"] as? Double)
        #expect(abs(fileRatio - Double(try folder.bytes("a.dcm").count) / Double(size)) < 1e-9)
        #expect(report.groups.compactMap { $0["samples"] as? Int }.reduce(0, +) == 1024 * 960)
        for group in report.groups {
            let streams = try #require(group["streams"] as? [[String: Any]])
            let symbols = streams.compactMap { $0["symbols"] as? Int }.reduce(0, +)
            // Samples of flat blocks, here the air around the breast, have no symbols.
            let samples = try #require(group["samples"] as? Int)
            #expect(symbols > samples / 2 && symbols < samples)
        }
        let text = try folder.run("info", "-v", "a.dcm.aec").text
        #expect(text.contains("960 x 1024, 12 bits"))
        #expect(text.contains("stream 0:"))
    }

    @Test func reportsOfSeveralFilesAreOneDocument() throws {
        let folder = try Folder()
        for name in ["a.pgm", "b \"quoted\"\n.pgm"] {
            try folder.write(Fixture.pgm(rows: 4, columns: 4, seed: 1), name)
            #expect(try folder.run("compress", name).status == 0)
        }
        let run = try folder.run("info", "--json", "a.pgm.aec", "missing", "b \"quoted\"\n.pgm.aec")
        #expect(run.status == 2)
        let all = try #require(JSONSerialization.jsonObject(with: run.output) as? [[String: Any]])
        #expect(all.compactMap { $0["file"] as? String } == ["a.pgm.aec", "b \"quoted\"\n.pgm.aec"])
    }

    @Test func differencesAreMeasured() throws {
        let folder = try Folder()
        var image = Fixture.pgm(rows: 20, columns: 30, maximum: 4095, seed: 1)
        try folder.write(image, "a.pgm")
        image[image.count - 1] ^= 0x10
        try folder.write(image, "b.pgm")
        let run = try folder.run("compare", "a.pgm", "b.pgm")
        #expect(run.status == 1)
        // One error of 16 in 600 samples: 10 log10(4095² x 600 / 256).
        #expect(
            run.text == """
                dimensions: 30 x 20, 12 bits
                maximum error: 16
                differing samples: 1 of 600
                PSNR: 75.94 dB

                """)
        #expect(try folder.run("compare", "a.pgm", "a.pgm").status == 0)
        #expect(try folder.run("compare", "a.pgm", "missing.pgm").status == 2)
        try folder.write(Fixture.pgm(rows: 30, columns: 20, maximum: 4095, seed: 1), "c.pgm")
        let shapes = try folder.run("compare", "a.pgm", "c.pgm")
        #expect(shapes.status == 1)
        #expect(shapes.text.contains("30 x 20, 12 bits / 20 x 30, 12 bits"))
    }

    @Test func attributesAreNamedWithoutTheirValues() throws {
        let folder = try Folder()
        var image = try Fixture.bytes("pydicom/CT_small.dcm")
        try folder.write(image, "a.dcm")
        // Patient's Name, (0010,0010), explicit VR: tag, VR, length of 16 bits.
        let tag = try #require(image.range(of: Data([0x10, 0x00, 0x10, 0x00]) + Data("PN".utf8)))
        image[tag.upperBound + 2] = UInt8(ascii: "Q")
        try folder.write(image, "b.dcm")
        #expect(try folder.run("compress", "b.dcm").status == 0)
        for other in ["b.dcm", "b.dcm.aec"] {
            let run = try folder.run("compare", "a.dcm", other)
            #expect(run.status == 0)
            #expect(run.text.hasSuffix("attributes: 1 differ\n  (0010,0010) PatientName differs\n"))
        }
    }

    @Test func archivesAreVerifiedInOneLineEach() throws {
        let folder = try Folder()
        try folder.write(Fixture.pgm(rows: 4, columns: 4, maximum: 255, seed: 1), "a.pgm")
        try folder.write(try Fixture.bytes("edge/grey-8.png"), "b.png")
        #expect(try folder.run("compress", "a.pgm", "b.png").status == 0)
        let run = try folder.run("verify", "a.pgm.aec", "b.png.aec")
        #expect(
            run.text == """
                a.pgm.aec: 4 x 4, 8 bits: samples and restored file match
                b.png.aec: 96 x 128, 8 bits: samples match

                """)
        #expect(folder.contents == ["a.pgm", "a.pgm.aec", "b.png", "b.png.aec"])
    }

    @Test func theProgramDescribesItself() throws {
        let folder = try Folder()
        let version = try folder.run("--version").text
        for name in ["aecodec 0.", "container 0.7", "DCMTK 3.", "OpenJPEG 2.", "zstd 1."] {
            #expect(version.contains(name))
        }
        // The manual page and the completions are made of these.
        let dump = try folder.run("--experimental-dump-help")
        #expect(dump.status == 0)
        let help = try #require(JSONSerialization.jsonObject(with: dump.output) as? [String: Any])
        #expect((help["command"] as? [String: Any])?["commandName"] as? String == "aecodec")
        for shell in ["bash", "zsh", "fish"] {
            #expect(try folder.run("--generate-completion-script", shell).text.contains("decompress"))
        }
        #expect(try folder.run("compress", "--help").status == 0)
    }

    @Test(arguments: ["bench", "train"]) func companionsStandBesideTheProgram(_ verb: String) throws {
        let folder = try Folder()
        let copy = folder.path("aecodec")
        try FileManager.default.copyItem(at: Program.executable, to: copy)
        let absent = try Program.run([verb, "--all"], in: folder.url, executable: copy)
        #expect(absent.status == 2)
        #expect(absent.errors.contains("aecodec-\(verb) is not installed"))

        try folder.write(Data("#!/bin/sh\necho \"$0|$1|$2\"\nexit 7\n".utf8), "aecodec-\(verb)")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: folder.path("aecodec-\(verb)").path)
        let present = try Program.run([verb, "--help", "two words"], in: folder.url, executable: copy)
        #expect(present.status == 7)
        #expect(present.text.hasSuffix("aecodec-\(verb)|--help|two words\n"))
    }
}
