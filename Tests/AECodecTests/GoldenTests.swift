// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import Digest
import Foundation
import Samples
import TestSupport
import Testing

/// Golden archives decode to recorded samples with every kernel and any number of threads.
///
/// `Fixtures/golden/README.md` says how they are made.
@Suite struct GoldenTests {
    static let folder = Repository.root + "/Fixtures/golden"

    struct Entry: Sendable, CustomTestStringConvertible {
        var name: String
        var digests: [String]
        /// Of a lossy part: of its pictures reduced once, twice, and so on.
        var reduced: [String]
        var testDescription: String { name }
    }

    /// Lines of `file,part digest[ part digest...],[digest reduced once[ twice...]]`.
    static let entries: [Entry] = {
        let text = (try? String(contentsOfFile: folder + "/expected.csv", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").dropFirst().map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            let digests = fields.dropFirst().map { $0.split(separator: " ").map(String.init) }
            return Entry(
                name: String(fields[0]), digests: digests[0], reduced: digests.count > 1 ? digests[1] : [])
        }
    }()

    /// The model of the archives whose names begin with `networks`; it is kept beside them.
    static let networks: [Model] = {
        let file = URL(fileURLWithPath: folder + "/networks.aem")
        return (try? Data(contentsOf: file)).flatMap { try? [Model(bytes: [UInt8]($0), name: "networks")] }
            ?? []
    }()

    @Test func thereAreGoldenArchives() {
        #expect(Self.entries.count >= 10)
        for start in [
            "lossy", "scalar", "networks-scalar", "networks-dependent", "bounded", "signals", "signal-",
            "adaptive-", "adaptive-signal-", "adaptive-lossy-", "adaptive-linear-",
        ] {
            #expect(Self.entries.contains { $0.name.hasPrefix(start) })
        }
    }

    /// Names say how latents are quantised.
    @Test(arguments: entries.filter { $0.name.contains("scalar-") || $0.name.contains("dependent-") })
    func quantizersAreThoseOfTheNames(entry: Entry) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.folder + "/" + entry.name)))
        let part = try #require(try Container(bytes).parts.first)
        #expect(part.parameters[3] == (entry.name.contains("scalar-") ? 0 : 1))
        #expect((part.model?.identity == Self.networks.first?.identity) == entry.name.hasPrefix("networks"))
    }

    @Test(arguments: entries, KernelChoice.allCases.filter(\.isAvailable))
    func goldenArchivesDecode(entry: Entry, kernel: KernelChoice) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.folder + "/" + entry.name)))
        for threads in [1, 4] {
            let archive = try Archive(bytes, options: Self.options(threads: threads, kernel: kernel))
            let parts = try archive.samples()
            #expect(parts.map(Self.hexadecimal) == entry.digests)
            #expect(try Self.reducedDigests(archive) == entry.reduced)
            for (part, whole) in parts.enumerated() {
                try Self.checkWindow(of: whole, part: part, archive)
            }
        }
    }

    private static func options(threads: Int, kernel: KernelChoice) -> DecodeOptions {
        DecodeOptions(threads: threads, kernel: kernel, models: networks)
    }

    /// A window in the middle of the last frame shows what the whole part has there.
    private static func checkWindow(of whole: SampleArray, part: Int, _ archive: Archive) throws {
        let rows = whole.extent.rows / 3..<whole.extent.rows * 2 / 3 + 1
        let columns = whole.extent.columns / 3..<whole.extent.columns * 2 / 3 + 1
        let region = SampleSelection.Region(
            x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
        let frames = whole.extent.frames - 1..<whole.extent.frames
        let window = try archive.samples(part: part, SampleSelection(frames: frames, region: region))
        #expect(window == whole.frames(frames).window(rows: rows, columns: columns))
    }

    /// Of all reductions of the first part, none if it is lossless.
    private static func reducedDigests(_ archive: Archive) throws -> [String] {
        let levels = archive.container.groups.map(\.header.levels.upperBound).max() ?? 0
        let frames = 0..<(archive.container.parts.first?.extent.frames ?? 0)
        return try (0..<levels).map { level in
            hexadecimal(
                try archive.samples(part: 0, SampleSelection(frames: frames, reduction: level + 1)))
        }
    }

    /// The digest of the samples, in digits.
    private static func hexadecimal(_ samples: SampleArray) -> String {
        samples.digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The images behind the golden archives: every symbol form, map, depth and arrangement.
    static let images: [(name: String, parts: [SampleArray], kind: Part.Kind)] = {
        let format = { (bits: Int, isSigned: Bool) in SampleFormat(bitsStored: bits, isSigned: isSigned) }
        let make = TestImage.make
        let textures: [(String, TestImage.Texture, Extent, SampleFormat)] = [
            ("one-sample", .noise, Extent(rows: 1, columns: 1), format(12, false)),
            ("three-by-five", .noise, Extent(rows: 3, columns: 5), format(16, true)),
            ("noise-16", .noise, Extent(rows: 90, columns: 100), format(16, false)),
            ("smooth-12", .smooth, Extent(rows: 150, columns: 200), format(12, false)),
            ("smooth-14-signed", .smooth, Extent(rows: 130, columns: 140), format(14, true)),
            ("bits", .noise, Extent(rows: 40, columns: 130), format(1, false)),
            ("sparse", .sparse, Extent(rows: 64, columns: 64), format(16, true)),
            ("steps", .steps, Extent(rows: 200, columns: 220), format(12, false)),
            ("constant", .constant, Extent(rows: 100, columns: 100), format(8, false)),
            ("limits", .limits, Extent(rows: 33, columns: 65), format(16, true)),
            ("frames", .smooth, Extent(frames: 3, rows: 40, columns: 50), format(10, false)),
            ("tall", .ramp, Extent(rows: 1100, columns: 20), format(12, false)),
            ("grain", .grain, Extent(rows: 150, columns: 180), format(12, true)),
        ]
        var images: [(String, [SampleArray], Part.Kind)] = textures.map { name, texture, extent, format in
            (name, [make(texture, extent, format, 5)], .image)
        }
        images.append(
            (
                "two-parts-24-bit",
                [
                    make(.smooth, Extent(rows: 3, columns: 400), format(24, true), 6),
                    make(.noise, Extent(rows: 2, columns: 100), format(32, false), 7),
                ], .signal
            ))
        for (name, leads, columns, bits) in [
            ("signals-one", 1, 1, 12), ("signals-leads", 12, 1500, 16), ("signals-long", 2, 9000, 11),
            ("signals-rows", 67, 120, 10), ("signals-32-bit", 2, 600, 32),
        ] {
            images.append(
                (
                    name, [TestSignal.make(leads: leads, columns: columns, bits: bits, seed: 13, noise: 9)],
                    .signal
                ))
        }
        return images
    }()

    /// What the archive of a file that is kept whole gives back.
    static let keptFile = [UInt8](
        (0..<40).map { "line \($0 % 7) of a file that is no image\n" }.joined().utf8)

    @Test func theKeptFileIsThere() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.folder + "/kept-file.aec")))
        let archive = try Archive(bytes)
        #expect(archive.container.parts.isEmpty)
        #expect(try archive.source()?.record?.rebuilt(from: []) == Self.keptFile)
        #expect(archive.container.source?.digest == SHA256.hash(Self.keptFile))
    }

    /// Archives whose residuals are adaptive: of one layer, of two, bounded, and of recordings with loss.
    private static func addAdaptive(_ add: (String, [UInt8], [String]) throws -> Void) throws {
        var options = EncodeOptions(threads: 1)
        options.adaptiveShare = .infinity
        for (name, parts, kind) in images where parts[0].extent.sampleCount > 1000 && name != "constant" {
            options.base = .none
            try add(
                "adaptive-\(name)", encodeLossless(parts, kind: kind, options: options),
                parts.map(hexadecimal))
            guard ["smooth-12", "frames"].contains(name) else { continue }
            options.base = .rate(bitsPerSample: 0.2, maximumCost: 1e9)
            try add(
                "adaptive-layered-\(name)", encodeLossless(parts, options: options),
                parts.map(hexadecimal))
            let bounded = try encodeBounded(parts[0], maximumError: 3, options: options)
            try add("adaptive-bounded-\(name)", bounded, Archive(bounded).samples().map(hexadecimal))
        }
        let signal = TestSignal.make(leads: 3, columns: 2000, seed: 14, noise: 30)
        let bounded = try encodeRecording(
            [SignalPart(samples: signal, rate: SamplingRate(360), maximumError: 4)], options: options)
        try add("adaptive-signals-bounded", bounded, Archive(bounded).samples().map(hexadecimal))
        try addSignals("adaptive-signal", options: options, add)
        for (name, parts, _) in images where ["smooth-12", "frames", "grain", "steps"].contains(name) {
            for (start, model) in [("lossy", Model.builtIn[0]), ("linear", CodingPart.networks.model)] {
                options.model = model
                options.pyramidTileExponent = name == "grain" ? 6 : 10
                let bytes = try encodeLossy(parts[0], target: .quality(40), options: options)
                try add("adaptive-\(start)-\(name)", bytes, Archive(bytes).samples().map(hexadecimal))
            }
        }
    }

    /// Recordings with loss.
    private static func addSignals(
        _ start: String, options: EncodeOptions, _ add: (String, [UInt8], [String]) throws -> Void
    ) throws {
        for (name, samples, target, exponent, predicts) in [
            ("beats", MadeUpRhythm.rhythm(columns: 4000), LossyTarget.prd(5), nil, true),
            ("windows", MadeUpRhythm.rhythm(columns: 2500), .prd(8), 10, true),
            ("plain", MadeUpRhythm.rhythm(columns: 3000, leads: 1), .prd(3), nil, false),
            ("mixed", MadeUpRhythm.dependent(columns: 3000), .prd(6), nil, true),
            ("segments", MadeUpRhythm.rhythm(columns: 9000), .prdOfStretches(4), nil, true),
        ] as [(String, SampleArray, LossyTarget, Int?, Bool)] {
            var options = options
            options.signalWindowExponent = exponent
            options.predictsWaveforms = predicts
            let part = SignalPart(samples: samples, rate: SamplingRate(decimal: "360"), target: target)
            let bytes = try encodeRecording([part], options: options)
            try add("\(start)-\(name)", bytes, Archive(bytes).samples().map(hexadecimal))
        }
    }

    /// Which golden archives are to be made: those whose names begin so, all for 1.
    private static let wanted = ProcessInfo.processInfo.environment["AECODEC_MAKE_GOLDEN"]

    /// Makes golden archives anew: only with AECODEC_MAKE_GOLDEN set, in a commit of its own.
    @Test(.enabled(if: wanted != nil, "set AECODEC_MAKE_GOLDEN to the beginning of names, or to 1"))
    func makeGoldenArchives() throws {
        let wanted = Self.wanted == "1" ? "" : Self.wanted ?? ""
        let list = URL(fileURLWithPath: Self.folder + "/expected.csv")
        var lines = try String(contentsOf: list, encoding: .utf8).split(separator: "\n").map(String.init)
        lines.removeAll { $0.hasPrefix(wanted) && $0.contains(".aec,") }
        let networks = try PyramidModel.networks(seed: 11)
        try Data(networks.bytes).write(to: URL(fileURLWithPath: Self.folder + "/networks.aem"))
        let models = [try Model(bytes: networks.bytes, name: "networks")]
        func add(_ name: String, _ bytes: [UInt8], digests: [String]) throws {
            guard name.hasPrefix(wanted) else { return }
            try Data(bytes).write(to: URL(fileURLWithPath: Self.folder + "/\(name).aec"))
            let reduced = try Self.reducedDigests(Archive(bytes, options: DecodeOptions(models: models)))
            lines.append("\(name).aec,\(digests.joined(separator: " ")),\(reduced.joined(separator: " "))")
        }
        var plain = EncodeOptions(threads: 1)
        plain.adaptiveShare = 0
        for (name, parts, kind) in Self.images {
            let bytes = try encodeLossless(parts, kind: kind, options: plain)
            try add(name, bytes, digests: parts.map(Self.hexadecimal))
        }
        func addLossy(
            _ name: String, _ image: SampleArray, _ target: LossyTarget = .quality(40), effort: Int = 5,
            tileExponent: Int = 10, model: Model? = nil
        ) throws {
            var options = EncodeOptions(threads: 1, effort: effort)
            options.pyramidTileExponent = tileExponent
            options.model = model
            options.adaptiveShare = 0
            let bytes = try encodeLossy(image, target: target, options: options)
            let samples = try Archive(bytes, options: DecodeOptions(models: models)).samples()
            try add(name, bytes, digests: samples.map(Self.hexadecimal))
        }
        for (name, parts, _) in Self.images
        where parts[0].format.bitsStored <= 16 && parts[0].extent.rows > 30 && !name.hasPrefix("signals") {
            try addLossy("lossy-\(name)", parts[0])
        }
        for (name, bound) in [
            ("smooth-12", 1), ("smooth-14-signed", 8), ("noise-16", 200), ("steps", 3), ("frames", 2),
            ("limits", 16_383), ("grain", 3),
        ] {
            guard let image = Self.images.first(where: { $0.name == name })?.parts[0] else { continue }
            let bytes = try encodeBounded(image, maximumError: bound, options: plain)
            try add("bounded-\(name)", bytes, digests: Archive(bytes).samples().map(Self.hexadecimal))
        }
        for (name, bits) in [("smooth-12", 0.3), ("steps", 0.05), ("frames", 0.004), ("noise-16", 0.02)] {
            guard let image = Self.images.first(where: { $0.name == name })?.parts[0] else { continue }
            var options = plain
            options.base = .rate(bitsPerSample: bits, maximumCost: 1e9)
            try add(
                "layered-\(name)", encodeLossless([image], options: options),
                digests: [image].map(Self.hexadecimal))
        }
        let signal = TestSignal.make(leads: 3, columns: 2000, seed: 14, noise: 30)
        let bounded = try encodeRecording(
            [SignalPart(samples: signal, rate: SamplingRate(360), maximumError: 4)],
            options: plain)
        try add("signals-bounded", bounded, digests: Archive(bounded).samples().map(Self.hexadecimal))
        let record = SourceRecord(
            format: .other, isByteExact: true, byteCount: Self.keptFile.count,
            digest: SHA256.hash(Self.keptFile), cuts: [], kept: Self.keptFile)
        try add("kept-file", encodeWholeFile(record) ?? [], digests: [])
        let tiled = TestImage.make(
            .smooth, extent: Extent(frames: 2, rows: 150, columns: 170),
            format: SampleFormat(bitsStored: 12, isSigned: false), seed: 8)
        try addLossy("lossy-tiles", tiled, tileExponent: 6)
        let images = Dictionary(uniqueKeysWithValues: Self.images.map { ($0.name, $0.parts[0]) })
        // Both rules with both quantisers: flat and grainy images, of one tile and of several.
        for (kind, effort, model) in [
            ("scalar", 1, nil), ("dependent", 5, nil), ("networks-scalar", 1, models[0]),
            ("networks-dependent", 5, models[0]),
        ] {
            try addLossy(
                "\(kind)-smooth-14-signed", try #require(images["smooth-14-signed"]), .step(300),
                effort: effort,
                model: model)
            try addLossy(
                "\(kind)-noise-16", try #require(images["noise-16"]), .step(16_000), effort: effort,
                model: model)
            try addLossy(
                "\(kind)-tiles", tiled, .step(90), effort: effort, tileExponent: 6, model: model)
        }
        try Self.addSignals("signal", options: plain) { try add($0, $1, digests: $2) }
        try Self.addAdaptive { try add($0, $1, digests: $2) }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: list)
    }
}
