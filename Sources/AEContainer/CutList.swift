// SPDX-License-Identifier: Apache-2.0
import Samples

/// The lists of cuts in a `SRCE` chunk, checked entry by entry. (Spec 4.8)
///
/// All cuts of all files together never hold more samples than the archive, so that a small archive cannot
/// describe a giant file.
struct CutList {
    /// The cuts of a file.
    private(set) var cuts: [SourceRecord.Cut] = []
    /// Kept bytes of the file before, between and in the cuts read so far.
    private(set) var keptByteCount = 0
    /// Bytes of the file that the cuts read so far write from samples.
    private(set) var cutByteCount = 0

    private let grids: [GridChunk]
    private var samplesLeft: Int
    private var slotsLeft = 1 << 20
    /// Where the cut before ends.
    private var end = 0

    /// The fewest bytes that an entry takes.
    private static let leastEntryByteCount = 5
    private static let patternFlag: UInt8 = 1 << 7
    /// Most bytes of a number as text, and of what stands behind it.
    private static let longestText = 20

    init(grids: [GridChunk]) {
        self.grids = grids
        samplesLeft = grids.reduce(0) { $0 + $1.extent.sampleCount }
    }

    /// Starts the list of the next file.
    mutating func beginFile() { (cuts, keptByteCount, cutByteCount, end) = ([], 0, 0, 0) }

    /// Reads the list of a file; the inverse of ``write(_:to:)``.
    mutating func read(_ fields: inout PayloadReader, isAllowed: Bool) throws(ContainerError) {
        let count = try fields.varint()
        try FourCC.source.require(
            count <= UInt64(isAllowed ? fields.remaining / Self.leastEntryByteCount : 0), "Cut_Count", count)
        cuts.reserveCapacity(Int(count))
        for _ in 0..<count { try append(&fields) }
    }

    private mutating func append(_ fields: inout PayloadReader) throws(ContainerError) {
        let type = FourCC.source
        let gap = try fields.varint()
        try type.require(gap <= UInt64(Int.max - end), "Cut_Gap", gap)
        let packing = try fields.u8()
        let offset = end + Int(gap)
        let kind = packing & ~Self.patternFlag
        let cut =
            packing & Self.patternFlag == 0
            ? try plainRun(&fields, offset: offset, kind) : try pattern(&fields, offset: offset, kind)
        // Counts are at most 2^56 and cells 4 bytes, so only the gap can lead out of range.
        try type.require(cut.byteCount <= Int.max - offset, "Cut_Gap", gap)
        end = offset + cut.byteCount
        keptByteCount += Int(gap) + cut.byteCount - cut.sampleByteCount
        cutByteCount += cut.sampleByteCount
        cuts.append(cut)
    }

    /// One run of samples in cells of a size.
    private mutating func plainRun(
        _ fields: inout PayloadReader, offset: Int, _ kind: UInt8
    ) throws(ContainerError) -> SourceRecord.Cut {
        let type = FourCC.source
        guard let packing = SamplePacking(kind: kind), case .integers(let cell, let isBigEndian) = packing,
            cell != 3
        else { throw .fieldOutOfRange(chunk: type, field: "Cut_Packing", value: UInt64(kind)) }
        let first = try fields.varint()
        let count = try fields.varint()
        let part = try self.part(try fields.varint(), packing)
        try take(part, first: first, count: count, rows: 1, distance: 0, repeats: 1)
        return SourceRecord.Cut(
            offset: offset, part: part, firstSample: Int(first), sampleCount: Int(count), cellBytes: cell,
            isBigEndian: isBigEndian)
    }

