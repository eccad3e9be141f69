// SPDX-License-Identifier: Apache-2.0
import Samples

/// Reads SCP-ECG files of protocol 1 to 3: with or without Huffman codes, differences, and a reference beat
/// that was subtracted.
struct SCPReader {
    private let file: SCPSections
    private let leads: [Lead]
    private let huffman: SCPHuffman?
    /// Whether samples are what is left after the reference beat was subtracted.
    private let isSubtracted: Bool

    struct Lead {
        var start: Int
        var end: Int
        var number: Int
        var sampleCount: Int { end - start + 1 }
    }

    /// A section of coded samples: 5 (reference beat) or 6 (rhythm). (EN 1064, 5.8 and 5.9)
    private struct Coded {
        /// Nanovolts of one stored unit.
        var unit: Int
        /// Microseconds between samples.
        var interval: Int
        /// 0 for samples, 1 and 2 for first and second differences.
        var differences: Int
        /// The bytes of each lead.
        var leads: [Range<Int>]
        /// Whether samples outside protected areas were filtered and thinned out; section 6 only.
        var isThinned: Bool
    }

    init(_ bytes: [UInt8]) throws(SignalError) {
        file = try SCPSections(bytes)
        guard let content = try file.content(3, atLeast: 2) else {
            throw .invalidHeader(.scp, field: "section 3 is missing", line: 0)
        }
        let count = Int(file.bytes[content.lowerBound])
        guard content.count >= 2 + 9 * count else {
            throw .truncated(.scp, structure: "section 3", needed: 2 + 9 * count, available: content.count)
        }
        isSubtracted = file.bytes[content.lowerBound + 1] & 1 != 0
        var leads: [Lead] = []
        for index in 0..<count {
            let at = content.lowerBound + 2 + 9 * index
            let lead = Lead(start: file.uint32(at), end: file.uint32(at + 4), number: Int(file.bytes[at + 8]))
            guard lead.end >= lead.start else {
                throw .invalidHeader(.scp, field: "lead \(index + 1) ends before it starts", line: 0)
            }
            leads.append(lead)
        }
        guard !leads.isEmpty else { throw .noSignals(.scp) }
        self.leads = leads
        let tables = try file.content(2, atLeast: 2)
        if let tables { huffman = try SCPHuffman(file, tables) } else { huffman = nil }
    }

    func read(name: String) throws(SignalError) -> Recording {
        guard let rhythm = try coded(6) else { throw .noSignals(.scp) }
        guard !rhythm.isThinned else { throw .unsupported(.scp, feature: "bimodal compression") }
        let reference = isSubtracted ? try referenceBeat(rhythm) : nil
        let unit = reference?.unit ?? rhythm.unit
        let isPlain = huffman == nil && rhythm.differences == 0 && reference == nil
        var builder = RecordingBuilder()
        var cuts: [SourceRecord.Cut] = []
        for (columns, indices) in groups(rhythm) {
            var values: [Int32] = []
            if !isPlain {
                for index in indices {
                    var lead = try samples(rhythm, index, count: columns)
                    reference?.add(to: &lead, index, firstSample: leads[index].start, rhythmUnit: rhythm.unit)
                    values += lead
                }
            }
            guard let rate = SamplingRate(1_000_000, over: rhythm.interval) else {
                throw .invalidHeader(.scp, field: "sample interval", line: 0)
            }
            let signals = indices.map { index in
                var signal = SignalDescription(
                    name: Self.name(leads[index].number), units: "mV", gain: 1e6 / Double(unit), baseline: 0)
                signal.gainText = "1/\(unit) nV"
                return signal
            }
            let part = try builder.add(
                RecordingBuilder.Group(
                    columns: columns, format: SampleFormat(bitsStored: 16, isSigned: true), rate: rate,
                    signals: signals, values: isPlain ? nil : values))
            builder.addSpan(of: part, start: 0)
            for (row, index) in indices.enumerated() where isPlain {
                cuts.append(
                    SourceRecord.Cut(
                        offset: rhythm.leads[index].lowerBound,
                        packing: .integers(byteCount: 2, isBigEndian: false), repeats: columns,
                        slots: [.samples(part: part, first: row * columns, count: 1)]))
            }
        }
        guard !builder.groups.isEmpty else { throw .noSignals(.scp) }
        builder.add(name: name, file.bytes, cuts: cuts.sorted { $0.offset < $1.offset })
        if !isPlain { builder.notes.append("\(name) is kept whole: its samples are compressed") }
        if !file.hasRightChecksums {
            builder.notes.append("a checksum or the length of the SCP-ECG file is wrong; it is kept as it is")
        }
        return builder.recording()
    }

