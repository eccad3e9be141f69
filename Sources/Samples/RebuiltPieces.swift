// SPDX-License-Identifier: Apache-2.0

/// The bytes of a rebuilt file in order, piece by piece, so that the file is never in memory as a whole.
///
/// Made by ``SourceRecord/pieces(from:)``, which has checked that the record fits the samples.
public struct RebuiltPieces: Sequence, IteratorProtocol, Sendable {
    /// Samples of a piece at most, unless a pattern has more; pieces stay in a core's cache.
    private static let sampleStep = 1 << 16

    private let record: SourceRecord
    private let parts: [SampleArray]
    private var cut = 0
    /// Samples of a plain run, or repetitions of a pattern.
    private var done = 0
    private var packer: SamplePacker?
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
            if let run = current.plainRun {
                if done < run.sampleCount { return samplePiece(run) }
            } else if done < current.repeats {
                let piece = patternPiece(current)
                if !piece.isEmpty { return piece[...] }
            }
            cut += 1
            done = 0
            packer = nil
            fileOffset = current.offset + current.byteCount
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

    private mutating func samplePiece(_ run: SourceRecord.PlainRun) -> ArraySlice<UInt8> {
        let first = run.firstSample + done
        let count = Swift.min(Self.sampleStep, run.sampleCount - done)
        done += count
        return Self.cells(first..<first + count, of: parts[run.part], run)[...]
    }

    private static func cells(
        _ range: Range<Int>, of part: SampleArray, _ run: SourceRecord.PlainRun
    ) -> [UInt8] {
        if run.cellBytes == part.format.byteCount {
            return part.canonicalBytes(range, isBigEndian: run.isBigEndian)
        }
        var packer = SamplePacker(.integers(byteCount: run.cellBytes, isBigEndian: run.isBigEndian))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count * run.cellBytes)
        for index in range { packer.append(part[index], previous: 0, to: &bytes) }
        return bytes
    }

    /// Some repetitions of a pattern; empty only if the pattern is.
    private mutating func patternPiece(_ cut: SourceRecord.Cut) -> [UInt8] {
        var packer = self.packer ?? SamplePacker(cut.packing)
        var bytes: [UInt8] = []
        let samplesPerRepeat = Swift.max(1, cut.samplesPerRepeat)
        let end = Swift.min(cut.repeats, done + Swift.max(1, Self.sampleStep / samplesPerRepeat))
        bytes.reserveCapacity((end - done) * (4 * samplesPerRepeat + cut.keptBytesPerRepeat))
        while done < end {
            appendRepeat(cut, &packer, to: &bytes)
            done += 1
        }
        if done == cut.repeats { packer.finish(to: &bytes) }
        self.packer = packer
        return bytes
    }

    private mutating func appendRepeat(
        _ cut: SourceRecord.Cut, _ packer: inout SamplePacker, to bytes: inout [UInt8]
    ) {
        var isFirst = true
        for slot in cut.slots {
            switch slot {
            case .kept(let count):
                bytes += record.kept[keptOffset..<keptOffset + count]
                keptOffset += count
            case .samples(let part, let first, let count, let origin):
                let samples = parts[part]
                let start = first + done * count
                for index in start..<start + count {
                    if case .text(let text) = cut.packing {
                        bytes += isFirst ? (done == 0 ? [] : text.lineEnd) : text.separator
                    }
                    isFirst = false
                    let previous = index == first ? Int(origin) : index > 0 ? samples[index - 1] : 0
                    packer.append(samples[index], previous: previous, to: &bytes)
                }
            }
        }
    }
}