    /// A pattern of slots that repeats.
    private mutating func pattern(
        _ fields: inout PayloadReader, offset: Int, _ kind: UInt8
    ) throws(ContainerError) -> SourceRecord.Cut {
        let type = FourCC.source
        var textBytes: Int?
        let packing: SamplePacking
        if kind == SamplePacking.textKind {
            packing = .text(try Self.text(&fields))
            textBytes = try fields.varint("Text_Bytes", 0...Int.max)
        } else if let known = SamplePacking(kind: kind) {
            packing = known
        } else {
            throw .fieldOutOfRange(chunk: type, field: "Cut_Packing", value: UInt64(kind))
        }
        let repeats = try fields.varint("Repeats", 1...Int(UInt32.max))
        let entries = try fields.varint("Slot_Count", 1...max(1, fields.remaining / 2))
        var slots: [SourceRecord.Cut.Slot] = []
        var ranges: [Range<Int>] = []
        for _ in 0..<entries {
            slots += try self.slots(&fields, packing, repeats: repeats)
            ranges.append((ranges.last?.upperBound ?? 0)..<slots.count)
        }
        let cut = SourceRecord.Cut(
            offset: offset, packing: packing, repeats: repeats, slots: slots, byteCount: textBytes)
        // There is one way to write a cut.
        guard cut.plainRun == nil else {
            throw .fieldOutOfRange(chunk: type, field: "Cut_Packing", value: UInt64(kind | Self.patternFlag))
        }
        guard cut.slotEntries == ranges else {
            throw .fieldOutOfRange(chunk: type, field: "Row_Count", value: UInt64(ranges.last?.count ?? 0))
        }
        if let textBytes {
            try type.require(
                textBytes / Self.longestText <= cut.samplesPerRepeat * repeats, "Text_Bytes",
                UInt64(textBytes))
        } else {
            // Sums of kept bytes may be out of range.
            guard cut.hasStatedByteCount else {
                throw .fieldOutOfRange(chunk: type, field: "Slot_Bytes", value: .max)
            }
        }
        return cut
    }

    private static func text(_ fields: inout PayloadReader) throws(ContainerError) -> DecimalText {
        let digits = try fields.varint("Fraction_Digits", 0...DecimalText.mostFractionDigits)
        let separator = Array(try fields.bytes(try fields.varint("Separator_Bytes", 0...8)))
        let lineEnd = Array(try fields.bytes(try fields.varint("Line_End_Bytes", 0...8)))
        return DecimalText(fractionDigits: digits, separator: separator, lineEnd: lineEnd)
    }

    /// The slots of one entry.
    private mutating func slots(
        _ fields: inout PayloadReader, _ packing: SamplePacking, repeats: Int
    ) throws(ContainerError) -> [SourceRecord.Cut.Slot] {
        let type = FourCC.source
        let number = try fields.varint()
        if number == 0 {
            try type.require(packing.isByteAligned, "Slot_Part", number)
            return [.kept(byteCount: try fields.varint("Slot_Bytes", 1...Int(Int32.max)))]
        }
        let part = try self.part(number - 1, packing)
        let first = try fields.varint()
        let count = try fields.varint()
        let rows = try fields.varint("Row_Count", 1...max(1, slotsLeft))
        slotsLeft -= rows
        let distance = rows > 1 ? try fields.varint() : 0
        try take(part, first: first, count: count, rows: rows, distance: distance, repeats: repeats)
        var slots: [SourceRecord.Cut.Slot] = []
        slots.reserveCapacity(rows)
        for row in 0..<rows {
            let origin = packing == .differences8 ? try Self.origin(&fields) : 0
            slots.append(
                .samples(
                    part: part, first: Int(first) + row * Int(distance), count: Int(count),
                    origin: origin))
        }
        return slots
    }

    /// A number with sign: twice its magnitude, less one if it is below 0.
    private static func origin(_ fields: inout PayloadReader) throws(ContainerError) -> Int32 {
        let folded = try fields.varint("Origin", 0...Int(UInt32.max))
        return Int32(folded & 1 == 0 ? folded / 2 : -(folded / 2) - 1)
    }

    private func part(_ number: UInt64, _ packing: SamplePacking) throws(ContainerError) -> Int {
        try FourCC.source.require(number < UInt64(grids.count), "Cut_Part", number)
        guard packing.holds(grids[Int(number)].format) else {
            throw .fieldOutOfRange(
                chunk: .source, field: "Cut_Packing", value: UInt64(packing.kind))
        }
        return Int(number)
    }

