// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// `compress` with a target: what is met, said and refused.
@Suite struct LossyTests {
    /// An option of `compress` and its value.
    struct Target: Sendable, CustomTestStringConvertible {
        let option: String
        let value: Double

        var words: [String] { ["--\(option)", option == "quality" ? "\(Int(value))" : "\(value)"] }
        var testDescription: String { words.joined(separator: " ") }
    }

    /// PSNR and maximum error in the line that says what was lost.
    private static func stated(_ errors: String) -> (psnr: Substring, maximumError: Substring)? {
        let line =
            /aecodec: a.dcm: the archive is lossy: PSNR ([0-9.]+) dB, maximum error ([0-9]+), (.*)\n/
        guard let match = errors.wholeMatch(of: line) else { return nil }
        return (match.1, match.2)
    }

    @Test(arguments: [
        Target(option: "quality", value: 60), Target(option: "psnr", value: 50),
        Target(option: "ratio", value: 12), Target(option: "bpp", value: 0.5),
    ]) func targetsAreMet(_ target: Target) throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/breast.dcm"), "a.dcm")
        let run = try Program.run(["compress", "a.dcm"] + target.words, in: folder.url)
        #expect(run.status == 0 && run.output.isEmpty)
        let said = try #require(Self.stated(run.errors), "\(run.errors)")

        let report = try InfoReport(folder.run("info", "--json", "a.dcm.aec").output)
        let part = try #require(report.parts.first)
        #expect(part["mode"] as? String == "lossy")
        #expect(part["target"] as? String == target.option)
        #expect(part["targetValue"] as? Double == target.value)
        #expect(["image", "linear"].contains((part["model"] as? [String: Any])?["name"] as? String))
        let error = try #require(part["maximumError"] as? Int)
        let psnr = try #require(part["psnr"] as? Double)
        let mean = try #require(part["meanSquaredError"] as? Double)
        #expect(error > 0 && mean <= Double(error * error))
        #expect(abs(psnr - 10 * log10(4095 * 4095 / mean)) < 1e-9)
        #expect(said.maximumError == "\(error)" && abs((Double(said.psnr) ?? 0) - psnr) <= 0.0051)

        let rate = try #require(report.object["bitsPerSample"] as? Double)
        let ratio = try #require(report.object["ratio"] as? Double)
        switch target.option {
        case "psnr": #expect(psnr >= target.value && psnr < target.value + 0.3)
        case "ratio": #expect(ratio >= target.value && ratio < target.value * 1.02)
        case "bpp": #expect(rate <= target.value && rate > target.value * 0.98)
        default: #expect(rate > 0.1)
        }

