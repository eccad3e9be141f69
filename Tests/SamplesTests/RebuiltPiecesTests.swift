// SPDX-License-Identifier: Apache-2.0
import Samples
import TestSupport
import Testing

/// A file comes back in pieces of bounded size.
@Suite struct RebuiltPiecesTests {
    @Test(arguments: [false, true]) func piecesMakeTheFile(isBigEndian: Bool) throws {
        // More samples than a piece holds, in two runs.
        let count = 200_000
        var random = SplitMix64(seed: 11)
        let values = (0..<count).map { _ in Int.random(in: -2048...2047, using: &random) }
        let samples = SampleArray(
            extent: Extent(rows: 1, columns: count), format: SampleFormat(bitsStored: 12, isSigned: true),
            values: values)
        let cells = values.flatMap { value in
            let bytes = [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
            return isBigEndian ? bytes.reversed() : bytes
        }
        let split = 150_001
        let expected = [1, 2, 3] + cells[..<(2 * split)] + [4, 5] + cells[(2 * split)...] + [6]
        let record = SourceRecord(
            format: .dicom, isByteExact: true, byteCount: expected.count, digest: [],
            cuts: [
                .init(
                    offset: 3, part: 0, firstSample: 0, sampleCount: split, cellBytes: 2,
                    isBigEndian: isBigEndian),
                .init(
                    offset: 5 + 2 * split, part: 0, firstSample: split, sampleCount: count - split,
                    cellBytes: 2,
                    isBigEndian: isBigEndian),
            ],
            kept: [1, 2, 3, 4, 5, 6])
        let pieces = Array(try record.pieces(from: [samples]))
        #expect(pieces.allSatisfy { !$0.isEmpty && $0.count <= 1 << 17 })
        #expect(Array(pieces.joined()) == expected)
        #expect(try record.rebuilt(from: [samples]) == expected)
    }
}
