// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import Samples
import TestSupport
import Testing

/// Windows and reductions of archives, beside what all of the archive gives.
@Suite struct SelectionTests {
    /// An archive of tiles of 64 x 64 samples, so that small images have many.
    private static func lossy(_ extent: Extent, seed: UInt64, step: Double, threads: Int = 0) throws
        -> [UInt8]
    {
        let image = TestImage.make(
            .smooth, extent: extent, format: SampleFormat(bitsStored: 12, isSigned: seed % 2 == 0), seed: seed
        )
        var options = EncodeOptions(threads: threads)
        options.pyramidTileExponent = 6
        return try encodeLossy(image, target: .step(step), options: options)
    }

    private static let extents = [
        Extent(rows: 300, columns: 333), Extent(frames: 3, rows: 64, columns: 200),
        Extent(rows: 1, columns: 500), Extent(rows: 130, columns: 3),
        Extent(frames: 5, rows: 40, columns: 33),
    ]

    @Test(arguments: extents) func regionsAreWindowsOfTheWhole(extent: Extent) throws {
        let bytes = try Self.lossy(extent, seed: UInt64(extent.rows), step: 25)
        var generator = SplitMix64(seed: 17)
        for threads in [1, 3] {
            let archive = try Archive(bytes, options: DecodeOptions(threads: threads))
            let whole = try archive.samples()[0]
            for reduction in 0...archive.levelCount {
                let all = try archive.samples(
                    part: 0, SampleSelection(frames: 0..<extent.frames, reduction: reduction))
                if reduction == 0 { #expect(all == whole) }
                #expect(all.extent.rows == (extent.rows - 1) >> reduction + 1)
                #expect(all.extent.columns == (extent.columns - 1) >> reduction + 1)
                for _ in 0..<12 {
                    let x = Int.random(in: 0..<extent.columns, using: &generator)
                    let y = Int.random(in: 0..<extent.rows, using: &generator)
                    let width = Int.random(in: 1...min(extent.columns - x, 90), using: &generator)
                    let height = Int.random(in: 1...min(extent.rows - y, 90), using: &generator)
                    let frame = Int.random(in: 0..<extent.frames, using: &generator)
                    let region = SampleSelection.Region(x: x, y: y, width: width, height: height)
                    let part = try archive.samples(
                        part: 0,
                        SampleSelection(frames: frame..<frame + 1, region: region, reduction: reduction))
                    let window = all.frames(frame..<frame + 1).window(
                        rows: y >> reduction..<(y + height - 1) >> reduction + 1,
                        columns: x >> reduction..<(x + width - 1) >> reduction + 1)
                    #expect(part == window)
                }
            }
        }
    }

    @Test func theArchiveIsTheSameForAllThreads() throws {
        let extent = Extent(frames: 2, rows: 200, columns: 150)
        let one = try Self.lossy(extent, seed: 4, step: 30, threads: 1)
        #expect(try Self.lossy(extent, seed: 4, step: 30, threads: 3) == one)
        // Coarse and fine groups, frame after frame.
        let headers = try Container(one).groups.map(\.header)
        #expect(Set(headers.map(\.levels)).count == 2)
        #expect(headers.map(\.frames.lowerBound) == headers.map(\.frames.lowerBound).sorted())
    }

    /// A constant picture has the same value at every size.
    @Test(arguments: [1, 700, 4095]) func reductionsKeepTheLevel(value: Int) throws {
        let extent = Extent(rows: 80, columns: 100)
        var values = [Int](repeating: value, count: extent.sampleCount)
        // Something that is lost, far from what is compared.
        for index in 0..<9 { values[index] = (value + 40 * index) % 4096 }
        let image = SampleArray(
            extent: extent, format: SampleFormat(bitsStored: 12, isSigned: false), values: values)
        let archive = try Archive(try encodeLossy(image, target: .step(6)))
        for reduction in 1...3 {
            let small = try archive.samples(part: 0, SampleSelection(frames: 0..<1, reduction: reduction))
            #expect(abs(small[small.extent.sampleCount - 1] - value) <= 2)
        }
    }

    @Test func losslessRegionsAreWindowsToo() throws {
        let image = TestImage.make(
            .noise, extent: Extent(frames: 2, rows: 90, columns: 70),
            format: SampleFormat(bitsStored: 16, isSigned: true), seed: 9)
        var options = EncodeOptions()
        options.base = .none
        let archive = try Archive(try encodeLossless([image], options: options))
        let region = SampleSelection.Region(x: 20, y: 30, width: 33, height: 17)
        #expect(
            try archive.samples(part: 0, SampleSelection(frames: 1..<2, region: region))
                == image.frames(1..<2).window(rows: 30..<47, columns: 20..<53))
        #expect(throws: DecodeError.noSuchReduction(asked: 1, levels: 0)) {
            try archive.samples(part: 0, SampleSelection(frames: 0..<1, reduction: 1))
        }
    }

    @Test func windowsOutsideAreRefused() throws {
        let archive = try Archive(try Self.lossy(Extent(rows: 40, columns: 50), seed: 2, step: 9))
        for (x, y, width, height) in [
            (-1, 0, 2, 2), (0, 0, 51, 1), (49, 39, 1, 2), (0, 0, 0, 1), (1, 1, .max, 1),
        ] {
            let region = SampleSelection.Region(x: x, y: y, width: width, height: height)
            #expect(throws: DecodeError.regionOutOfRange(columns: 50, rows: 40)) {
                try archive.samples(part: 0, SampleSelection(frames: 0..<1, region: region))
            }
        }
        #expect(throws: DecodeError.noSuchReduction(asked: 9, levels: archive.levelCount)) {
            try archive.samples(part: 0, SampleSelection(frames: 0..<1, reduction: 9))
        }
        #expect(throws: DecodeError.framesOutOfRange(asked: 1..<2, frames: 1)) {
            try archive.samples(part: 0, SampleSelection(frames: 1..<2))
        }
    }
}

extension Archive {
    /// Levels of the pyramid of the only part, from its groups.
    fileprivate var levelCount: Int { container.groups.map(\.header.levels.upperBound).max() ?? 0 }
}
