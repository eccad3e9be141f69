// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import Samples
import TestSupport
import Testing

@Suite struct RoundTripTests {
    /// Two thousand images, a hundred a test: 1 to 300 rows and columns, 1 to 16 bits, signed and not,
    /// noise, ramps, few levels, type limits, several frames; every fourth in two layers at any cost.
    @Test(arguments: 0..<20)
    func randomImagesComeBack(hundred: Int) throws {
        for seed in 100 * hundred..<100 * hundred + 100 {
            let image = TestImage.random(seed: UInt64(seed))
            var options = EncodeOptions(threads: 1)
            if seed % 4 == 0 {
                options.base = .rate(bitsPerSample: [0.001, 0.05, 0.6, 9][seed / 4 % 4], maximumCost: 1e9)
            }
            let archive = try Archive(encodeLossless([image], options: options))
            #expect(try archive.samples() == [image], "seed \(seed): \(image.extent), \(image.format)")
        }
    }

    @Test(
        arguments: TestImage.Texture.allCases,
        [(1, 1), (1, 500), (500, 1), (16, 75), (17, 76), (33, 33), (700, 90)])
    func everyTextureComesBackAtAwkwardSizes(texture: TestImage.Texture, size: (Int, Int)) throws {
        for bits in [1, 8, 9, 16] {
            let image = TestImage.make(
                texture, extent: Extent(rows: size.0, columns: size.1),
                format: SampleFormat(bitsStored: bits, isSigned: bits % 2 == 1), seed: 7)
            #expect(try Archive(encodeLossless([image])).samples() == [image])
        }
    }

    /// Biosignals of 17 to 32 bits, several parts in one archive, leads as rows.
    @Test(arguments: [17, 24, 32]) func deepSignalsAndSeveralPartsComeBack(bits: Int) throws {
        let signal = TestImage.make(
            .smooth, extent: Extent(rows: 12, columns: 1000),
            format: SampleFormat(bitsStored: bits, isSigned: true), seed: 1)
        let noise = TestImage.make(
            .noise, extent: Extent(frames: 2, channels: 2, rows: 3, columns: 50),
            format: SampleFormat(bitsStored: bits, isSigned: false), seed: 2)
        let archive = try Archive(encodeLossless([signal, noise], kind: .signal))
        #expect(archive.container.parts.map(\.kind) == [.signal, .signal])
        #expect(try archive.samples() == [signal, noise])
    }

    @Test func severalTilesAndFramesComeBackTogetherAndAlone() throws {
        let image = TestImage.make(
            .smooth, extent: Extent(frames: 2, rows: 1100, columns: 500),
            format: SampleFormat(bitsStored: 12, isSigned: false),
            seed: 3)
        let archive = try Archive(encodeLossless([image]))
        #expect(archive.container.groups.count > 3)
        #expect(try archive.samples() == [image])
        for frame in 0..<2 {
            #expect(
                try archive.samples(part: 0, SampleSelection(frames: frame..<frame + 1))
                    == image.frames(frame..<frame + 1))
        }
        #expect(throws: DecodeError.framesOutOfRange(asked: 1..<3, frames: 2)) {
            try archive.samples(part: 0, SampleSelection(frames: 1..<3))
        }
    }

    /// Small frames share a group; one of them is decoded with its neighbours and cut out.
    @Test func smallFramesShareGroups() throws {
        let image = TestImage.make(
            .noise, extent: Extent(frames: 10, rows: 20, columns: 30),
            format: SampleFormat(bitsStored: 10, isSigned: true),
            seed: 4)
        let archive = try Archive(encodeLossless([image]))
        #expect(archive.container.groups.count == 1)
        #expect(try archive.samples(part: 0, SampleSelection(frames: 4..<6)) == image.frames(4..<6))
    }

    @Test func theBytesDoNotDependOnThreads() throws {
        let image = TestImage.make(
            .smooth, extent: Extent(rows: 2100, columns: 400),
            format: SampleFormat(bitsStored: 12, isSigned: false), seed: 5)
        let one = try encodeLossless([image], options: EncodeOptions(threads: 1))
        for threads in [2, 5, 0] {
            #expect(try encodeLossless([image], options: EncodeOptions(threads: threads)) == one)
            #expect(try Archive(one, options: DecodeOptions(threads: threads)).samples() == [image])
        }
    }

    @Test(arguments: KernelChoice.allCases.filter(\.isAvailable))
    func everyKernelGivesTheSameBytesAndSamples(kernel: KernelChoice) throws {
        for seed in 0..<20 {
            let image = TestImage.random(seed: UInt64(1000 + seed), side: 120)
            let reference = try encodeLossless([image], options: EncodeOptions(threads: 1, kernel: .portable))
            #expect(
                try encodeLossless([image], options: EncodeOptions(threads: 1, kernel: kernel)) == reference)
            #expect(try Archive(reference, options: DecodeOptions(kernel: kernel)).samples() == [image])
        }
    }

    @Test func kernelsOfAnotherMachineAreRefused() throws {
        let bytes = try encodeLossless([TestImage.random(seed: 1, side: 10)])
        for kernel in KernelChoice.allCases where !kernel.isAvailable {
            #expect(throws: DecodeError.kernelUnavailable(kernel)) {
                try Archive(bytes, options: DecodeOptions(kernel: kernel)).samples()
            }
            #expect(throws: EncodeError.kernelUnavailable(kernel)) {
                try encodeLossless(
                    [TestImage.random(seed: 1, side: 10)], options: EncodeOptions(kernel: kernel))
            }
        }
    }

    @Test func theSourceRecordComesBack() throws {
        let image = TestImage.random(seed: 6, side: 40)
        let kept = [UInt8]("a header, a header, a header, a header, a header, a header".utf8)
        let source = SourceRecord(
            format: .dicom, isByteExact: true, byteCount: kept.count + 4 * image.extent.sampleCount,
            digest: [UInt8](repeating: 7, count: 32),
            cuts: [
                .init(
                    offset: 10, part: 0, firstSample: 0, sampleCount: image.extent.sampleCount, cellBytes: 4)
            ],
            kept: kept)
        let archive = try Archive(encodeLossless([image], source: source))
        #expect(try archive.source()?.record == source)
        #expect(try Archive(encodeLossless([image])).source() == nil)
    }

    @Test func anArchiveHasOneTo4096Parts() {
        let image = TestImage.random(seed: 2, side: 4)
        #expect(throws: EncodeError.partCount(0)) { try encodeLossless([]) }
        #expect(throws: EncodeError.partCount(4097)) {
            try encodeLossless([SampleArray](repeating: image, count: 4097))
        }
    }
}
