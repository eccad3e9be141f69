// SPDX-License-Identifier: Apache-2.0
import Samples
import TestSupport
import Testing

/// Packings and patterns: bytes as the formats define them, and back.
@Suite struct SamplePackingTests {
    private static func record(_ cut: SourceRecord.Cut, kept: [UInt8] = []) -> SourceRecord {
        SourceRecord(
            format: .other, isByteExact: true,
            byteCount: cut.byteCount + kept.count
                - cut.keptBytesPerRepeat * cut.repeats, digest: [], cuts: [cut], kept: kept)
    }

    /// Worked by hand from signal(5) of the WFDB manual.
    @Test(
        arguments: [
            (.pairs12, [0x123, -1, 0x7FF], [0x23, 0xF1, 0xFF, 0xFF, 0x07]),
            (.triples10InWords, [1, 2, 0x155, -512], [0x02, 0xA8, 0x04, 0x50, 0x00, 0x04]),
            (.triples10, [1, 2, 3, -1, -2], [0x01, 0x08, 0x30, 0x00, 0xFF, 0xFB, 0x0F]),
            (.offsetBinary(byteCount: 1), [-128, 0, 127], [0, 128, 255]),
            (.offsetBinary(byteCount: 2), [-32768, 1], [0, 0, 1, 0x80]),
            (
                .integers(byteCount: 3, isBigEndian: false), [-2, 0x123456],
                [0xFE, 0xFF, 0xFF, 0x56, 0x34, 0x12]
            ),
            (.integers(byteCount: 2, isBigEndian: true), [0x1234, -2], [0x12, 0x34, 0xFF, 0xFE]),
        ] as [(SamplePacking, [Int], [UInt8])])
    func bytesAreThoseOfTheFormat(packing: SamplePacking, values: [Int], expected: [UInt8]) throws {
        let samples = Self.samples(values, packing)
        let cut = SourceRecord.Cut(
            offset: 0, packing: packing, repeats: values.count, slots: [.samples(part: 0, first: 0, count: 1)]
        )
        #expect(cut.byteCount == expected.count)
        #expect(packing.samples(in: expected.count) == values.count)
        #expect(try Self.record(cut).rebuilt(from: [samples]) == expected)
        var read = [Int32](repeating: 0, count: values.count)
        cut.extract(from: expected, into: &read, starts: [0], isSigned: true)
        #expect(read.map(Int.init) == values)
    }

    private static func samples(_ values: [Int], _ packing: SamplePacking) -> SampleArray {
        let bits = [8, 10, 12, 16, 24, 32].first { bits in
            let format = SampleFormat(bitsStored: bits, isSigned: true)
            return packing.holds(format) && values.allSatisfy { format.range.contains($0) }
        }
        return SampleArray(
            extent: Extent(rows: 1, columns: values.count),
            format: SampleFormat(bitsStored: bits ?? 32, isSigned: true), values: values)
    }

    @Test func differencesBeginFromTheirOrigin() throws {
        let samples = Self.samples([10, 12, 5, 132, 4], .differences8)
        let cut = SourceRecord.Cut(
            offset: 0, packing: .differences8, repeats: 5,
            slots: [.samples(part: 0, first: 0, count: 1, origin: 11)])
        let expected: [UInt8] = [0xFF, 2, 0xF9, 127, 0x80]
        #expect(try Self.record(cut).rebuilt(from: [samples]) == expected)
        var read = [Int32](repeating: 0, count: 5)
        cut.extract(from: expected, into: &read, starts: [0], isSigned: true)
        #expect(read == [10, 12, 5, 132, 4])
    }

    @Test func textHasPointsAndLines() throws {
        let samples = SampleArray(
            extent: Extent(rows: 2, columns: 2), format: SampleFormat(bitsStored: 12, isSigned: true),
            values: [5, -1234, 0, -7])
        let text = Array("0.05,0.00\r\n-12.34,-0.07".utf8)
        let cut = SourceRecord.Cut(
            offset: 1,
            packing: .text(DecimalText(fractionDigits: 2, separator: [0x2C], lineEnd: [0x0D, 0x0A])),
            repeats: 2,
            slots: [.samples(part: 0, first: 0, count: 1), .samples(part: 0, first: 2, count: 1)],
            byteCount: text.count)
        let record = SourceRecord(
            format: .other, isByteExact: true, byteCount: text.count + 2, digest: [], cuts: [cut],
            kept: [9, 8])
        #expect(try record.rebuilt(from: [samples]) == [9] + text + [8])
    }

