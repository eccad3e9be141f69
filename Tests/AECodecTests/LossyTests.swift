// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import AEMetrics
import Foundation
import Samples
import TestSupport
import Testing

@Suite struct LossyTests {
    static let smooth = TestImage.make(
        .smooth, extent: Extent(rows: 150, columns: 170),
        format: SampleFormat(bitsStored: 12, isSigned: false),
        seed: 21)

    /// Decodes an archive and checks that its mode states the error it makes.
    static func difference(_ bytes: [UInt8], from image: SampleArray) throws -> SampleDifference {
        let archive = try Archive(bytes)
        let samples = try #require(try archive.samples().first)
        let difference = try #require(SampleDifference(image, samples))
        let mode = archive.container.parts[0].mode
        #expect(mode.maximumError == UInt64(difference.maximumError))
        #expect(mode.meanSquaredError == Float(difference.meanSquaredError))
        #expect((mode.kind == .lossy) == (difference.maximumError > 0))
        return difference
    }

    /// Sizes around every border, 1 to 16 bits, signed and not: the mode is true, and coarser steps
    /// make smaller archives.
    @Test(arguments: TestImage.Texture.allCases) func modesAreTrue(texture: TestImage.Texture) throws {
        for (rows, columns) in [(1, 1), (1, 2), (2, 1), (3, 5), (17, 33), (64, 64), (65, 130)] {
            for bits in [1, 8, 12, 16] {
                let image = TestImage.make(
                    texture, extent: Extent(rows: rows, columns: columns),
                    format: SampleFormat(bitsStored: bits, isSigned: bits == 12), seed: 3)
                for step in [0.5, 20, 3000] {
                    _ = try Self.difference(encodeLossy(image, target: .step(step)), from: image)
                }
            }
        }
    }

    @Test func errorsGrowAndBytesShrinkWithTheStep() throws {
        var lastBytes = Int.max
        var lastError = -1.0
        for step in [2.0, 8, 32, 128, 512] {
            let bytes = try encodeLossy(Self.smooth, target: .step(step))
            let error = try Self.difference(bytes, from: Self.smooth).meanSquaredError
            #expect(bytes.count < lastBytes)
            #expect(error > lastError)
            lastBytes = bytes.count
            lastError = error
        }
    }

    /// A uniform quantiser of step s makes a mean squared error of s^2 / 12, and more where it saves bits.
    ///
    /// Two in turn are given steps 1.375 times as large.
    @Test(arguments: [(1, 1...1.05), (5, 1.4...1.44), (9, 1.42...1.46)]) func theErrorIsThatOfTheStep(
        effort: Int, share: ClosedRange<Double>
    ) throws {
        let noise = TestImage.make(
            .noise, extent: Extent(rows: 128, columns: 128),
            format: SampleFormat(bitsStored: 12, isSigned: false),
            seed: 4)
        let bytes = try encodeLossy(noise, target: .step(48), options: EncodeOptions(effort: effort))
        let error = try Self.difference(bytes, from: noise).meanSquaredError / (48 * 48 / 12)
        #expect(share.contains(error), "\(error)")
    }

    @Test(arguments: [35.0, 50, 62]) func psnrIsReachedAndNotByMuch(decibels: Double) throws {
        let difference = try Self.difference(
            encodeLossy(Self.smooth, target: .psnr(decibels)), from: Self.smooth)
        let psnr = difference.psnr(bitsStored: 12)
        #expect(psnr >= decibels && psnr < decibels + 0.3)
    }

    @Test(arguments: [8.0, 20, 40]) func ratiosAreKept(ratio: Double) throws {
        let bytes = try encodeLossy(Self.smooth, target: .ratio(ratio))
        let limit = Double(2 * Self.smooth.extent.sampleCount) / ratio
        #expect(Double(bytes.count) <= limit && Double(bytes.count) >= limit - max(256, limit / 50))
        _ = try Self.difference(bytes, from: Self.smooth)
    }

