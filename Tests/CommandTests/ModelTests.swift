// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// `--model`, the places where models are looked for, and `--effort`.
@Suite struct ModelTests {
    /// A model that nobody has: the shipped one with another weight.
    private static func otherModel() throws -> Data {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appendingPathComponent("Models")
        let name = try #require(
            FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                .last { $0.hasSuffix(".aem") && !$0.hasPrefix("signal") })
        var bytes = try Data(contentsOf: folder.appendingPathComponent(name))
        bytes[bytes.count - 4] ^= 1
        return bytes
    }

    @Test func modelsAreFoundWhereTheyAre() throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/small.dcm"), "a.dcm")
        try folder.make("models")
        try folder.make("elsewhere")
        try folder.write(try Self.otherModel(), "models/mine.aem")
        let coded = try folder.run(
            "compress", "-q", "--quality", "60", "--model", "models/mine.aem", "a.dcm", "-o",
            "elsewhere/a.aec")
        #expect(coded.status == 0, "\(coded.errors)")
        let report = try InfoReport(folder.run("info", "--json", "elsewhere/a.aec").output)
        #expect((report.parts.first?["model"] as? [String: Any])?["name"] as? String == "mine")

        let missing = try folder.run("decompress", "elsewhere/a.aec", "-o", "x.pgm")
        #expect(missing.status == 1 && !folder.exists("x.pgm"))
        #expect(missing.errors.contains("needs the model 'mine'") && missing.errors.contains("'elsewhere'"))
        let info = try folder.run("info", "elsewhere/a.aec")
        #expect(info.status == 0 && info.text.contains("model     mine"))

        let named = try folder.run(
            "decompress", "--model", "models/mine.aem", "elsewhere/a.aec", "-o", "1.pgm")
        #expect(named.status == 0, "\(named.errors)")
        try folder.write(try Self.otherModel(), "elsewhere/any-name.aem")
        #expect(try folder.run("decompress", "elsewhere/a.aec", "-o", "2.pgm").status == 0)
        #expect(try folder.bytes("1.pgm") == folder.bytes("2.pgm"))
        #expect(try folder.run("verify", "-q", "elsewhere/a.aec").status == 0)
        // With the standard model it is another picture.
        #expect(try folder.run("compress", "-q", "--quality", "60", "a.dcm", "-o", "b.aec").status == 0)
        #expect(try folder.run("decompress", "b.aec", "-o", "3.pgm").status == 0)
    }

    /// Nobody writes to a pipe that happens to be called like a model.
    @Test(.timeLimit(.minutes(1))) func pipesAreNotWaitedForWhenModelsAreSearched() throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/small.dcm"), "a.dcm")
        try folder.write(try Self.otherModel(), "mine.aem")
        #expect(
            try folder.run("compress", "-q", "--quality", "60", "--model", "mine.aem", "a.dcm", "-o", "a.aec")
                .status == 0)
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent("mine.aem"))
        let made = unsafe mkfifo(folder.url.appendingPathComponent("pipe.aem").path, 0o600)
        #expect(made == 0)
        #expect(try folder.run("decompress", "a.aec", "-o", "x.pgm").status == 1)
    }

    @Test func whatIsNoModelIsRefused() throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/small.dcm"), "a.dcm")
        let run = try folder.run("compress", "--quality", "60", "--model", "a.dcm", "a.dcm")
        #expect(run.status == 1 && run.errors.contains("'a.dcm' is no model file"))
        #expect(!folder.exists("a.dcm.aec"))
    }

    @Test func builtInModelsAreListed() throws {
        let run = try Folder().run("models")
        #expect(run.status == 0 && run.text.contains("linear: ") && run.text.contains("built in"))
    }

    @Test func effortMakesArchivesSmaller() throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/breast.dcm"), "a.dcm")
        // At one error: efforts differ in that, too, at one quality.
        for loss in [[], ["--psnr", "36"]] {
            var sizes: [Int] = []
            for effort in ["1", "5", "9"] {
                let run = try Program.run(
                    ["compress", "-q", "-f", "--effort", effort, "a.dcm"] + loss, in: folder.url)
                #expect(run.status == 0)
                sizes.append(try folder.bytes("a.dcm.aec").count)
            }
            // Lossless sizes at 1 and 5 are near each other and may change places.
            #expect(Double(sizes[1]) < 1.001 * Double(sizes[0]) && sizes[2] < min(sizes[0], sizes[1]))
        }
        #expect(try folder.run("compress", "--effort", "0", "a.dcm").status == 64)
    }
}
