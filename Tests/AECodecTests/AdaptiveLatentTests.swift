// SPDX-License-Identifier: Apache-2.0
@testable import AECodecEncoder
import AECodec
import AEContainer
import Foundation
import Samples
import TestSupport
import Testing

/// Latents of images by probabilities that learn: Spec/bitstream.md, section 9.1.
@Suite struct AdaptiveLatentTests {
    private static func archive(
        _ image: SampleArray, quality: Int, share: Double? = nil, effort: Int = 5, tileExponent: Int = 10,
        model: Model? = nil, kernel: KernelChoice = .automatic
    ) throws -> [UInt8] {
        var options = EncodeOptions(threads: 1, kernel: kernel, effort: effort)
        options.adaptiveShare = share
        options.pyramidTileExponent = tileExponent
        options.model = model
        return try encodeLossy(image, target: .quality(quality), options: options)
    }

    private static func forms(_ bytes: [UInt8]) throws -> Set<String> {
        Set(try Archive(bytes).groupSummaries().flatMap { $0.streams.map(\.form) })
    }

    private static func image(_ seed: Int, rows: Int = 150, columns: Int = 190) -> SampleArray {
        TestImage.make(
            [TestImage.Texture.smooth, .grain, .steps][seed % 3],
            extent: Extent(rows: rows, columns: columns),
            format: SampleFormat(bitsStored: 10 + seed % 5, isSigned: seed % 2 == 1), seed: UInt64(seed))
    }

    /// Default and high efforts learn, low ones do not, and what learns is smaller.
    @Test(arguments: [20, 40, 60]) func learningIsSmaller(quality: Int) throws {
        let image = Self.image(1, rows: 400, columns: 300)
        let usual = try Self.archive(image, quality: quality)
        let streams = try Self.archive(image, quality: quality, share: 0)
        #expect(try Self.forms(usual) == ["adaptive"])
        #expect(try !Self.forms(streams).contains("adaptive"))
        #expect(try Self.forms(Self.archive(image, quality: quality, effort: 9)) == ["adaptive"])
        #expect(try !Self.forms(Self.archive(image, quality: quality, effort: 1)).contains("adaptive"))
        #expect(usual.count < streams.count)
    }

    /// The same archive and samples with every kernel, of networks and of linear contexts, of one tile and of many.
    @Test(arguments: 0..<12) func everyKernelAgrees(seed: Int) throws {
        let model = seed % 4 == 3 ? CodingPart.networks.model : Model.builtIn[0]
        let image = Self.image(seed)
        var archives: Set<[UInt8]> = []
        var decoded: Set<[UInt8]> = []
        for kernel in KernelChoice.allCases.filter(\.isAvailable) {
            let bytes = try Self.archive(
                image, quality: [5, 35, 60, 80][seed % 4], tileExponent: [10, 6][seed / 2 % 2], model: model,
                kernel: kernel)
            archives.insert(bytes)
            for threads in [1, 3] {
                let options = DecodeOptions(threads: threads, kernel: kernel)
                decoded.insert(try Archive(bytes, options: options).samples()[0].digest)
            }
        }
        #expect(archives.count == 1 && decoded.count == 1)
    }

    /// Random samples, with indexes beyond those that are counted one by one: what was quantised comes back.
    @Test(arguments: 0..<8) func largeIndexesComeBack(seed: Int) throws {
        let format = SampleFormat(bitsStored: 16, isSigned: false)
        let image = TestImage.make(
            .noise, extent: Extent(rows: 40 + 9 * seed, columns: 70), format: format, seed: UInt64(seed))
        let archive = try Archive(Self.archive(image, quality: 60 + 5 * seed))
        let decoded = try archive.samples()[0]
        let error = (0..<image.extent.sampleCount).map { abs(image[$0] - decoded[$0]) }.max() ?? 0
        #expect(UInt64(error) == archive.container.parts[0].mode.maximumError)
    }

    /// A region and a reduced picture are those of the whole.
    @Test(arguments: [6, 10]) func regionsAreThoseOfTheWhole(tileExponent: Int) throws {
        let bytes = try Self.archive(
            Self.image(4, rows: 220, columns: 260), quality: 45, tileExponent: tileExponent)
        let archive = try Archive(bytes)
        let whole = try archive.samples()[0]
        let wanted = SampleSelection.Region(x: 31, y: 70, width: 119, height: 130)
        let region = try archive.samples(part: 0, SampleSelection(frames: 0..<1, region: wanted))
        for row in 0..<130 {
            for column in 0..<119 {
                #expect(region[row * 119 + column] == whole[(row + 70) * 260 + column + 31])
            }
        }
        #expect(throws: Never.self) {
            _ = try archive.samples(part: 0, SampleSelection(frames: 0..<1, reduction: 2))
        }
    }

    /// Cut, lengthened or changed bytes give a typed error.
    @Test func damageIsAnError() throws {
        let container = try Container(Self.archive(Self.image(2), quality: 50))
        let body = Array(container.body(of: container.groups[0]))
        try AdaptiveTests.expectErrors(changing: body, count: 200) { body in
            var content = ContainerContent(container)
            content.groups[0].body = body
            _ = try Archive(content.serialized()).samples()
        }
    }

    /// The table of the decoder follows from what the encoder knows, and is the one of the specification.
    @Test func priorsAreThoseOfTheSpecification() throws {
        #expect(LatentPriors.logits.count == 9 * 512)
        for (own, expected) in zip(LatentPriors.logits, LatentPrior.logits) {
            // C libraries may round exponentials differently.
            #expect(abs(Int(own) - Int(expected)) <= 1)
        }
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Spec/priors.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let digits = text.split(separator: "```")[1].filter { $0.isHexDigit }
        let stated = LatentPriors.logits.map { entry in
            let byte = UInt8(bitPattern: entry)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        #expect(digits == stated.joined())
    }
}