    @Test func sizesThatCannotBeAreRefused() {
        #expect(throws: EncodeError.targetUnreachable(bytes: 51)) {
            try encodeLossy(Self.smooth, target: .ratio(1000))
        }
        let deep = TestImage.make(
            .noise, extent: Extent(rows: 4, columns: 4), format: SampleFormat(bitsStored: 24, isSigned: true),
            seed: 1)
        #expect(throws: EncodeError.tooDeep(bits: 24)) { try encodeLossy(deep, target: .step(1)) }
        #expect(throws: EncodeError.targetOutOfRange) { try encodeLossy(Self.smooth, target: .quality(0)) }
    }

    /// If lossless fits, lossless is written.
    @Test func generousTargetsGiveLosslessArchives() throws {
        let bytes = try encodeLossy(Self.smooth, target: .bitsPerSample(16))
        #expect(try Archive(bytes).container.parts[0].mode.kind == .lossless)
        #expect(try Archive(bytes).samples() == [Self.smooth])
    }

    @Test(arguments: KernelChoice.allCases.filter(\.isAvailable))
    func everyKernelGivesTheSameSamples(kernel: KernelChoice) throws {
        for seed in 0..<12 {
            let image = TestImage.random(seed: UInt64(500 + seed), side: 150)
            let reference = try encodeLossy(
                image, target: .step(30), options: EncodeOptions(threads: 1, kernel: .portable))
            #expect(
                try encodeLossy(image, target: .step(30), options: EncodeOptions(kernel: kernel)) == reference
            )
            for threads in [1, 4] {
                let options = DecodeOptions(threads: threads, kernel: kernel)
                _ = try Archive(reference, options: options).samples()
            }
        }
    }

    @Test func severalTilesAndFramesAreCoded() throws {
        let image = TestImage.make(
            .smooth, extent: Extent(frames: 2, rows: 1030, columns: 70),
            format: SampleFormat(bitsStored: 10, isSigned: false), seed: 6)
        let bytes = try encodeLossy(image, target: .step(12))
        _ = try Self.difference(bytes, from: image)
        let archive = try Archive(bytes)
        let whole = try archive.samples()[0]
        #expect(try archive.samples(part: 0, SampleSelection(frames: 1..<2)) == whole.frames(1..<2))
    }

    @Test func everyTruncationIsAnError() throws {
        let image = TestImage.make(
            .smooth, extent: Extent(rows: 20, columns: 24),
            format: SampleFormat(bitsStored: 12, isSigned: false),
            seed: 8)
        let bytes = try encodeLossy(image, target: .step(40))
        for length in bytes.indices {
            #expect(throws: DecodeError.self) { try Archive(Array(bytes.prefix(length))).samples() }
        }
    }

    /// Damage behind valid checksums gives errors, never other samples.
    @Test(arguments: 0..<6) func damageNeverChangesSamples(seed: Int) throws {
        let image = TestImage.make(
            .smooth, extent: Extent(rows: 60, columns: 70),
            format: SampleFormat(bitsStored: 12, isSigned: false),
            seed: 9)
        let bytes = try encodeLossy(image, target: .step(25))
        let good = try Archive(bytes).samples()
        let container = try Container(bytes)
        var random = SplitMix64(seed: UInt64(seed))
        for _ in 0..<250 {
            var content = ContainerContent(container)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: Self.flip(&content.parts[0].parameters, &random)
            case 1: Self.flip(&content.parts[0].sampleMap, &random)
            default: Self.flip(&content.groups[0].body, &random)
            }
            do {
                let samples = try Archive(content.serialized()).samples()
                #expect(samples == good)
            } catch {}
        }
    }

    private static func flip(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        bytes[Int.random(in: bytes.indices, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
    }

    @Test func modelsThatAreNotThereAreNamed() throws {
        var content = ContainerContent(try Container(encodeLossy(Self.smooth, target: .step(50))))
        content.parts[0].model = ModelReference(
            version: 9, identity: [UInt8](repeating: 9, count: 16), name: "other")
        #expect(
            throws: DecodeError.unsupported(
                part: 0, feature: .model("other", identity: [UInt8](repeating: 9, count: 16)))
        ) {
            try Archive(content.serialized())
        }
    }

    /// Bytes and PSNR of one image at several steps, within bounds on both sides; a change of the encoder
    /// that moves them must move these lines.
    @Test(arguments: LossyTests.corridor) func ratesAndDistortionsStayInTheirCorridor(line: Corridor) throws {
        let bytes = try encodeLossy(Self.smooth, target: .step(line.step))
        let psnr = try Self.difference(bytes, from: Self.smooth).psnr(bitsStored: 12)
        #expect(line.bytes.contains(bytes.count), "\(bytes.count) bytes")
        #expect(line.psnr.contains(psnr), "\(psnr) dB")
    }

    struct Corridor: Sendable {
        var step: Double
        var bytes: ClosedRange<Int>
        var psnr: ClosedRange<Double>
    }

    static let corridor = [
        Corridor(step: 6, bytes: 7510...7590, psnr: 65.32...65.42),
        Corridor(step: 24, bytes: 3020...3100, psnr: 56.44...56.54),
        Corridor(step: 96, bytes: 1293...1373, psnr: 45.85...45.95),
    ]
}

