// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Samples
import Testing

/// Expected values were computed by NumPy from the same formula, sums in Python integers.
@Suite struct SampleDifferenceTests {
    /// Two arrays and what NumPy says of them.
    struct Case: CustomTestStringConvertible {
        let name: String
        let first: SampleArray
        let second: SampleArray
        let maximum: Int
        let differing: Int
        let meanSquare: Double
        let psnr: Double
        var testDescription: String { name }
    }

    static let extent = Extent(rows: 40, columns: 50)

    /// Sample i is i x factor + offset without its 8 low bits.
    static func made(_ factor: UInt64, _ offset: UInt64, bits: Int, signed: Bool) -> SampleArray {
        let values = (0..<UInt64(extent.sampleCount)).map { index in
            let bitPattern = (index * factor + offset) >> 8 & (1 << UInt64(bits) - 1)
            return Int(bitPattern) - (signed ? 1 << (bits - 1) : 0)
        }
        return SampleArray(
            extent: extent, format: SampleFormat(bitsStored: bits, isSigned: signed), values: values)
    }

    static let cases = [
        Case(
            name: "12 bits", first: made(7919, 0, bits: 12, signed: false),
            second: made(7919, 300, bits: 12, signed: false), maximum: 2, differing: 2000,
            meanSquare: 1.5145, psnr: 70.44238534524),
        Case(
            name: "16 bits signed", first: made(7919, 0, bits: 16, signed: true),
            second: made(7907, 5, bits: 16, signed: true), maximum: 94, differing: 1988,
            meanSquare: 2925.8425, psnr: 61.66695663465716),
        Case(
            name: "24 bits signed", first: made(7919 * 4001, 0, bits: 24, signed: true),
            second: made(7919 * 4001, 1 << 20, bits: 24, signed: true), maximum: 16_773_120, differing: 2000,
            meanSquare: 140685546094.592, psnr: 33.011902593936895),
        Case(
            name: "32 bits", first: made(7919 * 400_001, 0, bits: 32, signed: false),
            second: made(104_729 * 400_001, 77, bits: 32, signed: false), maximum: 4_252_580_193,
            differing: 1999, meanSquare: 3.0079133794877317e+18, psnr: 7.8765439680652065),
        Case(
            name: "signed against unsigned", first: made(7919, 0, bits: 16, signed: true),
            second: made(7919, 300, bits: 12, signed: false), maximum: 32770, differing: 2000,
            meanSquare: 333431064.0425, psnr: 11.099405491897327),
    ]

    @Test(arguments: cases) func agreesWithNumPy(_ example: Case) throws {
        let difference = try #require(SampleDifference(example.first, example.second))
        #expect(difference.sampleCount == 2000)
        #expect(difference.maximumError == example.maximum)
        #expect(difference.differingCount == example.differing)
        #expect(abs(difference.meanSquaredError / example.meanSquare - 1) < 1e-14)
        let psnr = difference.psnr(bitsStored: example.first.format.bitsStored)
        #expect(abs(psnr - example.psnr) < 1e-10)
    }

    @Test func equalArraysHaveNoDifference() throws {
        let samples = Self.made(7919, 0, bits: 12, signed: false)
        let difference = try #require(SampleDifference(samples, samples))
        #expect(difference.maximumError == 0)
        #expect(difference.differingCount == 0)
        #expect(difference.meanSquaredError == 0)
        #expect(difference.psnr(bitsStored: 12) == .infinity)
    }

    @Test func otherExtentsAreNotComparable() {
        let format = SampleFormat(bitsStored: 8, isSigned: false)
        let wide = SampleArray(extent: Extent(rows: 2, columns: 3), format: format)
        let tall = SampleArray(extent: Extent(rows: 3, columns: 2), format: format)
        #expect(SampleDifference(wide, tall) == nil)
    }
}