    /// Two rates and kept bytes in one pattern, as in a data record.
    @Test(arguments: 1...20 as ClosedRange<UInt64>) func patternsAreReadAsTheyAreWritten(seed: UInt64) throws
    {
        var random = SplitMix64(seed: seed)
        let packings: [SamplePacking] = [
            .pairs12, .triples10, .triples10InWords, .integers(byteCount: 2, isBigEndian: false),
            .integers(byteCount: 3, isBigEndian: true), .offsetBinary(byteCount: 2),
        ]
        let packing = packings[Int.random(in: packings.indices, using: &random)]
        let bits = packing.holds(SampleFormat(bitsStored: 12, isSigned: true)) ? 12 : 10
        let format = SampleFormat(bitsStored: bits, isSigned: true)
        let repeats = Int.random(in: 1...50_000, using: &random)
        let parts = [(2, 1), (1, 3)].map { rows, count in
            SampleArray(
                extent: Extent(rows: rows, columns: count * repeats), format: format,
                values: (0..<rows * count * repeats).map { _ in Int.random(in: format.range, using: &random) }
            )
        }
        let keptCount = packing.isByteAligned ? 3 : 0
        let cut = SourceRecord.Cut(
            offset: 5, packing: packing, repeats: repeats,
            slots: [
                .samples(part: 0, first: repeats, count: 1), .kept(byteCount: keptCount),
                .samples(part: 1, first: 0, count: 3), .samples(part: 0, first: 0, count: 1),
            ])
        let kept = (0..<7 + keptCount * repeats).map { UInt8(truncatingIfNeeded: $0) }
        let record = SourceRecord(
            format: .other, isByteExact: true, byteCount: 7 + cut.byteCount, digest: [], cuts: [cut],
            kept: kept)
        let file = try record.rebuilt(from: parts)
        #expect(file.count == record.byteCount)
        var read = [Int32](repeating: 0, count: 5 * repeats)
        cut.extract(from: file, into: &read, starts: [0, 2 * repeats], isSigned: true)
        #expect(read.map(Int.init) == parts[0].values + parts[1].values)
    }

    /// Patterns that do not fit are refused before anything is written.
    @Test(
        arguments: [
            .init(
                offset: 0, packing: .pairs12, repeats: 3, slots: [.samples(part: 0, first: 0, count: 1)]),
            .init(
                offset: 0, packing: .differences8, repeats: .max,
                slots: [.samples(part: 0, first: 0, count: 1)]),
            .init(offset: 0, packing: .triples10, repeats: 1, slots: [.samples(part: 0, first: 0, count: 2)]),
            .init(offset: 0, packing: .pairs12, repeats: 1, slots: [.kept(byteCount: 1)]),
            .init(offset: 0, packing: .differences8, repeats: 1, slots: [.kept(byteCount: .max)]),
            .init(offset: 0, packing: .differences8, repeats: 1 << 62, slots: [.kept(byteCount: 4)]),
            .init(offset: 0, packing: .differences8, repeats: -1, slots: []),
            .init(
                offset: 0, packing: .differences8, repeats: 1, slots: [.samples(part: 0, first: 0, count: 1)],
                byteCount: 2),
        ] as [SourceRecord.Cut])
    func patternsThatDoNotFitAreNamed(cut: SourceRecord.Cut) {
        let samples = SampleArray(
            extent: Extent(rows: 1, columns: 2), format: SampleFormat(bitsStored: 12, isSigned: true),
            values: [1, 2])
        let record = SourceRecord(
            format: .other, isByteExact: true, byteCount: 3, digest: [], cuts: [cut], kept: [1, 2, 3])
        #expect(throws: SourceRecordError.invalidCut(index: 0)) { _ = try record.rebuilt(from: [samples]) }
    }

    @Test(
        arguments: [
            ("360", 360, 1), ("62.4725", 24989, 400), ("1e3", 1000, 1), ("0.5", 1, 2), ("125.000", 125, 1),
        ])
    func ratesAreExact(text: String, numerator: Int, denominator: Int) throws {
        let rate = try #require(SamplingRate(decimal: text))
        #expect(rate.numerator == numerator && rate.denominator == denominator)
        #expect(SamplingRate(decimal: rate.description) == rate)
    }

    @Test(arguments: ["", "0", "-1", "nan", "inf", "1e99", "1.2.3", "0x10", "9999999999999999999", "."])
    func ratesThatAreNoneAreRefused(text: String) { #expect(SamplingRate(decimal: text) == nil) }
}
