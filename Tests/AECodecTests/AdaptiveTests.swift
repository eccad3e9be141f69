// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import Samples
import TestSupport
import Testing

/// Residuals of a coder whose probabilities learn: Spec/bitstream.md, section 4.7.
@Suite struct AdaptiveTests {
    private static func options(_ kernel: KernelChoice = .automatic, share: Double = .infinity)
        -> EncodeOptions
    {
        var options = EncodeOptions(threads: 1, kernel: kernel)
        options.adaptiveShare = share
        return options
    }

    private static func isAdaptive(_ archive: Archive) throws -> Bool {
        try archive.groupSummaries().filter { $0.header.layer == 1 }
            .allSatisfy { $0.streams.map(\.form) == ["adaptive"] }
    }

    /// Random images come back, and their archives are the same for all kernels.
    @Test(arguments: 0..<10) func randomImagesComeBack(dozen: Int) throws {
        for seed in 12 * dozen..<12 * dozen + 12 {
            let image = TestImage.random(seed: UInt64(seed), side: 120)
            var options = Self.options()
            if seed % 4 == 0 { options.base = .rate(bitsPerSample: 0.05, maximumCost: 1e9) }
            let bytes = try encodeLossless([image], options: options)
            for kernel in KernelChoice.allCases.filter(\.isAvailable) {
                options.kernel = kernel
                #expect(try encodeLossless([image], options: options) == bytes, "seed \(seed)")
                let archive = try Archive(bytes, options: DecodeOptions(kernel: kernel))
                #expect(try archive.samples() == [image], "seed \(seed), \(kernel)")
            }
        }
    }

    @Test(arguments: [TestImage.Texture.smooth, .noise, .steps, .sparse, .grain], [12, 16])
    func everyTextureIsAdaptiveWhereAskedFor(texture: TestImage.Texture, bits: Int) throws {
        let image = TestImage.make(
            texture, extent: Extent(frames: 2, rows: 75, columns: 83),
            format: SampleFormat(bitsStored: bits, isSigned: true), seed: 3)
        let archive = try Archive(encodeLossless([image], options: Self.options()))
        #expect(try Self.isAdaptive(archive) && archive.samples() == [image])
        let plain = try Archive(encodeLossless([image], options: Self.options(share: 0)))
        #expect(try !Self.isAdaptive(plain) && plain.samples() == [image])
    }

    @Test(arguments: [1, 8, 300]) func boundsAreKept(bound: Int) throws {
        let image = TestImage.make(
            .smooth, extent: Extent(rows: 90, columns: 101),
            format: SampleFormat(bitsStored: 14, isSigned: false), seed: 9)
        let bytes = try encodeBounded(image, maximumError: bound, options: Self.options())
        var first: SampleArray?
        for kernel in KernelChoice.allCases.filter(\.isAvailable) {
            #expect(
                try encodeBounded(image, maximumError: bound, options: Self.options(kernel)) == bytes)
            let archive = try Archive(bytes, options: DecodeOptions(kernel: kernel))
            #expect(try Self.isAdaptive(archive))
            let decoded = try archive.samples()[0]
            #expect(first == nil || first == decoded)
            first = decoded
            for place in 0..<image.extent.sampleCount { #expect(abs(image[place] - decoded[place]) <= bound) }
        }
    }

    /// What is usual: smooth images are adaptive, and no larger for it.
    @Test func smallImagesAreAdaptiveWhereThatIsSmaller() throws {
        let image = TestImage.make(
            .smooth, extent: Extent(rows: 200, columns: 180),
            format: SampleFormat(bitsStored: 12, isSigned: false), seed: 5)
        let usual = try encodeLossless([image])
        let plain = try encodeLossless([image], options: Self.options(share: 0))
        #expect(usual.count <= plain.count)
        let fast = try Archive(encodeLossless([image], options: EncodeOptions(effort: 1)))
        #expect(try !Self.isAdaptive(fast))
    }

    /// Cut, lengthened or changed bytes give a typed error or other samples, never anything else.
    @Test func damageIsAnError() throws {
        let image = TestImage.make(
            .smooth, extent: Extent(rows: 60, columns: 70),
            format: SampleFormat(bitsStored: 12, isSigned: false), seed: 6)
        var options = Self.options()
        options.base = .none
        let container = try Container(encodeLossless([image], options: options))
        let body = Array(container.body(of: container.groups[0]))
        let tile = Tile(rows: 60, columns: 70, start: 0)
        let group = try PackingGroup(
            body: body[...], tiles: [tile], maximumCode: 0, lowBitCount: 0, index: 0)
        #expect(
            group.parameters.isAdaptive && group.streams.isEmpty && group.adaptive.upperBound == body.count)
        let start = group.adaptive.lowerBound
        let coded = Array(body[group.adaptive])
        let head = Array(body[..<start].dropLast(coded.count < 128 ? 1 : 2))
        func decode(_ coded: [UInt8]) throws {
            var writer = ByteWriter()
            writer.bytes(head)
            writer.varint(coded.count)
            writer.bytes(coded)
            var content = ContainerContent(container)
            content.groups[0].body = writer.bytes
            _ = try Archive(content.serialized()).samples()
        }
        try Self.expectErrors(changing: coded, count: 100, decode)
    }

    /// Bytes decode, but not if they are cut, lengthened or changed anywhere, `count` times at random.
    static func expectErrors(
        changing coded: [UInt8], count: Int, _ decode: ([UInt8]) throws -> Void
    ) throws {
        try decode(coded)
        for wrong in [[], Array(coded.dropLast(5)), coded + [0, 0, 0, 0, 0], Array(coded.prefix(3))] {
            #expect(throws: DecodeError.self) { try decode(wrong) }
        }
        var random = SplitMix64(seed: 4)
        for _ in 0..<count {
            var wrong = coded
            wrong[Int.random(in: 0..<wrong.count, using: &random)] ^= UInt8.random(
                in: 1...255, using: &random)
            #expect(throws: DecodeError.self) { try decode(wrong) }
        }
    }

    /// The flag excludes class streams and expected signs.
    @Test func parametersAreChecked() throws {
        var parameters = PredictionParametersTests.parameters
        parameters.isAdaptive = true
        #expect(throws: DecodeError.fieldOutOfRange(field: "Stream_Count", value: 4)) {
            try PredictionParameters(bytes: parameters.bytes, tileCount: 2, maximumCode: 4095)
        }
        parameters.classStarts = []
        #expect(
            try PredictionParameters(bytes: parameters.bytes, tileCount: 2, maximumCode: 4095) == parameters)
        parameters.signWeight = 3
        #expect(throws: DecodeError.fieldOutOfRange(field: "Prediction_Flags", value: 23)) {
            try PredictionParameters(bytes: parameters.bytes, tileCount: 2, maximumCode: 4095)
        }
    }
}
