// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import Foundation
import Samples
import TestSupport
import Testing

@testable import AECodecEncoder

/// Damaged lossy archives, for as many seconds as the environment variable `AECODEC_FUZZ` says.
///
/// Made for a build with the address sanitizer; see CONTRIBUTING.md.
@Suite struct FuzzTests {
    private static let seconds = Double(ProcessInfo.processInfo.environment["AECODEC_FUZZ"] ?? "")
    private static let seed = UInt64(ProcessInfo.processInfo.environment["AECODEC_FUZZ_SEED"] ?? "") ?? 1

    /// Whatever the damage: an error or samples, which are the same for all threads and kernels, and of
    /// which windows are windows.
    @Test(.enabled(if: seconds != nil, "set AECODEC_FUZZ to a number of seconds"))
    func damagedLossyArchivesGiveErrorsOrSamples() throws {
        let end = Date().addingTimeInterval(Self.seconds ?? 0)
        var random = SplitMix64(seed: Self.seed)
        var archives = 0
        var decoded = 0
        while Date() < end {
            let crafted = try Self.crafted(&random)
            let image = Self.image(&random)
            let model = try Model(bytes: crafted.model.bytes, name: "fuzz")
            let good = try crafted.content(
                image, step: [0.3, 6, 90, 4000].randomElement(using: &random) ?? 6)
            for _ in 0..<40 where Date() < end {
                var content = good
                for _ in 0..<Int.random(in: 0...3, using: &random) { Self.damage(&content, &random) }
                var bytes = content.serialized()
                if Int.random(in: 0..<3, using: &random) == 0 {
                    bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
                }
                archives += 1
                if Self.decode(bytes, model, &random) { decoded += 1 }
            }
        }
        #expect(decoded > 0 && decoded < archives, "\(archives) archives, \(decoded) decoded")
    }

    /// The same of lossless archives that begin with a base.
    @Test(.enabled(if: seconds != nil, "set AECODEC_FUZZ to a number of seconds"))
    func damagedLayeredArchivesGiveErrorsOrSamples() throws {
        let end = Date().addingTimeInterval(Self.seconds ?? 0)
        var random = SplitMix64(seed: Self.seed)
        var archives = 0
        var decoded = 0
        while Date() < end {
            var options = EncodeOptions(threads: 1)
            let bits = ([0.001, 0.1, 2] as [Double]).randomElement(using: &random) ?? 1
            options.base = .rate(bitsPerSample: bits, maximumCost: 1e9)
            let good = ContainerContent(
                try Container(encodeLossless([Self.image(&random)], options: options)))
            for _ in 0..<40 where Date() < end {
                var content = good
                for _ in 0..<Int.random(in: 0...3, using: &random) { Self.damage(&content, &random) }
                var bytes = content.serialized()
                if Int.random(in: 0..<3, using: &random) == 0 {
                    bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
                }
                archives += 1
                if Self.decode(bytes, Model.builtIn[0], &random) { decoded += 1 }
            }
        }
        #expect(decoded > 0 && decoded < archives, "\(archives) archives, \(decoded) decoded")
    }

    private static func crafted(_ random: inout SplitMix64) throws -> CraftedArchive {
        let levelCount = Int.random(in: 1...6, using: &random)
        var ranges: [CraftedArchive.Range] = []
        var last = levelCount
        while last > 0 {
            let first = Int.random(in: 0..<last, using: &random)
            ranges.append((levels: first...last, tiles: Int.random(in: 1...9, using: &random)))
            last = first
        }
        let models = [
            try strangeModel(&random), try PyramidModel.networks(seed: random.next()),
            PyramidModel.linear(seed: random.next()), PyramidModel.builtIn[0].model,
            PyramidModel.builtIn[1].model,
        ]
        return CraftedArchive(
            tileExponent: [6, 6, 6, 7, 12].randomElement(using: &random) ?? 6, levelCount: levelCount,
            framesPerGroup: Int.random(in: 1...3, using: &random), ranges: ranges,
            model: models[Int.random(in: models.indices, using: &random)],
            effort: Effort(level: [1, 5, 9].randomElement(using: &random) ?? 1))
    }

    private static func image(_ random: inout SplitMix64) -> SampleArray {
        let side = { (random: inout SplitMix64) in
            Int.random(in: 1...([1, 3, 17, 70, 200].randomElement(using: &random) ?? 1), using: &random)
        }
        let extent = Extent(
            frames: Int.random(in: 1...3, using: &random), channels: Int.random(in: 1...2, using: &random),
            rows: side(&random), columns: side(&random))
        return TestImage.make(
            TestImage.Texture.allCases.randomElement(using: &random) ?? .noise, extent: extent,
            format: SampleFormat(
                bitsStored: Int.random(in: 1...16, using: &random), isSigned: Bool.random(using: &random)),
            seed: random.next())
    }

    /// A model whose numbers are at the ends of their ranges.
    private static func strangeModel(_ random: inout SplitMix64) throws -> PyramidModel {
        let pairs = Int.random(in: 1...Lifting.maximumPairs, using: &random)
        let limit = Int32(Lifting.greatestSum / pairs)
        let coefficients: [Int32] = (0..<Lifting.stepCount * pairs).map { _ in
            ([-limit, 0, limit] as [Int32]).randomElement(using: &random) ?? 0
        }
        let scales = (0..<5 * PyramidParameters.maximumLevels).map { _ in
            ([0, 1, 65_536, 1 << 20] as [UInt32]).randomElement(using: &random) ?? 0
        }
        let rule =
            try Bool.random(using: &random)
            ? ContextRule.networks(strangeNetworks(&random))
            : ContextRule.linear(
                (0..<ContextRule.weightCount).map { _ in
                    ([0, 4, 900, .max] as [UInt16]).randomElement(using: &random) ?? 0
                })
        return PyramidModel(
            lifting: Lifting(pairCount: pairs, coefficients: coefficients) ?? .cdf97,
            bandScales: Array(scales.prefix(4 * PyramidParameters.maximumLevels)),
            reducedScales: Array(scales.suffix(PyramidParameters.maximumLevels)), rule: rule,
            tree: .random(classCount: rule.classSet.classCount, using: &random),
            centroids: (0..<PyramidModel.centroidCount * rule.classSet.detailClassCount).map { _ in
                ([-63, -5, 0, 5, 63] as [Int8]).randomElement(using: &random) ?? 0
            })
    }

