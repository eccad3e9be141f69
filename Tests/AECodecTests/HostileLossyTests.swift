// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import Samples
import TestSupport
import Testing

@testable import AECodecEncoder

/// Lossy archives at the edges of what the format allows, and beyond them.
@Suite struct HostileLossyTests {
    /// What the window does not hold has a place of its own, also where the low band is all that is wanted.
    @Test(arguments: [6, 9]) func theCoarsestPlaneOfOneLevelIsDecoded(tileExponent: Int) throws {
        let side = 1 << tileExponent
        let crafted = CraftedArchive(
            tileExponent: tileExponent, levelCount: 1, ranges: [(levels: 0...1, tiles: 1)])
        let archive = try Archive(crafted.constant(Extent(rows: side, columns: side)).serialized())
        let reduced = try archive.undigested(1)
        #expect(
            reduced
                == SampleArray(
                    extent: Extent(rows: side / 2, columns: side / 2), format: reduced.format,
                    values: [Int](repeating: 128, count: side * side / 4)))
    }

    /// A low band that takes everything from a stream without symbols.
    @Test func streamsThatRunDryInTheLowBandAreNoticed() throws {
        let linear = PyramidModel.builtIn[0].model
        let model = PyramidModel(
            lifting: linear.lifting, bandScales: linear.bandScales, reducedScales: linear.reducedScales,
            rule: linear.rule)
        let crafted = CraftedArchive(
            tileExponent: 9, levelCount: 1, ranges: [(levels: 0...1, tiles: 1)], model: model)
        let bytes = crafted.constant(Extent(rows: 512, columns: 512), isDivided: true).serialized()
        let options = DecodeOptions(models: [try Model(bytes: model.bytes, name: "neighbors")])
        #expect(throws: DecodeError.damagedGroup(group: 0)) {
            try Archive(bytes, options: options).undigested()
        }
    }

    /// Large tiles of small planes take memory for what there is.
    @Test func boundariesTakeMemoryForTheirSamples() throws {
        let crafted = CraftedArchive(
            tileExponent: 12, levelCount: 2,
            ranges: [(levels: 1...2, tiles: 1 << 16), (levels: 0...1, tiles: 1 << 16)])
        let extent = Extent(channels: 1 << 13, rows: 1, columns: 1)
        let archive = try Archive(
            crafted.constant(extent).serialized(), options: DecodeOptions(maximumMemory: 64 << 20, threads: 1)
        )
        #expect(try archive.undigested().values.allSatisfy { $0 == 128 })
        // Each plane costs memory beside its samples.
        let few = try Archive(
            crafted.constant(extent).serialized(), options: DecodeOptions(maximumMemory: 4 << 20, threads: 1))
        #expect {
            try few.undigested()
        } throws: {
            if case DecodeError.memoryLimit(_, 4_194_304) = $0 { true } else { false }
        }
    }

    /// A model may take reduced pictures to nothing: one gray.
    @Test func aReducedScaleOfZeroGivesGray() throws {
        let linear = PyramidModel.builtIn[0].model
        let model = PyramidModel(
            lifting: linear.lifting, bandScales: linear.bandScales, reducedScales: [0, 0, 0, 0, 0, 0],
            rule: linear.rule)
        let crafted = CraftedArchive(levelCount: 3, ranges: [(levels: 0...3, tiles: 1)], model: model)
        let bytes = try crafted.content(Self.image, step: 9).serialized()
        let options = DecodeOptions(models: [try Model(bytes: model.bytes, name: "gray")])
        let map = try SampleMap(
            payload: Container(bytes).parts[0].sampleMap, format: Self.image.format)
        let gray = map.storedValue((map.maximumCode + 1) / 2)
        #expect(try Set(Archive(bytes, options: options).undigested(2).values) == [gray])
    }

    /// Groups keep their limit of tiles, however small the planes are.
    @Test(arguments: [(70_000, 1), (1, 70_000), (3, 40_000)])
    func manyPlanesOfOneSampleAreDivided(frames: Int, channels: Int) {
        let parameters = PyramidParameters(
            tileExponent: 10, levelCount: 1, fractionBits: 6, commonStep: 1,
            model: PyramidModel.builtIn[0].model)
        let plan = LatentGroups(
            layout: PyramidLayout(rows: 1, columns: 1, parameters: parameters), frames: frames,
            channels: channels)
        let counts = plan.stages.joined().map { $0.frames.count * $0.tiles.count }
        #expect(counts.allSatisfy { $0 <= PackingGroup.maximumTiles })
        #expect(counts.reduce(0, +) == frames * channels)
    }

    /// Parts that are decoded already count against the memory allowed.
    @Test func partsShareTheMemoryAllowed() throws {
        let image = TestImage.make(
            .noise, extent: Extent(rows: 600, columns: 600),
            format: SampleFormat(bitsStored: 12, isSigned: false),
            seed: 54)
        let needs = { (count: Int) in
            // What is missing is told, so the smallest limit is found by asking for nothing.
            let bytes = try encodeLossless([SampleArray](repeating: image, count: count))
            var limit = 0
            while true {
                do {
                    _ = try Archive(bytes, options: DecodeOptions(maximumMemory: limit, threads: 1)).samples()
                    return limit - bytes.count
                } catch DecodeError.memoryLimit(let needed, limit) { limit = needed }
            }
        }
        #expect(try needs(3) == needs(1) + 2 * 2 * 600 * 600)
    }

    @Test func planesTooLongForTheKernelsAreRefused() throws {
        let crafted = CraftedArchive(levelCount: 1, ranges: [(levels: 0...1, tiles: 1)])
        var content = crafted.constant(Extent(rows: 1, columns: 1))
        content.parts[0].extent = Extent(rows: 1, columns: 1 << 31)
        #expect(throws: DecodeError.fieldOutOfRange(field: "Columns", value: 1 << 31)) {
            try Archive(content.serialized(), options: DecodeOptions(maximumSamples: 1 << 40))
        }
    }

    private static let image = TestImage.make(
        .smooth, extent: Extent(frames: 2, rows: 130, columns: 330),
        format: SampleFormat(bitsStored: 12, isSigned: false), seed: 51)

    /// Groups of one range of levels need not hold the tiles of another (Spec/bitstream.md, section 7).
    @Test func windowsOfGroupsThatOverlapAreThoseOfTheWhole() throws {
        var random = SplitMix64(seed: 55)
        for (coarse, middle, fine) in [(2, 5, 18), (5, 1, 13)] {
            let crafted = CraftedArchive(
                levelCount: 5,
                ranges: [
                    (levels: 4...5, tiles: coarse), (levels: 2...4, tiles: middle),
                    (levels: 0...2, tiles: fine),
                ])
            let archive = try Archive(
                crafted.content(Self.image, step: 9).serialized(), options: DecodeOptions(threads: 3))
            for reduction in [0, 1, 4] {
                let all = try archive.undigested(reduction)
                for _ in 0..<4 {
                    let x = Int.random(in: 0..<330, using: &random)
                    let y = Int.random(in: 0..<130, using: &random)
                    let width = Int.random(in: 1...min(330 - x, 40), using: &random)
                    let height = Int.random(in: 1...min(130 - y, 40), using: &random)
                    let part = try archive.samples(
                        part: 0,
                        SampleSelection(
                            frames: 1..<2,
                            region: SampleSelection.Region(x: x, y: y, width: width, height: height),
                            reduction: reduction))
                    #expect(
                        part
                            == all.frames(1..<2).window(
                                rows: y >> reduction..<(y + height - 1) >> reduction + 1,
                                columns: x >> reduction..<(x + width - 1) >> reduction + 1))
                }
            }
        }
    }

    /// Wherever the end is missing there is a picture, and it has what the groups that are there give.
    @Test func everyTruncationBehindTheFirstGroupGivesAPicture() throws {
        let image = TestImage.make(
            .smooth, extent: Extent(frames: 2, rows: 70, columns: 9),
            format: SampleFormat(bitsStored: 12, isSigned: false), seed: 52)
        let crafted = CraftedArchive(
            levelCount: 3, ranges: [(levels: 2...3, tiles: 1), (levels: 0...2, tiles: 2)])
        let lossy = try crafted.content(image, step: 40).serialized()
        let lossless = try encodeLossless([image])
        for bytes in [lossy, lossless] {
            let container = try Container(bytes)
            let whole = try Archive(bytes).undigested()
            let first = try #require(container.groups.first).chunkRange.lowerBound
            let last = try #require(container.groups.last).chunkRange.upperBound
            for length in first..<bytes.count {
                let archive = try Archive(truncated: Array(bytes.prefix(length)))
                #expect(archive.container.isTruncated)
                let samples = try archive.undigested()
                if length >= last { #expect(samples == whole) }
            }
        }
    }
}