@Suite struct PyramidModelTests {
    @Test func builtInModelsAreTheFilesInModels() throws {
        for known in PyramidModel.builtIn {
            let (name, version, model) = (known.name, known.version, known.model)
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let file = root.appendingPathComponent("Models/\(name)-\(version).aem")
            #expect(try [UInt8](Data(contentsOf: file)) == model.bytes)
            #expect(try PyramidModel(bytes: model.bytes).digest == model.digest)
            let card = try String(
                contentsOf: file.deletingPathExtension().appendingPathExtension("md"), encoding: .utf8)
            #expect(card.contains(model.digest.map { String(format: "%02x", $0) }.joined()))
        }
        #expect(PyramidModel.builtIn.last?.model.lifting == .cdf97)
    }

    @Test func damagedModelsAreRefused() throws {
        let bytes = PyramidModel.builtIn[0].model.bytes
        #expect(throws: DecodeError.self) { try PyramidModel(bytes: Array(bytes.dropLast())) }
        #expect(throws: DecodeError.self) { try PyramidModel(bytes: bytes + [0]) }
        // Version, Pair_Count, and the highest byte of the first coefficient.
        for (offset, value) in [(8, 1), (8, 2), (10, 0), (10, 5), (10, 2), (14, 0x7F)] {
            var damaged = bytes
            damaged[offset] = UInt8(value)
            #expect(throws: DecodeError.self) { try PyramidModel(bytes: damaged) }
        }
    }

    @Test(arguments: [false, true]) func damagedRulesTreesAndCentroidsAreRefused(hasNetworks: Bool) throws {
        let model = try hasNetworks ? PyramidModel.networks(seed: 3) : PyramidModel.linear(seed: 3)
        #expect(try PyramidModel(bytes: model.bytes).rule == model.rule)
        #expect(try PyramidModel(bytes: model.bytes).tree == model.tree)
        #expect(try PyramidModel(bytes: model.bytes).centroids == model.centroids)
        let rule = 11 + 16 * model.lifting.pairCount + 120
        let centroids = model.bytes.count - model.centroids.count
        let tree = centroids - 4 * model.tree.children.count
        func expectRefusal(_ field: String, at offset: Int, _ value: UInt8) {
            var damaged = model.bytes
            damaged[offset] = value
            #expect {
                try PyramidModel(bytes: damaged)
            } throws: {
                if case DecodeError.fieldOutOfRange(field, _) = $0 { true } else { false }
            }
        }
        expectRefusal("Rule of the model", at: rule, 2)
        // A child is one that another node has, or comes later.
        expectRefusal("Class_Tree of the model", at: tree, model.bytes[tree] ^ 1)
        expectRefusal("Class_Tree of the model", at: tree + 1, 0x80)
        expectRefusal("Centroid of the model", at: centroids, 64)
        expectRefusal("Centroid of the model", at: model.bytes.count - 1, 0x80)
        for length in stride(from: rule, to: model.bytes.count, by: 37) {
            #expect(throws: DecodeError.self) { try PyramidModel(bytes: Array(model.bytes.prefix(length))) }
        }
    }

    @Test func parametersComeBack() throws {
        let model = PyramidModel.builtIn[0].model
        for common: UInt32 in [1, 5, 4095, 70_000, 12_345_678] {
            let parameters = PyramidParameters(
                tileExponent: 10, levelCount: 2, fractionBits: 6, quantizer: .dependent, commonStep: common,
                exceptions: [(0, 77), (3, 4096), (6, 1_000_000)], model: model)
            let read = try PyramidParameters(payload: parameters.payload, model: model)
            #expect(read.payload == parameters.payload)
            #expect(read.steps == parameters.steps)
            #expect(read.steps[0] == PyramidParameters.representable(77))
        }
        let parameters = PyramidParameters(
            tileExponent: 10, levelCount: 2, fractionBits: 6, commonStep: 5, exceptions: [(6, 9)],
            model: model)
        let damages: [(Int, UInt8, String)] = [
            (0, 5, "Tile_Exponent"), (1, 7, "Pyramid_Levels"), (2, 9, "Fraction_Bits"), (3, 2, "Quantizer"),
            (7, 7, "Exception_Band"),
        ]
        for (offset, value, field) in damages {
            var payload = parameters.payload
            payload[offset] = value
            #expect {
                try PyramidParameters(payload: payload, model: model)
            } throws: { error in
                if case DecodeError.fieldOutOfRange(field, _) = error { true } else { false }
            }
        }
    }
}