    /// Networks of all widths whose means leave every range.
    private static func strangeNetworks(_ random: inout SplitMix64) throws -> ContextNetworks {
        let biases = [0...0, -3000...9000, -1_000_000_000...1_000_000_000] as [ClosedRange<Int32>]
        let shifts = [0...0, 6...9, 0...24] as [ClosedRange<UInt8>]
        return ContextNetworks(
            kinds: try (0..<ContextNetworks.kindCount).map { _ in
                try .random(
                    trunkWidth: 4 * Int.random(in: 1...4, using: &random),
                    headWidth: 4 * Int.random(in: 1...4, using: &random),
                    biases: biases.randomElement(using: &random) ?? 0...0,
                    shifts: shifts.randomElement(using: &random) ?? 6...9,
                    linearLimit: [0, 60, 32_767].randomElement(using: &random) ?? 0, using: &random)
            })
    }

    private static func damage(_ content: inout ContainerContent, _ random: inout SplitMix64) {
        let group = Int.random(in: content.groups.indices, using: &random)
        switch Int.random(in: 0..<15, using: &random) {
        case 0: flip(&content.parts[0].parameters, &random)
        case 1:
            // Fields in their ranges.
            content.parts[0].parameters[0] = UInt8.random(in: 6...12, using: &random)
        case 2: content.parts[0].parameters[1] = UInt8.random(in: 1...6, using: &random)
        case 3: content.parts[0].parameters[2] = UInt8.random(in: 0...8, using: &random)
        case 4: flip(&content.parts[0].sampleMap, &random)
        case 14: content.parts[0].parameters[3] ^= 1
        case 5:
            var extent = content.parts[0].extent
            switch Int.random(in: 0..<4, using: &random) {
            case 0: extent.rows = max(1, extent.rows + Int.random(in: -2...2, using: &random))
            case 1: extent.columns = max(1, extent.columns + Int.random(in: -2...2, using: &random))
            case 2: (extent.rows, extent.columns) = (extent.columns, extent.rows)
            default: (extent.frames, extent.channels) = (extent.channels, extent.frames)
            }
            content.parts[0].extent = extent
        case 6: content.groups.swapAt(group, Int.random(in: content.groups.indices, using: &random))
        case 7: content.groups[group].body = content.groups[content.groups.count - 1 - group].body
        case 8:
            let first = Int.random(in: 0...5, using: &random)
            content.groups[group].header.levels = first...Int.random(in: first...6, using: &random)
        case 9:
            let header = content.groups[group].header
            content.groups[group].header.tiles =
                header.tiles.lowerBound..<header.tiles.upperBound + Int.random(in: 0...2, using: &random)
        case 10 where content.groups.count > 1: content.groups.remove(at: group)
        default:
            for _ in 0...Int.random(in: 0...2, using: &random) { flip(&content.groups[group].body, &random) }
        }
    }

    private static func flip(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        guard !bytes.isEmpty else { return }
        // Headers are at the front; they get more than their share.
        let last = Bool.random(using: &random) ? bytes.count : min(bytes.count, 30)
        bytes[Int.random(in: 0..<last, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
    }

    /// Whether the whole of an archive was decoded; all ways to decode it must agree then.
    private static func decode(_ bytes: [UInt8], _ model: Model, _ random: inout SplitMix64) -> Bool {
        let archives = [(1, KernelChoice.portable), (3, .automatic)].map { threads, kernel in
            let options = DecodeOptions(
                maximumSamples: 1 << 24, maximumMemory: 1 << 29, threads: threads, kernel: kernel,
                models: [model])
            return Result { try Archive(truncated: bytes, options: options) }
        }
        guard let one = try? archives[0].get(), let three = try? archives[1].get() else {
            #expect((try? archives[0].get()) == nil && (try? archives[1].get()) == nil)
            return false
        }
        let extent = one.container.parts[0].extent
        var isDecoded = false
        for reduction in 0...6 {
            let all = try? one.undigested(reduction)
            #expect(all == (try? three.undigested(reduction)))
            if reduction == 0, all != nil { isDecoded = true }
            let x = Int.random(in: 0..<extent.columns, using: &random)
            let y = Int.random(in: 0..<extent.rows, using: &random)
            let width = Int.random(in: 1...min(extent.columns - x, 80), using: &random)
            let height = Int.random(in: 1...min(extent.rows - y, 80), using: &random)
            let frame = Int.random(in: 0..<extent.frames, using: &random)
            let selection = SampleSelection(
                frames: frame..<frame + 1,
                region: SampleSelection.Region(x: x, y: y, width: width, height: height),
                reduction: reduction)
            let parts = [one, three].map { try? $0.samples(part: 0, selection) }
            #expect(parts[0] == parts[1])
            guard let all else { continue }
            #expect(
                parts[0]
                    == all.frames(frame..<frame + 1).window(
                        rows: y >> reduction..<(y + height - 1) >> reduction + 1,
                        columns: x >> reduction..<(x + width - 1) >> reduction + 1))
        }
        return isDecoded
    }
}