    /// Accounts for `count` samples a repetition, in each of some rows at a distance.
    private mutating func take(
        _ part: Int, first: UInt64, count: UInt64, rows: Int, distance: UInt64, repeats: Int
    ) throws(ContainerError) {
        let type = FourCC.source
        let samples = UInt64(grids[part].extent.sampleCount)
        try type.require(first < samples, "First_Sample", first)
        // Of 2^56 samples at most there are not so many in a row.
        let (inRow, overflow) = count.multipliedReportingOverflow(by: UInt64(repeats))
        try type.require(
            count >= 1 && !overflow && inRow <= samples - first && inRow <= UInt64(samplesLeft),
            "Sample_Count", count)
        let (below, tooFar) = UInt64(rows - 1).multipliedReportingOverflow(by: distance)
        let (total, tooMany) = inRow.multipliedReportingOverflow(by: UInt64(rows))
        try type.require(
            !tooFar && !tooMany && below <= samples - first - inRow && total <= UInt64(samplesLeft),
            "Row_Count", UInt64(rows))
        samplesLeft -= Int(total)
    }
}

extension CutList {
    /// Writes the list of a file; the inverse of ``read(_:isAllowed:)``.
    static func write(_ cuts: [SourceRecord.Cut], to writer: inout ByteWriter) {
        writer.varint(cuts.count)
        var end = 0
        for cut in cuts {
            writer.varint(cut.offset - end)
            write(cut, to: &writer)
            end = cut.offset + cut.byteCount
        }
    }

    private static func write(_ cut: SourceRecord.Cut, to writer: inout ByteWriter) {
        if let run = cut.plainRun {
            writer.u8(cut.packing.kind)
            writer.varint(run.firstSample)
            writer.varint(run.sampleCount)
            writer.varint(run.part)
            return
        }
        writer.u8(cut.packing.kind | patternFlag)
        if case .text(let text) = cut.packing {
            writer.varint(text.fractionDigits)
            for bytes in [text.separator, text.lineEnd] {
                writer.varint(bytes.count)
                writer.bytes(bytes)
            }
            writer.varint(cut.byteCount)
        }
        writer.varint(cut.repeats)
        let entries = cut.slotEntries
        writer.varint(entries.count)
        for entry in entries {
            guard case .samples(let part, let first, let count, _) = cut.slots[entry.lowerBound] else {
                guard case .kept(let count) = cut.slots[entry.lowerBound] else { continue }
                writer.u8(0)
                writer.varint(count)
                continue
            }
            writer.varint(part + 1)
            writer.varint(first)
            writer.varint(count)
            writer.varint(entry.count)
            if entry.count > 1, case .samples(_, let second, _, _) = cut.slots[entry.lowerBound + 1] {
                writer.varint(second - first)
            }
            for case .samples(_, _, _, let origin) in cut.slots[entry] where cut.packing == .differences8 {
                writer.varint(origin < 0 ? 2 * Int(origin.magnitude) - 1 : 2 * Int(origin))
            }
        }
    }
}

extension SourceRecord.Cut {
    /// Runs of slots that are one entry: the same number of samples of one part, at one distance.
    fileprivate var slotEntries: [Range<Int>] {
        var entries: [Range<Int>] = []
        for (index, slot) in slots.enumerated() {
            guard let last = entries.last, case .samples(let part, let first, let count, _) = slot,
                case .samples(part, let before, count, _) = slots[index - 1], first >= before
            else {
                entries.append(index..<index + 1)
                continue
            }
            if last.count > 1, case .samples(_, let earlier, _, _) = slots[index - 2],
                first - before != before - earlier
            {
                entries.append(index..<index + 1)
            } else {
                entries[entries.count - 1] = last.lowerBound..<index + 1
            }
        }
        return entries
    }
}