    /// Leads of the same number of samples, in their order.
    private func groups(_ rhythm: Coded) -> [(columns: Int, leads: [Int])] {
        var groups: [(columns: Int, leads: [Int])] = []
        for index in leads.indices {
            let columns =
                huffman == nil
                ? min(leads[index].sampleCount, rhythm.leads[index].count / 2) : leads[index].sampleCount
            guard columns >= 1 else { continue }
            if let place = groups.firstIndex(where: { $0.columns == columns }) {
                groups[place].leads.append(index)
            } else {
                groups.append((columns, [index]))
            }
        }
        return groups
    }

    private func coded(_ number: Int) throws(SignalError) -> Coded? {
        guard let content = try file.content(number, atLeast: 6 + 2 * leads.count) else { return nil }
        let at = content.lowerBound
        var coded = Coded(
            unit: file.uint16(at), interval: file.uint16(at + 2), differences: Int(file.bytes[at + 4]),
            leads: [],
            isThinned: number == 6 && file.bytes[at + 5] != 0)
        guard coded.unit >= 1, coded.interval >= 1, coded.differences <= 2 else {
            throw .invalidHeader(.scp, field: "section \(number)", line: 0)
        }
        var place = at + 6 + 2 * leads.count
        for index in leads.indices {
            let length = file.uint16(at + 6 + 2 * index)
            guard length <= content.upperBound - place else {
                throw .truncated(
                    .scp, structure: "lead \(index + 1) in section \(number)", needed: length,
                    available: content.upperBound - place)
            }
            coded.leads.append(place..<place + length)
            place += length
        }
        return coded
    }

    /// The numbers of a lead with differences undone.
    private func samples(_ coded: Coded, _ lead: Int, count: Int) throws(SignalError) -> [Int32] {
        let range = coded.leads[lead]
        var values: [Int32]
        if let huffman {
            values = try huffman.decode(file.bytes[range], count: count)
        } else {
            values = (0..<min(count, range.count / 2)).map {
                Int32(Int16(truncatingIfNeeded: file.uint16(range.lowerBound + 2 * $0)))
            }
        }
        // The first one or two are samples.
        for index in values.indices where index >= max(1, coded.differences) && coded.differences > 0 {
            values[index] =
                coded.differences == 1
                ? values[index] &+ values[index - 1]
                : values[index] &+ 2 &* values[index - 1] &- values[index - 2]
        }
        return values
    }

    private func referenceBeat(_ rhythm: Coded) throws(SignalError) -> SCPReferenceBeat? {
        guard let beat = try coded(5), let content = try file.content(4, atLeast: 6) else { return nil }
        guard beat.interval == rhythm.interval else {
            throw .unsupported(.scp, feature: "a reference beat of another sampling rate")
        }
        let milliseconds = file.uint16(content.lowerBound)
        let count = milliseconds * 1000 / beat.interval
        var values: [[Int32]] = []
        for lead in leads.indices { values.append(try samples(beat, lead, count: count)) }
        return try SCPReferenceBeat(
            file, content, values: values, beatUnit: beat.unit, rhythmUnit: rhythm.unit,
            sampleCount: leads.map(\.sampleCount).max() ?? 0)
    }

    /// Names of lead numbers. (EN 1064, 5.6)
    private static func name(_ number: Int) -> String {
        let first = [
            "I", "II", "V1", "V2", "V3", "V4", "V5", "V6", "V7", "V2R", "V3R", "V4R", "V5R", "V6R", "V7R",
            "X", "Y",
            "Z", "CC5", "CM5",
        ]
        let others = [
            61: "III", 62: "aVR", 63: "aVL", 64: "aVF", 65: "-aVR", 66: "V8", 67: "V9", 68: "V8R", 69: "V9R",
        ]
        if 1...first.count ~= number { return first[number - 1] }
        return others[number] ?? "lead \(number)"
    }
}
