// SPDX-License-Identifier: Apache-2.0
import Digest
import Samples

/// Puts a recording together: groups whose shapes are known, files and the places of their samples.
///
/// A reader only says where samples stand; they are read here, and every file is rebuilt and compared
/// before the samples are taken out of it.
struct RecordingBuilder {
    /// Most samples of a recording, as of an image.
    static let maximumSamples = PixelLayout.maximumSamples

    struct Group {
        var columns: Int
        /// What samples have if the file is true to itself; deeper if they turn out to be.
        var format: SampleFormat
        var rate: SamplingRate
        var signals: [SignalDescription]
        /// The samples, where they do not stand in a file as they are; row by row.
        var values: [Int32]?

        var sampleCount: Int { signals.count * columns }
    }

    private enum Content {
        case file([UInt8], [SourceRecord.Cut])
        /// A file that is kept whole, and another form of it that samples are read from.
        case whole([UInt8], readable: [UInt8], [SourceRecord.Cut])
        /// A file that says the same in another way.
        case rewritten(kept: [UInt8], [SourceRecord.Cut], byteCount: Int)
    }

    /// What a file states of the sum of some samples.
    struct Checksum {
        var group: Int
        var row: Int
        var columns: Range<Int>
        var stated: UInt16
        /// Where: the file, and its line, counted from 1.
        var file: String
        var line: Int
    }

    /// The checksums that are not those of the samples, and what they should be.
    func wrongChecksums(_ groups: [SignalGroup]) -> [(check: Checksum, right: UInt16)] {
        checksums.compactMap { check in
            let samples = groups[check.group].samples
            let start = check.row * samples.extent.columns
            var sum = 0
            for column in check.columns { sum &+= samples[start + column] }
            let right = UInt16(truncatingIfNeeded: sum)
            return right == check.stated ? nil : (check, right)
        }
    }

    private(set) var groups: [Group] = []
    var checksums: [Checksum] = []
    private var members: [(name: String, content: Content)] = []
    private var sampleCount = 0
    var spans: [SignalSpan] = []
    var notes: [String] = []

    /// Adds a group of at least one signal and instant, and returns its number.
    mutating func add(_ group: Group) throws(SignalError) -> Int {
        precondition(!group.signals.isEmpty && group.columns >= 1)
        let (count, overflow) = group.signals.count.multipliedReportingOverflow(by: group.columns)
        guard !overflow, count <= Self.maximumSamples - sampleCount else {
            throw .tooManySamples(count: overflow ? .max : sampleCount + count, limit: Self.maximumSamples)
        }
        sampleCount += count
        groups.append(group)
        return groups.count - 1
    }

    /// Adds a file; its cuts lie inside.
    mutating func add(name: String, _ bytes: [UInt8], cuts: [SourceRecord.Cut] = []) {
        members.append((name, .file(bytes, cuts)))
    }

    /// Adds a file that is kept whole since its samples stand in its inflated form.
    mutating func addDeflated(name: String, _ bytes: [UInt8], inflated: [UInt8], cuts: [SourceRecord.Cut]) {
        members.append((name, .whole(bytes, readable: inflated, cuts)))
    }

    /// Adds a file that will be written in another way than it was found.
    mutating func addRewritten(name: String, kept: [UInt8], cuts: [SourceRecord.Cut]) {
        let byteCount = cuts.reduce(kept.count) { $0 + $1.byteCount }
        members.append((name, .rewritten(kept: kept, cuts, byteCount: byteCount)))
    }

    /// Adds the time of a whole group; groups of the same time share a span.
    mutating func addSpan(of group: Int, start: Double) {
        let piece = SignalSpan.Piece(group: group, columns: 0..<groups[group].columns)
        let duration = Double(groups[group].columns) / groups[group].rate.hertz
        if let same = spans.firstIndex(where: { $0.start == start && $0.duration == duration }) {
            spans[same].pieces.append(piece)
        } else {
            spans.append(SignalSpan(start: start, duration: duration, pieces: [piece]))
        }
    }

    func hasMember(_ name: String) -> Bool { members.contains { $0.name == name } }

    /// Reads the samples.
    func signalGroups() -> [SignalGroup] {
        var starts: [Int] = []
        var total = 0
        for group in groups {
            starts.append(total)
            total += group.sampleCount
        }
        var values = [Int32](repeating: 0, count: total)
        for (group, start) in zip(groups, starts) {
            guard let known = group.values else { continue }
            values.replaceSubrange(start..<start + known.count, with: known)
        }
        for member in members {
            let bytes: [UInt8]
            let cuts: [SourceRecord.Cut]
            switch member.content {
            case .file(let file, let places): (bytes, cuts) = (file, places)
            case .whole(_, let readable, let places): (bytes, cuts) = (readable, places)
            case .rewritten: continue
            }
            for cut in cuts {
                if case .text = cut.packing { continue }
                cut.extract(from: bytes, into: &values, starts: starts, isSigned: isSigned(cut))
            }
        }
        return zip(groups, starts).map { group, start in
            SignalGroup(
                samples: Self.samples(group, values[start..<start + group.sampleCount]),
                signals: group.signals, rate: group.rate)
        }
    }

