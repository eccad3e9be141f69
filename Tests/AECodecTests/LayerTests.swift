// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import Foundation
import Samples
import TestSupport
import Testing

@testable import AECodecEncoder

/// Lossless archives that begin with a coarse picture.
@Suite struct LayerTests {
    /// A picture of broad hills with some noise, so that a base is worth its bytes.
    static func hills(_ extent: Extent, format: SampleFormat, seed: UInt64) -> SampleArray {
        var random = SplitMix64(seed: seed)
        let span = Double(format.range.count - 1)
        let (a, b) = (Double.random(in: 7...40, using: &random), Double.random(in: 7...40, using: &random))
        let values = (0..<extent.sampleCount).map { index in
            let row = Double(index / extent.columns % extent.rows)
            let column = Double(index % extent.columns)
            let wave = 0.5 + 0.3 * sin(row / a) * cos(column / b)
            let noise = Double.random(in: -0.04...0.04, using: &random)
            return format.range.lowerBound + Int(span * (wave + noise))
        }
        return SampleArray(extent: extent, format: format, values: values)
    }

    static func options(bits: Double = 0.3, threads: Int = 1) -> EncodeOptions {
        var options = EncodeOptions(threads: threads)
        options.base = .rate(bitsPerSample: bits, maximumCost: 1e9)
        return options
    }

    /// Mean absolute difference.
    private static func distance(_ a: SampleArray, _ b: SampleArray) -> Double {
        let sum = zip(a.values, b.values).reduce(0) { $0 + abs($1.0 - $1.1) }
        return Double(sum) / Double(a.extent.sampleCount)
    }

    private static let image = hills(
        Extent(frames: 2, rows: 90, columns: 130), format: SampleFormat(bitsStored: 12, isSigned: true),
        seed: 1)

