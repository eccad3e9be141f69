// SPDX-License-Identifier: Apache-2.0
import AEContainer
import AECodecEncoder
import Digest
import Foundation
import Samples
import TestSupport
import Testing

/// The decoder in `Tests/Witness`, written from `Spec/` alone, reads what the encoder writes.
@Suite(.enabled(if: Witness.isRunnable, Witness.absence))
struct WitnessTests {
    struct Specimen: Sendable, CustomTestStringConvertible {
        var name: String
        var parts: [SampleArray]
        var kind = Part.Kind.image
        var testDescription: String { name }
    }

    static let specimens: [Specimen] = {
        func image(
            _ texture: TestImage.Texture, _ rows: Int, _ columns: Int, bits: Int, isSigned: Bool = false,
            frames: Int = 1, channels: Int = 1
        ) -> SampleArray {
            TestImage.make(
                texture, extent: Extent(frames: frames, channels: channels, rows: rows, columns: columns),
                format: SampleFormat(bitsStored: bits, isSigned: isSigned), seed: UInt64(rows + columns))
        }
        return [
            Specimen(name: "one sample", parts: [image(.noise, 1, 1, bits: 12)]),
            Specimen(name: "flat and narrow", parts: [image(.constant, 90, 3, bits: 8)]),
            Specimen(name: "smooth", parts: [image(.smooth, 70, 90, bits: 14, isSigned: true)]),
            Specimen(name: "steps", parts: [image(.steps, 80, 75, bits: 12)]),
            Specimen(name: "limits", parts: [image(.limits, 21, 40, bits: 16, isSigned: true)]),
            Specimen(name: "sparse levels", parts: [image(.sparse, 33, 65, bits: 16)]),
            Specimen(name: "noise of one bit", parts: [image(.noise, 40, 50, bits: 1)]),
            Specimen(
                name: "frames and channels",
                parts: [image(.smooth, 20, 35, bits: 10, frames: 3, channels: 2)]),
            Specimen(
                name: "signals of 24 and 32 bits",
                parts: [
                    image(.smooth, 3, 200, bits: 24, isSigned: true), image(.noise, 2, 100, bits: 32),
                ], kind: .signal),
        ]
    }()

    @Test(arguments: specimens)
    func archivesDecode(specimen: Specimen) throws {
        let archive = try encodeLossless(specimen.parts, kind: specimen.kind)
        let digests = specimen.parts.map { part in
            hexadecimal(SHA256.hash(part.canonicalBytes(0..<part.extent.sampleCount)))
        }
        try withFolder { folder in
            let path = folder.appendingPathComponent("specimen.aec")
            try Data(archive).write(to: path)
            let run = try Witness.run([path.path])
            #expect(run.status == 0, "\(run.text)")
            #expect(run.digests == digests)
        }
    }

    @Test(arguments: [UInt64](1...12))
    func randomArchivesDecode(seed: UInt64) throws {
        try archivesDecode(
            specimen: Specimen(name: "seed \(seed)", parts: [TestImage.random(seed: seed, side: 60)]))
    }

    @Test(arguments: goldenArchives)
    func goldenArchivesDecode(name: String, digests: [[String]]) throws {
        let arguments = [Self.golden + "/" + name, "--model", Self.golden + "/networks.aem"]
        let run = try Witness.run(arguments)
        #expect(run.status == 0, "\(run.text)")
        #expect(run.digests == digests[0])
        for (index, digest) in digests.dropFirst().joined().enumerated() {
            let run = try Witness.run(arguments + ["--reduce", "\(index + 1)"])
            #expect(run.status == 0 && run.text.contains(" sha256 \(digest), reduced"), "\(run.text)")
        }
    }

    /// Archives of a file that is kept whole have no parts, and give the file back.
    @Test func wholeFilesAreRebuilt() throws {
        let text = [UInt8]("no image at all, no image at all, no image at all".utf8)
        let record = SourceRecord(
            format: .other, isByteExact: true, byteCount: text.count, digest: SHA256.hash(text), cuts: [],
            kept: text)
        try withFolder { folder in
            let archive = folder.appendingPathComponent("whole.aec")
            let file = folder.appendingPathComponent("whole")
            try Data(encodeWholeFile(record) ?? []).write(to: archive)
            let run = try Witness.run([archive.path, "--file", file.path])
            #expect(run.status == 0, "\(run.text)")
            #expect(try Data(contentsOf: file) == Data(text))
        }
    }

    @Test(arguments: [1, 5, 900])
    func boundedArchivesDecode(bound: Int) throws {
        let image = TestImage.make(
            .smooth, extent: Extent(frames: 2, rows: 50, columns: 70),
            format: SampleFormat(bitsStored: 14, isSigned: true), seed: UInt64(bound))
        let archive = try encodeBounded(image, maximumError: bound)
        let digest = try hexadecimal(Container(archive).parts[0].digest)
        try withFolder { folder in
            let path = folder.appendingPathComponent("bounded.aec")
            try Data(archive).write(to: path)
            let run = try Witness.run([path.path])
            #expect(run.status == 0, "\(run.text)")
            #expect(run.digests == [digest])
        }
    }

    @Test func originalFilesAreRebuilt() throws {
        let header = [UInt8]("P5\n31 24\n4095\n".utf8)
        let image = TestImage.make(
            .smooth, extent: Extent(rows: 24, columns: 31),
            format: SampleFormat(bitsStored: 12, isSigned: false), seed: 3)
        let file = header + image.values.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        let cut = SourceRecord.Cut(
            offset: header.count, part: 0, firstSample: 0, sampleCount: 24 * 31, cellBytes: 2,
            isBigEndian: true)
        let archive = try encodeLossless(
            [image],
            source: SourceRecord(
                format: .pgm, isByteExact: true, byteCount: file.count, digest: SHA256.hash(file),
                cuts: [cut], kept: header))
        try withFolder { folder in
            let path = folder.appendingPathComponent("image.aec")
            let rebuilt = folder.appendingPathComponent("image.pgm")
            try Data(archive).write(to: path)
            let run = try Witness.run([path.path, "--file", rebuilt.path])
            #expect(run.status == 0, "\(run.text)")
            #expect(try [UInt8](Data(contentsOf: rebuilt)) == file)
        }
    }

    @Test(arguments: [false, true])
    func damagedArchivesAreRefused(isLossy: Bool) throws {
        let image = TestImage.make(
            .smooth, extent: Extent(rows: 20, columns: 20),
            format: SampleFormat(bitsStored: 16, isSigned: false), seed: 1)
        let archive = try isLossy ? encodeLossy(image, target: .step(40)) : encodeLossless([image])
        try withFolder { folder in
            let path = folder.appendingPathComponent("damaged.aec")
            var changed = archive
            changed[archive.count / 2] ^= 1
            for bytes in [changed, [UInt8](archive.dropLast(5)), archive + [0]] {
                try Data(bytes).write(to: path)
                let run = try Witness.run([path.path])
                #expect(run.status == 1)
                #expect(run.text.hasPrefix("decode.py: ") && run.text.hasSuffix(".\n"))
            }
        }
    }

    static let golden = Repository.root + "/Fixtures/golden"

    /// Names, digests and those of reduced pictures, of `expected.csv`, or of no archive if the folder is absent.
    static let goldenArchives: [(String, [[String]])] = {
        let text = (try? String(contentsOfFile: golden + "/expected.csv", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").dropFirst().map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            return (String(fields[0]), fields.dropFirst().map { $0.split(separator: " ").map(String.init) })
        }
    }()
}