    /// Reads the samples and proves that the files come back.
    consuming func recording() -> Recording {
        let groups = signalGroups()
        var recording = Recording(groups: groups, spans: spans, members: [])
        recording.notes = notes + checksumNotes(groups) + SignalRemarks(groups).notes
        let parts = recording.parts
        var hash = SHA256()
        for member in members {
            let source = Self.record(member.content, parts, &hash)
            if case .file(_, let cuts) = member.content, !cuts.isEmpty, source.cuts.isEmpty {
                recording.notes.append(
                    "\(member.name) is kept whole: its samples alone would not give its bytes")
            }
            recording.members.append(RecordingMember(name: member.name, source: source))
        }
        recording.digest = hash.finalize()
        return recording
    }

    private func isSigned(_ cut: SourceRecord.Cut) -> Bool {
        for case .samples(let part, _, _, _) in cut.slots { return groups[part].format.isSigned }
        return true
    }

    /// The samples of a group in its format, or in the next that holds them.
    private static func samples(_ group: Group, _ values: ArraySlice<Int32>) -> SampleArray {
        var (least, most) = (Int32.max, Int32.min)
        for value in values { (least, most) = (min(least, value), max(most, value)) }
        let candidates =
            [group.format] + [8, 16, 24, 32].map { SampleFormat(bitsStored: $0, isSigned: true) }
        let format =
            candidates.first { $0.range.contains(Int(least)) && $0.range.contains(Int(most)) }
            ?? SampleFormat(bitsStored: 32, isSigned: true)
        let extent = Extent(rows: group.signals.count, columns: group.columns)
        return SampleArray(
            extent: extent, format: format,
            storage: format.bitsStored <= 16
                ? .narrow(values.map { UInt16(truncatingIfNeeded: $0) })
                : .wide(values.map { UInt32(bitPattern: $0) }))
    }

    /// The record of a member; without cuts if they do not give its bytes.
    private static func record(
        _ content: Content, _ parts: [SampleArray], _ digest: inout SHA256
    ) -> SourceRecord {
        switch content {
        case .file(let bytes, let cuts):
            digest.update(bytes)
            var record = SourceRecord(
                format: .other, isByteExact: true, byteCount: bytes.count, digest: SHA256.hash(bytes),
                cuts: cuts, kept: cuts.isEmpty ? bytes : kept(of: bytes, cuts))
            if cuts.isEmpty || gives(bytes, record, parts) { return record }
            // Bits that no sample fills may be set in the last group.
            record.cuts = cuts.map(wholeGroups).filter { $0.repeats > 0 }
            record.kept = kept(of: bytes, record.cuts)
            if record.cuts != cuts, gives(bytes, record, parts) { return record }
            (record.cuts, record.kept) = ([], bytes)
            return record
        case .whole(let bytes, _, _):
            digest.update(bytes)
            return MedicalFile.whole(bytes)
        case .rewritten(let kept, let cuts, let byteCount):
            var record = SourceRecord(
                format: .other, isByteExact: false, byteCount: byteCount, digest: [], cuts: cuts, kept: kept)
            var hash = SHA256()
            if let pieces = try? record.pieces(from: parts) {
                for piece in pieces {
                    hash.update(piece)
                    digest.update(piece)
                }
            }
            record.digest = hash.finalize()
            return record
        }
    }

    /// A cut without the samples of an incomplete group at its end.
    private static func wholeGroups(_ cut: SourceRecord.Cut) -> SourceRecord.Cut {
        guard !cut.packing.isByteAligned, cut.packing.byteCount(of: 0) != nil, cut.samplesPerRepeat > 0 else {
            return cut
        }
        let size = cut.packing == .pairs12 ? 2 : 3
        var repeats = cut.repeats
        while repeats * cut.samplesPerRepeat % size != 0 { repeats -= 1 }
        return SourceRecord.Cut(
            offset: cut.offset, packing: cut.packing, repeats: repeats, slots: cut.slots)
    }

    /// A remark on signals whose samples do not have the sum that their file states.
    private func checksumNotes(_ groups: [SignalGroup]) -> [String] {
        let wrong = wrongChecksums(groups).map { groups[$0.check.group].signals[$0.check.row].name }
        guard !wrong.isEmpty else { return [] }
        return [
            "the checksum in the header is not that of the samples: \(SignalRemarks.some(wrong)); both are "
                + "kept as they are"
        ]
    }

    /// The bytes that no cut writes.
    private static func kept(of bytes: [UInt8], _ cuts: [SourceRecord.Cut]) -> [UInt8] {
        var kept: [UInt8] = []
        var end = 0
        for cut in cuts {
            kept += bytes[end..<cut.offset]
            end = cut.offset + cut.byteCount
            guard cut.keptBytesPerRepeat > 0 else { continue }
            var at = cut.offset
            for _ in 0..<cut.repeats {
                for slot in cut.slots {
                    switch slot {
                    case .samples(_, _, let count, _): at += cut.packing.byteCount(of: count) ?? 0
                    case .kept(let count):
                        kept += bytes[at..<at + count]
                        at += count
                    }
                }
            }
        }
        return kept + bytes[end...]
    }

    private static func gives(_ bytes: [UInt8], _ record: SourceRecord, _ parts: [SampleArray]) -> Bool {
        guard let pieces = try? record.pieces(from: parts) else { return false }
        var at = 0
        for piece in pieces {
            guard piece.count <= bytes.count - at, piece.elementsEqual(bytes[at..<at + piece.count]) else {
                return false
            }
            at += piece.count
        }
        return at == bytes.count
    }
}