    @Test(arguments: [0.003, 0.1, 1.0]) func layeredArchivesGiveTheImage(bits: Double) throws {
        let bytes = try encodeLossless([Self.image], options: Self.options(bits: bits))
        let archive = try Archive(bytes)
        #expect(archive.container.groups.contains { $0.header.layer == 0 })
        #expect(archive.container.parts[0].mode.kind == .lossless)
        #expect(try archive.samples() == [Self.image])
        for kernel in KernelChoice.allCases.filter(\.isAvailable) {
            let other = try Archive(bytes, options: DecodeOptions(threads: 3, kernel: kernel))
            #expect(try other.samples() == [Self.image])
            #expect(
                try encodeLossless(
                    [Self.image],
                    options: {
                        var options = Self.options(bits: bits, threads: 3)
                        options.kernel = kernel
                        return options
                    }()) == bytes)
        }
        let region = SampleSelection.Region(x: 21, y: 30, width: 50, height: 41)
        #expect(
            try archive.samples(part: 0, SampleSelection(frames: 1..<2, region: region))
                == Self.image.frames(1..<2).window(rows: 30..<71, columns: 21..<71))
    }

    @Test func theBaseIsNearTheImageAtEverySize() throws {
        let archive = try Archive(encodeLossless([Self.image], options: Self.options()))
        var selection = SampleSelection(frames: 0..<2)
        selection.layer = .base
        let base = try archive.samples(part: 0, selection)
        #expect(base.extent == Self.image.extent && base.format == Self.image.format)
        #expect(base != Self.image)
        // The noise is 4 % of the range.
        #expect(Self.distance(base, Self.image) < 200)
        var averaged = Self.image
        for reduction in 1...4 {
            let (rows, columns) = (
                (averaged.extent.rows + 1) / 2, (averaged.extent.columns + 1) / 2
            )
            averaged = Self.halved(averaged, rows, columns)
            for layer in [SampleSelection.Layer.base, .exact] {
                selection.layer = layer
                selection.reduction = reduction
                let reduced = try archive.samples(part: 0, selection)
                #expect(reduced.extent.rows == rows && reduced.extent.columns == columns)
                #expect(Self.distance(reduced, averaged) < 250, "reduction \(reduction)")
            }
        }
        selection.reduction = 12
        #expect(throws: DecodeError.self) { try archive.samples(part: 0, selection) }
    }

    /// Means of two by two samples.
    private static func halved(_ image: SampleArray, _ rows: Int, _ columns: Int) -> SampleArray {
        let extent = image.extent
        let values = (0..<extent.frames * rows * columns).map { place -> Int in
            let (frame, inside) = place.quotientAndRemainder(dividingBy: rows * columns)
            let (row, column) = inside.quotientAndRemainder(dividingBy: columns)
            var sum = 0
            for (y, x) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let r = min(2 * row + y, extent.rows - 1), c = min(2 * column + x, extent.columns - 1)
                sum += image[(frame * extent.rows + r) * extent.columns + c]
            }
            return sum / 4
        }
        return SampleArray(
            extent: Extent(frames: extent.frames, rows: rows, columns: columns), format: image.format,
            values: values)
    }

    /// Windows of every picture are cut out of the whole one.
    @Test func windowsOfTheBaseAreWindows() throws {
        let archive = try Archive(encodeLossless([Self.image], options: Self.options()))
        for reduction in 0...4 {
            var selection = SampleSelection(frames: 1..<2, reduction: reduction)
            selection.layer = .base
            let whole = try archive.samples(part: 0, selection)
            selection.region = SampleSelection.Region(x: 37, y: 11, width: 60, height: 33)
            #expect(
                try archive.samples(part: 0, selection)
                    == whole.window(
                        rows: 11 >> reduction..<43 >> reduction + 1,
                        columns: 37 >> reduction..<96 >> reduction + 1))
        }
    }

    /// A file cut anywhere shows the base where exact groups are missing, and the image where they are there.
    @Test func truncatedArchivesShowTheBase() throws {
        let image = Self.hills(
            Extent(rows: 1100, columns: 500), format: SampleFormat(bitsStored: 10, isSigned: false), seed: 4)
        let bytes = try encodeLossless([image], options: Self.options(bits: 0.05))
        let whole = try Archive(bytes)
        var selection = SampleSelection(frames: 0..<1)
        selection.layer = .base
        let base = try whole.samples(part: 0, selection)
        selection.layer = .exact
        let groups = whole.container.groups
        let firstExact = try #require(groups.firstIndex { $0.header.layer == 1 })
        #expect(groups.count - firstExact == 2)
        let tileRows = image.extent.rows - 548
        for (number, chunk) in whole.container.chunks.enumerated() {
            for end in [chunk.offset, chunk.offset + chunk.byteCount / 2] {
                let part = Array(bytes[..<end])
                guard end > groups[0].chunkRange.lowerBound else {
                    if number < 4 { #expect(throws: DecodeError.self) { try Archive(truncated: part) } }
                    continue
                }
                let archive = try Archive(truncated: part)
                #expect(archive.container.isTruncated)
                let shown = try archive.samples(part: 0, selection)
                let there = groups.filter { $0.chunkRange.upperBound <= end }.count
                guard there >= firstExact else { continue }
                let rows = there == firstExact ? 0 : there == firstExact + 1 ? tileRows : image.extent.rows
                let edge = rows == tileRows ? 576 : rows
                if edge > 0 {
                    #expect(
                        shown.window(rows: 0..<edge, columns: 0..<500)
                            == image.window(rows: 0..<edge, columns: 0..<500))
                }
                if edge < image.extent.rows {
                    #expect(
                        shown.window(rows: edge..<1100, columns: 0..<500)
                            == base.window(rows: edge..<1100, columns: 0..<500))
                }
            }
        }
    }

    @Test func basesThatCostTooMuchAreLeftOut() throws {
        let noise = TestImage.make(
            .noise, extent: Extent(rows: 300, columns: 300),
            format: SampleFormat(bitsStored: 8, isSigned: false),
            seed: 2)
        var options = EncodeOptions(threads: 1)
        options.base = .none
        let single = try encodeLossless([noise], options: options)
        options.base = .rate(bitsPerSample: 0.5, maximumCost: 0.01)
        #expect(try encodeLossless([noise], options: options) == single)
        options.base = .rate(bitsPerSample: 0.5, maximumCost: 1)
        #expect(try Container(encodeLossless([noise], options: options)).groups.count > 1)
        // A small image has no base unless it is asked for.
        let small = TestImage.random(seed: 3, side: 60)
        #expect(try Container(encodeLossless([small])).parts[0].model == nil)
    }

    @Test func archivesOfOneLayerHaveNoBase() throws {
        let archive = try Archive(encodeLossless([TestImage.random(seed: 3, side: 60)]))
        var selection = SampleSelection(frames: 0..<1)
        selection.layer = .base
        #expect(throws: DecodeError.noBase) { try archive.samples(part: 0, selection) }
    }

    @Test func brokenLayersAreRefused() throws {
        let good = ContainerContent(try Container(encodeLossless([Self.image], options: Self.options())))
        let exponent = 9
        for wrong in [0, 4, 255] as [UInt8] {
            var content = good
            content.parts[0].parameters[exponent] = wrong
            #expect(throws: DecodeError.fieldOutOfRange(field: "Base_Exponent", value: Int(wrong))) {
                try Archive(content.serialized())
            }
        }
        var lowBits = good
        lowBits.parts[0].parameters[8] = 1
        #expect(throws: DecodeError.fieldOutOfRange(field: "Low_Bits", value: 1)) {
            try Archive(lowBits.serialized())
        }
        var missing = good
        missing.groups.removeAll { $0.header.layer == 0 }
        #expect(throws: DecodeError.tileCoverage(part: 0)) { try Archive(missing.serialized()) }
        var inexact = good
        inexact.groups.removeAll { $0.header.layer == 1 }
        #expect(throws: DecodeError.tileCoverage(part: 0)) { try Archive(inexact.serialized()) }
        var unknown = good
        unknown.parts[0].model?.identity[3] ^= 1
        #expect {
            try Archive(unknown.serialized())
        } throws: { error in
            if case DecodeError.unsupported(0, .model) = error { true } else { false }
        }
        // Without its model, a part has one layer, and its parameters are too long.
        var modelless = good
        modelless.parts[0].model = nil
        #expect(throws: DecodeError.self) { try Archive(modelless.serialized()) }
        var bounded = good
        bounded.parts[0].mode = CodingMode(kind: .bounded, target: .maximumError, targetValue: 3)
        #expect(throws: DecodeError.self) { try Archive(bounded.serialized()) }
    }

    /// Whatever is changed behind valid checksums: an error, or the same samples of every kernel.
    @Test(arguments: 0..<4) func damageIsAnErrorOrTheSameForAll(part: Int) throws {
        var random = SplitMix64(seed: UInt64(part))
        let image = Self.hills(
            Extent(rows: 40, columns: 60), format: SampleFormat(bitsStored: 9, isSigned: false), seed: 9)
        let good = ContainerContent(try Container(encodeLossless([image], options: Self.options(bits: 1))))
        for _ in 0..<150 {
            var content = good
            for _ in 0...Int.random(in: 0...2, using: &random) {
                let flip = UInt8.random(in: 1...255, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0:
                    let at = Int.random(in: content.parts[0].parameters.indices, using: &random)
                    content.parts[0].parameters[at] ^= flip
                default:
                    let group = Int.random(in: content.groups.indices, using: &random)
                    let at = Int.random(in: content.groups[group].body.indices, using: &random)
                    content.groups[group].body[at] ^= flip
                }
            }
            let bytes = content.serialized()
            let results = [KernelChoice.portable, .automatic].map { kernel in
                try? Archive(bytes, options: DecodeOptions(threads: 1, kernel: kernel))
                    .samples(part: 0, SampleSelection(frames: 0..<1))
            }
            #expect(results[0] == results[1])
        }
    }
}
