// SPDX-License-Identifier: Apache-2.0
import Samples

/// Sorts the signals of all segments of a record into groups, and finds their samples.
///
/// Signals of one segment share a group if they have the same rate and depth. Segments with equal groups
/// share them: their columns follow each other.
struct WFDBGroups {
    private struct Key: Hashable {
        var rate: SamplingRate
        var bits: Int
        var signals: [SignalDescription]
    }

    /// A group of one segment.
    private struct Member {
        var segment: Int
        /// Places in the list of signals of the segment's header, row by row.
        var signals: [Int]
        var samplesPerFrame: Int
        var columns: Range<Int>
    }

    /// The columns of each segment.
    private(set) var pieces: [[SignalSpan.Piece]]
    /// One for each file of each segment.
    private(set) var cuts: [[SourceRecord.Cut]]

    private let segments: [WFDBSegment]
    private var order: [Key] = []
    private var members: [Key: [Member]] = [:]

    init(_ segments: [WFDBSegment], into builder: inout RecordingBuilder) throws(SignalError) {
        self.segments = segments
        pieces = Array(repeating: [], count: segments.count)
        cuts = Array(repeating: [], count: segments.count)
        for index in segments.indices { try sort(index) }
        var places = segments.map { _ in [Int: SourceRecord.Cut.Slot]() }
        for key in order {
            guard let members = members[key], let columns = members.last?.columns.upperBound else { continue }
            let group = try builder.add(
                RecordingBuilder.Group(
                    columns: columns, format: SampleFormat(bitsStored: key.bits, isSigned: true),
                    rate: key.rate, signals: descriptions(key, members),
                    values: compressedValues(members, columns: columns)))
            for member in members {
                pieces[member.segment].append(SignalSpan.Piece(group: group, columns: member.columns))
                for (row, index) in member.signals.enumerated() {
                    let signal = segments[member.segment].header.signals[index]
                    places[member.segment][index] = .samples(
                        part: group, first: row * columns + member.columns.lowerBound,
                        count: signal.samplesPerFrame, origin: Int32(truncatingIfNeeded: signal.origin))
                    if let stated = signal.description.checksum {
                        builder.checksums.append(
                            RecordingBuilder.Checksum(
                                group: group, row: row, columns: member.columns, stated: stated,
                                file: segments[member.segment].name, line: signal.line.number))
                    }
                }
            }
        }
        for (index, segment) in segments.enumerated() {
            cuts[index] = segment.files.map { file in
                SourceRecord.Cut(
                    offset: file.format.isCompressed ? 0 : file.offset, packing: file.format.packing,
                    repeats: segment.frames, slots: file.signals.compactMap { places[index][$0] })
            }
        }
    }

    /// Finds the groups of one segment.
    private mutating func sort(_ number: Int) throws(SignalError) {
        let segment = segments[number]
        let signals = segment.header.signals
        var rows: [[Int]] = []
        for index in segment.files.flatMap(\.signals) {
            let same = rows.firstIndex {
                signals[$0[0]].samplesPerFrame == signals[index].samplesPerFrame
                    && signals[$0[0]].format.bits == signals[index].format.bits
            }
            if let same { rows[same].append(index) } else { rows.append([index]) }
        }
        for row in rows {
            let first = signals[row[0]]
            let (columns, overflow) = segment.frames.multipliedReportingOverflow(by: first.samplesPerFrame)
            guard !overflow, let rate = segment.header.rate.times(first.samplesPerFrame) else {
                throw .invalidHeader(.wfdb, field: "number of samples", line: 0)
            }
            let key = Key(rate: rate, bits: first.format.bits, signals: row.map { signals[$0].common })
            let before = members[key]?.last?.columns.upperBound ?? 0
            let (end, tooMany) = before.addingReportingOverflow(columns)
            guard !tooMany else { throw .invalidHeader(.wfdb, field: "number of samples", line: 0) }
            if members[key] == nil { order.append(key) }
            members[key, default: []].append(
                Member(
                    segment: number, signals: row, samplesPerFrame: first.samplesPerFrame,
                    columns: before..<end))
        }
    }

    /// First values and checksums belong to a segment: several have none together.
    private func descriptions(_ key: Key, _ members: [Member]) -> [SignalDescription] {
        guard members.count == 1 else { return key.signals }
        return members[0].signals.map { segments[members[0].segment].header.signals[$0].description }
    }

    /// The samples of compressed files, the others as zeros; nil if no file is compressed.
    private func compressedValues(_ members: [Member], columns: Int) -> [Int32]? {
        func file(_ member: Member, _ signal: Int) -> WFDBFile? {
            segments[member.segment].files.first { $0.signals.contains(signal) }
        }
        guard members.contains(where: { member in member.signals.contains { file(member, $0)?.flac != nil } })
        else { return nil }
        var values = [Int32](repeating: 0, count: members[0].signals.count * columns)
        for member in members {
            for (row, signal) in member.signals.enumerated() {
                guard let file = file(member, signal), let flac = file.flac else { continue }
                let source = (signal - file.signals.lowerBound) * flac.count
                let target = row * columns + member.columns.lowerBound
                values.replaceSubrange(
                    target..<target + member.columns.count,
                    with: flac.values[source..<source + member.columns.count])
            }
        }
        return values
    }
}

extension WFDBSignal {
    /// What a signal of several segments says in all of them.
    fileprivate var common: SignalDescription {
        var common = description
        common.initialValue = nil
        common.checksum = nil
        return common
    }
}
