// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import Samples
import TestSupport
import Testing

/// Damaged archives give a typed error or the same samples; never a crash, never other samples.
@Suite struct DamageTests {
    static let image = TestImage.make(
        .smooth, extent: Extent(frames: 2, rows: 23, columns: 37),
        format: SampleFormat(bitsStored: 12, isSigned: true),
        seed: 11)

    static func archive() throws -> [UInt8] {
        try encodeLossless([image], options: EncodeOptions(threads: 1))
    }

    /// Decodes and says whether other samples came out.
    static func givesOtherSamples(_ bytes: [UInt8]) -> Bool {
        do {
            return try Archive(bytes, options: DecodeOptions(threads: 1)).samples() != [image]
        } catch { return false }
    }

    @Test func everyTruncationIsAnError() throws {
        let bytes = try Self.archive()
        for length in bytes.indices {
            #expect(throws: DecodeError.self, "first \(length) bytes") {
                try Archive(Array(bytes.prefix(length))).samples()
            }
        }
    }

    @Test(arguments: 0..<10) func tenThousandFlippedBytesNeverChangeSamples(thousand: Int) throws {
        let bytes = try Self.archive()
        var random = SplitMix64(seed: UInt64(thousand))
        for _ in 0..<1000 {
            var damaged = bytes
            damaged[Int.random(in: bytes.indices, using: &random)] ^= UInt8.random(
                in: 1...255, using: &random)
            #expect(!Self.givesOtherSamples(damaged))
        }
    }

    /// Damage behind valid checksums reaches every stage of the decoder.
    @Test(arguments: 0..<8) func damageBehindChecksumsNeverChangesSamples(seed: Int) throws {
        let container = try Container(Self.archive())
        var random = SplitMix64(seed: UInt64(seed))
        for _ in 0..<500 {
            var content = ContainerContent(container)
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                switch Int.random(in: 0..<10, using: &random) {
                case 0: Self.flip(&content.parts[0].sampleMap, &random)
                case 1: Self.flip(&content.parts[0].parameters, &random)
                case 2: content.groups[0].body.removeLast(Int.random(in: 1...20, using: &random))
                case 3: content.groups[0].body.append(0)
                default: Self.flip(&content.groups[0].body, &random)
                }
            }
            #expect(!Self.givesOtherSamples(content.serialized()))
        }
    }

    private static func flip(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        // Headers are at the front; they get more than their share.
        let last = Bool.random(using: &random) ? bytes.count : min(bytes.count, 60)
        bytes[Int.random(in: 0..<last, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
    }

    /// Damage in larger groups, with several predictors, labels, raw bits and every kernel.
    @Test(arguments: KernelChoice.allCases.filter(\.isAvailable))
    func damagedBodiesNeverCrashAnyKernel(kernel: KernelChoice) throws {
        let image = TestImage.make(
            .smooth, extent: Extent(rows: 200, columns: 210),
            format: SampleFormat(bitsStored: 14, isSigned: false), seed: 12)
        let container = try Container(encodeLossless([image], options: EncodeOptions(threads: 1)))
        var random = SplitMix64(seed: 99)
        for _ in 0..<60 {
            var content = ContainerContent(container)
            Self.flip(&content.groups[0].body, &random)
            do {
                let samples = try Archive(
                    content.serialized(), options: DecodeOptions(threads: 1, kernel: kernel)
                ).samples()
                #expect(samples == [image])
            } catch {}
        }
    }

    @Test func limitsAreKeptBeforeMemoryIsTaken() throws {
        let bytes = try Self.archive()
        #expect(throws: DecodeError.self) { try Archive(bytes, options: DecodeOptions(maximumSamples: 1000)) }
        #expect {
            try Archive(bytes, options: DecodeOptions(maximumMemory: 1 << 20)).samples()
        } throws: { error in
            if case DecodeError.memoryLimit(_, 1 << 20) = error { true } else { false }
        }
    }

    @Test func missingAndRepeatedTilesAreNoticed() throws {
        let tall = TestImage.make(
            .ramp, extent: Extent(rows: 2100, columns: 400),
            format: SampleFormat(bitsStored: 9, isSigned: false), seed: 13)
        var options = EncodeOptions()
        options.base = .none
        let container = try Container(encodeLossless([tall], options: options))
        #expect(container.groups.count == 3)
        var missing = ContainerContent(container)
        missing.groups.removeLast()
        var repeated = ContainerContent(container)
        repeated.groups[1] = repeated.groups[0]
        var swapped = ContainerContent(container)
        swapped.groups.swapAt(0, 1)
        for content in [missing, repeated, swapped] {
            #expect(throws: DecodeError.tileCoverage(part: 0)) { try Archive(content.serialized()) }
        }
    }

    @Test func anotherDigestIsNoticed() throws {
        var content = ContainerContent(try Container(Self.archive()))
        content.parts[0].digest[5] ^= 1
        #expect(throws: DecodeError.digestMismatch(part: 0)) { try Archive(content.serialized()).samples() }
    }

    @Test func whatLaterVersionsHaveIsNamed() throws {
        let image = TestImage.random(seed: 3, side: 40)
        var model = ContainerContent(try Container(encodeLossy(image, target: .step(9))))
        model.parts[0].model = ModelReference(
            version: 1, identity: [UInt8](repeating: 1, count: 16), name: "breast")
        #expect(
            throws: DecodeError.unsupported(
                part: 0, feature: .model("breast", identity: [UInt8](repeating: 1, count: 16)))
        ) {
            try Archive(model.serialized())
        }
    }
}
