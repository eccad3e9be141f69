// SPDX-License-Identifier: Apache-2.0
import Samples
import TestSupport
import Testing

/// `SourceRecord.rebuilt(from:)`: a file is its kept bytes with the samples put back.
@Suite struct SourceRebuildingTests {
    static let bytes = SampleArray(
        extent: Extent(rows: 1, columns: 3), format: SampleFormat(bitsStored: 8, isSigned: false),
        values: [1, 2, 255])
    static let words = SampleArray(
        extent: Extent(rows: 2, columns: 2), format: SampleFormat(bitsStored: 12, isSigned: true),
        values: [-2048, -1, 0, 2047])

    @Test func putsSamplesBetweenTheKeptBytes() throws {
        let record = record(
            byteCount: 12, kept: [10, 11, 12, 13, 14],
            cuts: [
                SourceRecord.Cut(offset: 2, part: 0, firstSample: 0, sampleCount: 3, cellBytes: 1),
                SourceRecord.Cut(offset: 7, part: 1, firstSample: 1, sampleCount: 2, cellBytes: 2),
            ])
        #expect(
            try record.rebuilt(from: [Self.bytes, Self.words])
                == [10, 11, 1, 2, 255, 12, 13, 0xFF, 0xFF, 0, 0, 14])
    }

    @Test(
        arguments: [
            (2, false, [0x00, 0xF8, 0xFF, 0x07]), (2, true, [0xF8, 0x00, 0x07, 0xFF]),
            (4, false, [0x00, 0xF8, 0xFF, 0xFF, 0xFF, 0x07, 0x00, 0x00]),
            (4, true, [0xFF, 0xFF, 0xF8, 0x00, 0x00, 0x00, 0x07, 0xFF]),
        ] as [(Int, Bool, [UInt8])])
    func cellsAreExtendedInTheirByteOrder(cellBytes: Int, isBigEndian: Bool, expected: [UInt8]) throws {
        let cuts = [0, 3].enumerated().map { place, sample in
            SourceRecord.Cut(
                offset: place * cellBytes, part: 0, firstSample: sample, sampleCount: 1, cellBytes: cellBytes,
                isBigEndian: isBigEndian)
        }
        let record = record(byteCount: 2 * cellBytes, kept: [], cuts: cuts)
        #expect(try record.rebuilt(from: [Self.words]) == expected)
    }

    @Test func deepSamplesKeepFourBytes() throws {
        let deep = SampleArray(
            extent: Extent(rows: 1, columns: 2), format: SampleFormat(bitsStored: 24, isSigned: true),
            values: [-8_388_608, 0x123456])
        let record = record(
            byteCount: 8, kept: [],
            cuts: [SourceRecord.Cut(offset: 0, part: 0, firstSample: 0, sampleCount: 2, cellBytes: 4)])
        #expect(try record.rebuilt(from: [deep]) == [0x00, 0x00, 0x80, 0xFF, 0x56, 0x34, 0x12, 0x00])
    }

    @Test func aFileWithoutCutsIsItsKeptBytes() throws {
        #expect(try record(byteCount: 2, kept: [7, 8], cuts: []).rebuilt(from: [Self.words]) == [7, 8])
        #expect(try record(byteCount: 0, kept: [], cuts: []).rebuilt(from: []) == [])
    }

    /// Cutting a file at random and rebuilding it gives the file.
    @Test(arguments: 0..<50 as Range<UInt64>) func undoesTheCutting(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let cellBytes = [1, 2, 4][Int.random(in: 0...2, using: &random)]
        let bits = cellBytes == 4 ? 20 : 7
        let format = SampleFormat(bitsStored: bits, isSigned: Bool.random(using: &random))
        let isBigEndian = Bool.random(using: &random)
        let values = (0..<40).map { _ in Int.random(in: format.range, using: &random) }
        let samples = SampleArray(extent: Extent(rows: 4, columns: 10), format: format, values: values)
        var file: [UInt8] = []
        var kept: [UInt8] = []
        var cuts: [SourceRecord.Cut] = []
        var first = 0
        while first < values.count {
            let gap = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let count = Int.random(in: 0...values.count - first, using: &random)
            kept += gap
            file += gap
            cuts.append(
                SourceRecord.Cut(
                    offset: file.count, part: 0, firstSample: first, sampleCount: count, cellBytes: cellBytes,
                    isBigEndian: isBigEndian))
            for value in values[first..<first + count] {
                let cell = (0..<cellBytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
                file += isBigEndian ? cell.reversed() : cell
            }
            first += count
        }
        let record = record(byteCount: file.count, kept: kept, cuts: cuts)
        #expect(try record.rebuilt(from: [samples]) == file)
    }

    // swift-format-ignore
    static let wrongCuts: [SourceRecord.Cut] = [
        .init(offset: 0, part: 1, firstSample: 0, sampleCount: 1, cellBytes: 2),          // no such part
        .init(offset: 0, part: -1, firstSample: 0, sampleCount: 1, cellBytes: 2),
        .init(offset: 0, part: 0, firstSample: 0, sampleCount: 5, cellBytes: 2),          // too many samples
        .init(offset: 0, part: 0, firstSample: 5, sampleCount: 0, cellBytes: 2),
        .init(offset: 0, part: 0, firstSample: 1, sampleCount: .max, cellBytes: 2),
        .init(offset: 0, part: 0, firstSample: .max, sampleCount: .max, cellBytes: 4),
        .init(offset: 0, part: 0, firstSample: -1, sampleCount: 1, cellBytes: 2),
        .init(offset: 0, part: 0, firstSample: 0, sampleCount: -1, cellBytes: 2),
        .init(offset: 0, part: 0, firstSample: 0, sampleCount: 1, cellBytes: 1),          // 12 bits in a byte
        .init(offset: 0, part: 0, firstSample: 0, sampleCount: 1, cellBytes: 5),
        .init(offset: 0, part: 0, firstSample: 0, sampleCount: 1, cellBytes: .max),
        .init(offset: 4, part: 0, firstSample: 0, sampleCount: 1, cellBytes: 2),          // behind the kept bytes
        .init(offset: -1, part: 0, firstSample: 0, sampleCount: 1, cellBytes: 2),
        .init(offset: .max, part: 0, firstSample: 0, sampleCount: 1, cellBytes: 2),
    ]

    @Test(arguments: wrongCuts.indices) func wrongCutsAreNamed(number: Int) {
        let record = record(byteCount: 5, kept: [1, 2, 3], cuts: [Self.wrongCuts[number]])
        #expect(throws: SourceRecordError.invalidCut(index: 0)) { _ = try record.rebuilt(from: [Self.words]) }
    }

    @Test func overlappingCutsAreNamed() {
        let cuts = [0, 3].map {
            SourceRecord.Cut(offset: $0, part: 0, firstSample: 0, sampleCount: 2, cellBytes: 2)
        }
        let record = record(byteCount: 8, kept: [1, 2, 3], cuts: cuts)
        #expect(throws: SourceRecordError.invalidCut(index: 1)) { _ = try record.rebuilt(from: [Self.words]) }
    }

    @Test(arguments: [-1, 0, 4, 6, Int.max]) func aWrongSizeIsNamed(byteCount: Int) {
        let cut = SourceRecord.Cut(offset: 1, part: 0, firstSample: 0, sampleCount: 1, cellBytes: 2)
        let record = record(byteCount: byteCount, kept: [1, 2, 3], cuts: [cut])
        #expect(throws: SourceRecordError.byteCountMismatch(expected: byteCount, found: 5)) {
            _ = try record.rebuilt(from: [Self.words])
        }
    }

    private func record(byteCount: Int, kept: [UInt8], cuts: [SourceRecord.Cut]) -> SourceRecord {
        SourceRecord(
            format: .dicom, isByteExact: true, byteCount: byteCount, digest: [UInt8](repeating: 0, count: 32),
            cuts: cuts, kept: kept)
    }
}
