// SPDX-License-Identifier: Apache-2.0

/// The bytes of a rebuilt file in order, piece by piece, so that the file is never in memory as a whole.
///
/// Made by ``SourceRecord/pieces(from:)``, which has checked that the record fits the samples.
public struct RebuiltPieces: Sequence, IteratorProtocol, Sendable {
    /// Samples of a piece at most; pieces stay in a core's cache.
    private static let sampleStep = 1 << 16

    private let record: SourceRecord
    private let parts: [SampleArray]
    private var cut = 0
    private var samplesDone = 0
    private var keptOffset = 0
    private var fileOffset = 0

    init(_ record: SourceRecord, parts: [SampleArray]) {
        self.record = record
        self.parts = parts
    }

    /// The next bytes of the file, at least one; nil at its end.
    public mutating func next() -> ArraySlice<UInt8>? {
        while cut < record.cuts.count {
            let current = record.cuts[cut]
            if fileOffset < current.offset { return keptPiece(current.offset - fileOffset) }
            if samplesDone < current.sampleCount { return samplePiece(current) }
            cut += 1
            samplesDone = 0
        }
        let rest = record.kept.count - keptOffset
        return rest > 0 ? keptPiece(rest) : nil
    }

    private mutating func keptPiece(_ count: Int) -> ArraySlice<UInt8> {
        defer {
            keptOffset += count
            fileOffset += count
        }
        return record.kept[keptOffset..<keptOffset + count]
    }

    private mutating func samplePiece(_ cut: SourceRecord.Cut) -> ArraySlice<UInt8> {
        let first = cut.firstSample + samplesDone
        let count = Swift.min(Self.sampleStep, cut.sampleCount - samplesDone)
        samplesDone += count
        fileOffset += count * cut.cellBytes
        return Self.cells(first..<first + count, of: parts[cut.part], cut)[...]
    }

    private static func cells(
        _ range: Range<Int>, of part: SampleArray, _ cut: SourceRecord.Cut
    ) -> [UInt8] {
        if cut.cellBytes == part.format.byteCount, !cut.isBigEndian { return part.canonicalBytes(range) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count * cut.cellBytes)
        for index in range {
            let bits = UInt32(truncatingIfNeeded: part[index])
            for byte in 0..<cut.cellBytes {
                let place = cut.isBigEndian ? cut.cellBytes - 1 - byte : byte
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(8 * place)))
            }
        }
        return bytes
    }
}
