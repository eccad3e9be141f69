// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import AEMetrics
import Samples
import TestSupport
import Testing

/// Coding with a bounded error: Spec/bitstream.md, sections 2 and 4.6.
@Suite struct BoundedTests {
    /// Archives of random images keep every bound, state what they lose, and are the same for all kernels.
    @Test(arguments: [UInt64](1...12), [1, 2, 8, 300, 1 << 24])
    func boundsAreKeptAndErrorsStated(seed: UInt64, bound: Int) throws {
        let image = TestImage.random(seed: seed, side: 90)
        guard image.format.bitsStored <= 16 else { return }
        let archive = try encodeBounded(image, maximumError: bound)
        for kernel in KernelChoice.allCases.filter(\.isAvailable) {
            let options = EncodeOptions(threads: 3, kernel: kernel)
            #expect(try encodeBounded(image, maximumError: bound, options: options) == archive)
            try check(archive, image, bound: bound, kernel)
        }
    }

    private func check(
        _ archive: [UInt8], _ image: SampleArray, bound: Int, _ kernel: KernelChoice
    ) throws {
        let opened = try Archive(archive, options: DecodeOptions(kernel: kernel))
        let mode = opened.container.parts[0].mode
        let decoded = try opened.samples()[0]
        let difference = try #require(SampleDifference(image, decoded))
        #expect(difference.maximumError <= bound)
        #expect(mode.maximumError == UInt64(difference.maximumError))
        #expect(mode.meanSquaredError == Float(difference.meanSquaredError))
        #expect(mode.kind == (difference.maximumError == 0 ? .lossless : .bounded))
        if mode.kind == .bounded {
            #expect(mode.target == .maximumError && mode.targetValue == Float(bound))
        }
    }

    /// The more may be lost, the smaller the archive; all of it smaller than without loss.
    @Test func archivesShrinkWithTheBound() throws {
        let image = TestImage.make(
            .smooth, extent: Extent(frames: 2, rows: 200, columns: 190),
            format: SampleFormat(bitsStored: 12, isSigned: false), seed: 3)
        var last = try encodeLossless([image]).count
        for bound in [1, 2, 4, 8, 16] {
            let count = try encodeBounded(image, maximumError: bound).count
            #expect(count < last, "\(bound)")
            last = count
        }
    }

    /// Values of a step that the bound is finer than are coded without loss.
    @Test func coarseLevelsStayAsTheyAre() throws {
        let values = (0..<80 * 70).map { 16 * ($0 / 70 + $0 % 70 * 2 % 101) }
        let image = SampleArray(
            extent: Extent(rows: 80, columns: 70), format: SampleFormat(bitsStored: 12, isSigned: false),
            values: values)
        let container = try Container(encodeBounded(image, maximumError: 15))
        #expect(container.parts[0].mode.kind == .lossless)
        #expect(try Archive(encodeBounded(image, maximumError: 16)).samples()[0] != image)
    }

    @Test func impossibleRequestsAreRefused() {
        let deep = TestImage.make(
            .noise, extent: Extent(rows: 3, columns: 3),
            format: SampleFormat(bitsStored: 17, isSigned: false),
            seed: 1)
        #expect(throws: EncodeError.tooDeep(bits: 17)) { try encodeBounded(deep, maximumError: 1) }
        for bound in [0, -1, 1 << 24 + 1] {
            #expect(throws: EncodeError.targetOutOfRange) { try encodeBounded(deep, maximumError: bound) }
        }
    }

    /// What the archive states of its bound holds together, or it is refused.
    @Test func contradictionsAreRefused() throws {
        let image = TestImage.make(
            .smooth, extent: Extent(rows: 60, columns: 70),
            format: SampleFormat(bitsStored: 12, isSigned: false),
            seed: 4)
        let content = ContainerContent(try Container(encodeBounded(image, maximumError: 5)))
        var wrong = content
        #expect(wrong.parts[0].parameters.suffix(2) == [5, 0])
        for (bytes, value) in [([0, 0], 0), ([6, 0], 6), ([0, 64], 16_384)] as [([UInt8], Int)] {
            wrong.parts[0].parameters.replaceSubrange(9..<11, with: bytes)
            #expect(throws: DecodeError.fieldOutOfRange(field: "Code_Bound", value: value)) {
                try Archive(wrong.serialized())
            }
        }
        wrong = content
        wrong.parts[0].parameters[8] = 1
        #expect(throws: DecodeError.fieldOutOfRange(field: "Low_Bits", value: 1)) {
            try Archive(wrong.serialized())
        }
        wrong = content
        wrong.parts[0].mode = .lossless
        #expect(throws: DecodeError.fieldOutOfRange(field: "length of PARM", value: 11)) {
            try Archive(wrong.serialized())
        }
        wrong = content
        let sparse = TestImage.make(
            .sparse, extent: Extent(rows: 64, columns: 64),
            format: SampleFormat(bitsStored: 16, isSigned: true),
            seed: 5)
        wrong.parts[0].format = sparse.format
        wrong.parts[0].sampleMap = try Container(encodeLossless([sparse])).parts[0].sampleMap
        if wrong.parts[0].sampleMap[0] != 0 {
            let kind = Int(wrong.parts[0].sampleMap[0])
            #expect(throws: DecodeError.fieldOutOfRange(field: "Map_Kind", value: kind)) {
                try Archive(wrong.serialized())
            }
        }
    }
}