        // What the archive says of its errors is true.
        #expect(try folder.run("verify", "-q", "a.dcm.aec").status == 0)
        let comparison = try folder.run("compare", "a.dcm", "a.dcm.aec")
        #expect(comparison.status == 1)
        #expect(comparison.text.contains("maximum error: \(error)\n"))
        #expect(comparison.text.contains("PSNR: \(said.psnr) dB\n"))
    }

    @Test(arguments: [
        ["--quality", "50", "--psnr", "50"], ["--psnr", "50", "--ratio", "4"],
        ["--ratio", "4", "--bpp", "1"], ["--bpp", "1", "--quality", "50"],
        ["--quality", "0"], ["--quality", "101"], ["--quality", "50.5"], ["--quality=-1"], ["--quality"],
        ["--psnr", "0"], ["--psnr", "nan"], ["--psnr", "inf"], ["--psnr=-5"], ["--psnr", "201"],
        ["--ratio", "0.5"], ["--ratio", "nan"], ["--ratio", "1e9"],
        ["--bpp", "0"], ["--bpp", "33"], ["--bpp=-1"], ["--bpp", "much"],
        ["--quality", "50", "--rm"], ["--psnr", "50", "--rm"], ["--ratio", "4", "--rm"],
        ["--bpp", "1", "--rm"],
    ]) func wrongTargetsAreRefused(_ words: [String]) throws {
        let folder = try Folder()
        let image = Fixture.pgm(rows: 8, columns: 8, seed: 1)
        try folder.write(image, "a.pgm")
        let run = try Program.run(["compress", "a.pgm"] + words, in: folder.url)
        #expect(run.status == 64)
        #expect(!run.errors.isEmpty)
        #expect(folder.contents == ["a.pgm"])
        #expect(try folder.bytes("a.pgm") == image)
    }

    @Test func losslessIsTakenWhereItFits() throws {
        let folder = try Folder()
        let image = try Fixture.bytes("breast/small.dcm")
        try folder.write(image, "a.dcm")
        for words in [["--bpp", "16"], ["--ratio", "1"], ["--psnr", "200"]] {
            let run = try Program.run(["compress", "-f", "a.dcm"] + words, in: folder.url)
            #expect(run.status == 0)
            #expect(run.errors.hasPrefix("aecodec: a.dcm: the archive is lossless"))
            #expect(run.errorLines.count == 1)
            let report = try InfoReport(folder.run("info", "--json", "a.dcm.aec").output)
            let part = try #require(report.parts.first)
            #expect(part["mode"] as? String == "lossless")
            #expect(part["psnr"] is NSNull)
            #expect(try folder.run("decompress", "-c", "a.dcm.aec").output == image)
        }
    }

    @Test func unreachableSizesLeaveNothing() throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/small.dcm"), "a.dcm")
        let run = try folder.run("compress", "a.dcm", "--ratio", "5000")
        #expect(run.status == 1)
        #expect(run.errorLines.count == 1)
        #expect(run.errors.hasPrefix("aecodec: a.dcm: "))
        #expect(folder.contents == ["a.dcm"])
    }

    @Test func lossIsAlwaysSaidButForQuiet() throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/small.dcm"), "a.dcm")
        #expect(try folder.run("compress", "-q", "a.dcm", "--quality", "50").errors.isEmpty)
        let run = try folder.run("compress", "-f", "--no-verify", "a.dcm", "--quality", "50")
        #expect(run.errorLines.count == 2)
        #expect(run.errors.contains(": the archive is lossy: "))
        #expect(run.errors.contains(": not verified, as asked"))
        // One line for each file.
        try folder.write(try Fixture.bytes("edge/grey-8.pgm"), "b.pgm")
        let both = try folder.run("compress", "-f", "a.dcm", "b.pgm", "--quality", "50")
        #expect(both.errorLines.map { $0.prefix(14) } == ["aecodec: a.dcm", "aecodec: b.pgm"])
    }

    @Test func reportsTellLatentsFromSamples() throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("edge/frames-12-bit.dcm"), "a.dcm")
        #expect(try folder.run("compress", "-q", "a.dcm", "--quality", "50").status == 0)
        let text = try folder.run("info", "-v", "a.dcm.aec").text
        #expect(text.contains("mode      lossy, asked for quality 50.0, PSNR "))
        #expect(text.contains("model     image, version 3, "))
        #expect(text.contains("becomes a derived object"))
        #expect(text.contains("levels 0-") && text.contains("latents") && text.contains("stream 0:"))
        #expect(!text.contains("predictors"))
        let report = try InfoReport(folder.run("info", "--json", "a.dcm.aec").output)
        // All frames are there, as latents of the base layer.
        #expect(report.groups.compactMap { $0["samples"] as? Int }.reduce(0, +) == 5 * 33 * 41)
        for group in report.groups {
            #expect(group["layer"] as? Int == 0 && group["predictors"] as? Int == 0)
        }
        #expect(report.source?["byteExact"] as? Bool == false)
        let verified = try folder.run("verify", "a.dcm.aec").text
        #expect(verified.contains(": lossy, PSNR ") && verified.hasSuffix(": samples match\n"))
    }

    @Test func theArchiveDoesNotDependOnThreadsAndKernels() throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/small.dcm"), "a.dcm")
        for (name, words) in [("1", ["-T1"]), ("2", ["-T4"]), ("3", ["--kernel", "portable"])] {
            let run = try Program.run(
                ["compress", "-q", "a.dcm", "--bpp", "2", "-o", "\(name).aec"] + words, in: folder.url)
            #expect(run.status == 0)
        }
        #expect(try folder.bytes("1.aec") == folder.bytes("2.aec"))
        #expect(try folder.bytes("1.aec") == folder.bytes("3.aec"))
    }
}
