// SPDX-License-Identifier: Apache-2.0
import Samples
import TestSupport
import Testing

@testable import AEBenchmark

@Suite struct PlainSamplesTests {
    static func image(_ values: [Int], bits: Int, signed: Bool = false) -> SampleArray {
        SampleArray(
            extent: Extent(rows: 1, columns: values.count),
            format: SampleFormat(bitsStored: bits, isSigned: signed), values: values)
    }

    @Test func storedSamplesTakeTheFewestBits() {
        let plain = PlainSamples(stored: Self.image([3, 900, 17], bits: 16))
        #expect(plain.layout.shape.bits == 10)
        #expect(plain.frames == [[3, 0, 0x84, 3, 17, 0]])
        #expect(plain.layout.mapByteCount == 0)
    }

    @Test func signedSamplesStartAtTheirSmallest() {
        let plain = PlainSamples(stored: Self.image([-5, 2, -3], bits: 12, signed: true))
        #expect(plain.frames == [[0, 7, 2]])
    }

    @Test func placesOnAGrid() throws {
        let plain = try #require(PlainSamples(grid: Self.image([10, 26, 18, 10], bits: 12)))
        #expect(plain.frames == [[0, 2, 1, 0]])
        #expect(plain.layout.unit == 8)
    }

    @Test func aGridOfOneIsNoMap() {
        #expect(PlainSamples(grid: Self.image([10, 13, 18], bits: 12)) == nil)
    }

    @Test func ranksAreChargedTheirBitmap() {
        // Of the nine values from 10 to 18 three occur: 9 x H(1/3) = 8.26 bits, two bytes.
        let plain = PlainSamples(ranked: Self.image([10, 13, 18, 10], bits: 12))
        #expect(plain.frames == [[0, 1, 2, 0]])
        #expect(plain.layout.mapByteCount == 2)
    }

    @Test(arguments: [(8, false), (12, true), (16, false), (16, true)])
    func everyFormComesBack(_ bits: Int, _ isSigned: Bool) {
        let samples = BenchImages.noisy(bits, signed: isSigned, frames: 2, step: 4, offset: 3)
        let forms = [
            PlainSamples(stored: samples), PlainSamples(ranked: samples), PlainSamples(grid: samples),
        ]
        for form in forms { #expect(form?.restored == samples) }
    }

    @Test func decodedValuesStayInRange() {
        let layout = PlainSamples(stored: Self.image([-2048, 2047], bits: 12, signed: true)).layout
        #expect(layout.restored([[0xFF, 0xFF, 0, 0]]).values == [2047, -2048])
        let ranks = PlainSamples(ranked: Self.image([5, 9], bits: 8)).layout
        #expect(ranks.restored([[200, 0]]).values == [9, 5])
    }

    @Test func filesGiveBackWhatTheyGot() throws {
        let folder = try Scratch()
        let plain = PlainSamples(ranked: BenchImages.noisy(12, frames: 2, step: 3))
        try ExchangeFiles.write(plain, folder.path("samples"))
        let read = try ExchangeFiles.samples(folder.path("samples"))
        #expect(read.layout == plain.layout)
        #expect(read.frames == plain.frames)
        let streams: [[UInt8]] = [[1, 2, 3], [], [4]]
        try ExchangeFiles.write(streams, folder.path("streams"))
        #expect(try ExchangeFiles.streams(folder.path("streams")) == streams)
    }

    @Test func filesCutShortAreRefused() throws {
        let folder = try Scratch()
        let path = folder.path("streams")
        try ExchangeFiles.write([[1, 2, 3]], path)
        let bytes = try readBytes(path)
        for count in 0..<bytes.count {
            try writeBytes(Array(bytes[..<count]), path)
            #expect(throws: BenchmarkError.self) { try ExchangeFiles.streams(path) }
        }
        try writeBytes([UInt8](repeating: 0xFF, count: 16), path)
        #expect(throws: BenchmarkError.self) { try ExchangeFiles.streams(path) }
        #expect(throws: BenchmarkError.self) { try ExchangeFiles.layout(path) }
    }
}
