// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import AEMetrics
import Samples
import TestSupport
import Testing

@testable import AECodecEncoder

/// Encoder and decoder agree on latents, whichever way contexts and quantisers follow.
@Suite struct ContextRuleTests {
    enum Rule: CaseIterable, Sendable {
        /// A model built in; its rule with other classes; networks.
        case builtIn, linear, networks

        func model() throws -> PyramidModel {
            switch self {
            case .builtIn: PyramidModel.builtIn[0].model
            case .linear: PyramidModel.linear(seed: 4)
            case .networks: try PyramidModel.networks(seed: 5)
            }
        }
    }

    private static let kernels = KernelChoice.allCases.filter(\.isAvailable)

    private static func image(
        _ texture: TestImage.Texture = .smooth, extent: Extent, bits: Int = 12, seed: UInt64 = 1
    ) -> SampleArray {
        TestImage.make(
            texture, extent: extent, format: SampleFormat(bitsStored: bits, isSigned: seed % 2 == 0),
            seed: seed)
    }

    /// What all kernels decode, alone and by several threads; nil where they differ.
    private static func decoded(_ bytes: [UInt8], _ model: PyramidModel) throws -> SampleArray? {
        let given = try Model(bytes: model.bytes, name: "given")
        var first: SampleArray?
        for (number, kernel) in kernels.enumerated() {
            let options = DecodeOptions(threads: 1 + 2 * (number % 2), kernel: kernel, models: [given])
            let samples = try Archive(bytes, options: options).undigested()
            if first == nil { first = samples }
            guard samples == first else { return nil }
        }
        return first
    }

    /// Archives of all efforts, of one tile and of many, are the same for all kernels, decode to the same samples,
    /// and these are near the image.
    @Test(arguments: Rule.allCases, [1, 5, 9]) func everyKernelGivesTheSameArchive(rule: Rule, effort: Int)
        throws
    {
        let model = try rule.model()
        for (tileExponent, extent) in [
            (6, Extent(rows: 150, columns: 171)), (10, Extent(rows: 150, columns: 171)),
            (6, Extent(frames: 2, rows: 65, columns: 3)), (10, Extent(rows: 1, columns: 90)),
            (6, Extent(channels: 2, rows: 129, columns: 70)),
        ] {
            let image = Self.image(extent: extent, seed: UInt64(effort))
            let archives = try Self.kernels.map { kernel in
                var options = EncodeOptions(threads: 2, kernel: kernel, effort: effort)
                options.pyramidTileExponent = tileExponent
                options.model = try Model(bytes: model.bytes, name: "given")
                return try encodeLossy(image, target: .step(60), options: options)
            }
            #expect(archives.allSatisfy { $0 == archives[0] }, "\(extent)")
            let container = try Container(archives[0])
            #expect(container.parts[0].mode.kind == .lossy)
            #expect(container.parts[0].model?.identity == model.identity)
            #expect(container.parts[0].parameters[3] == (effort == 1 ? 0 : 5))
            let samples = try #require(try Self.decoded(archives[0], model), "\(extent)")
            let difference = try #require(SampleDifference(image, samples))
            #expect(Float(difference.meanSquaredError) == container.parts[0].mode.meanSquaredError)
            // Networks of random weights put latents in classes whose centroids are nothing like theirs.
            #expect(difference.meanSquaredError < (rule == .networks ? 1.7 : 1.4) * 60 * 60 / 12, "\(extent)")
        }
    }

    /// Where groups part: what finer ones see of coarser ones is kept, as many levels as a rule looks at.
    private static let partings: [[ClosedRange<Int>]] = [
        [0...5], [1...5, 0...1], [4...5, 3...4, 2...3, 1...2, 0...1], [4...5, 1...4, 0...1],
        [2...5, 1...2, 0...1],
    ]

    @Test(arguments: Rule.allCases, [1, 5]) func groupsPartAnywhere(rule: Rule, effort: Int) throws {
        let model = try rule.model()
        let image = Self.image(extent: Extent(rows: 140, columns: 200), seed: 7)
        var errors: [Double] = []
        for tileExponent in [6, 10] {
            for partings in Self.partings {
                let crafted = CraftedArchive(
                    tileExponent: tileExponent, levelCount: 5,
                    ranges: partings.map { (levels: $0, tiles: 2) },
                    model: model, effort: Effort(level: effort))
                let bytes = try crafted.content(image, step: 40).serialized()
                let samples = try #require(try Self.decoded(bytes, model), "\(partings)")
                let difference = try #require(SampleDifference(image, samples))
                errors.append(difference.meanSquaredError)
            }
        }
        // Groups change little: the centroids that fit them.
        let mean = errors.reduce(0, +) / Double(errors.count)
        #expect(errors.allSatisfy { abs($0 / mean - 1) < 0.25 }, "\(errors)")
        #expect(mean < 1.6 * 40 * 40 / 12, "\(errors)")
    }

    /// Values at their limits, noise, and steps of all sizes.
    @Test(arguments: Rule.allCases, [1, 5]) func everyTextureComesBack(rule: Rule, effort: Int) throws {
        let model = try rule.model()
        for (number, texture) in TestImage.Texture.allCases.enumerated() {
            for (bits, step) in [(1, 0.2), (12, 400), (16, 1)] {
                let image = Self.image(
                    texture, extent: Extent(rows: 70, columns: 33), bits: bits, seed: UInt64(number))
                let crafted = CraftedArchive(
                    levelCount: 4, ranges: [(levels: 2...4, tiles: 1), (levels: 0...2, tiles: 2)],
                    model: model, effort: Effort(level: effort))
                let content = try crafted.content(image, step: step)
                let samples = try #require(
                    try Self.decoded(content.serialized(), model), "\(texture), \(bits) bits")
                let difference = try #require(SampleDifference(image, samples))
                // Steps count in codes, and bands whose quantised values would not fit have larger ones.
                let map = try SampleMap(payload: content.parts[0].sampleMap, format: image.format)
                let unit = Double(map.storedValue(1) - map.storedValue(0))
                let coarsest = unit * max(step, Double(map.maximumCode) / 8000)
                #expect(
                    difference.meanSquaredError < 6 * coarsest * coarsest / 12 + 0.5,
                    "\(texture), \(bits) bits, step \(step)")
            }
        }
    }
}
