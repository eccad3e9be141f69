// SPDX-License-Identifier: Apache-2.0
import Samples

/// Sorts the signals of a record into groups of one sampling rate and depth, and finds their samples.
struct WFDBGroups {
    private struct Key: Hashable {
        var samplesPerFrame: Int
        var bits: Int
    }

    /// The groups of the record, by their numbers in the recording.
    private(set) var groups: [Int] = []
    /// One for each file.
    private(set) var cuts: [SourceRecord.Cut] = []

    init(
        _ header: WFDBHeader, _ files: [WFDBFile], frames: Int, into builder: inout RecordingBuilder
    ) throws(SignalError) {
        var rows: [Key: [Int]] = [:]
        var order: [Key] = []
        for index in files.flatMap(\.signals) {
            let signal = header.signals[index]
            let key = Key(samplesPerFrame: signal.samplesPerFrame, bits: signal.format.bits)
            if rows[key] == nil { order.append(key) }
            rows[key, default: []].append(index)
        }
        var places: [Int: (group: Int, row: Int)] = [:]
        for key in order {
            let indices = rows[key] ?? []
            let (columns, overflow) = frames.multipliedReportingOverflow(by: key.samplesPerFrame)
            guard !overflow, let rate = header.rate.times(key.samplesPerFrame) else {
                throw .invalidHeader(.wfdb, field: "number of samples", line: 0)
            }
            let group = try builder.add(
                RecordingBuilder.Group(
                    columns: columns, format: SampleFormat(bitsStored: key.bits, isSigned: true), rate: rate,
                    signals: indices.map { header.signals[$0].description },
                    values: try Self.values(indices, columns: columns, files)))
            for (row, index) in indices.enumerated() { places[index] = (group, row) }
            groups.append(group)
        }
        for file in files {
            var slots: [SourceRecord.Cut.Slot] = []
            for index in file.signals {
                guard let (group, row) = places[index] else { continue }
                let signal = header.signals[index]
                slots.append(
                    .samples(
                        part: group, first: row * builder.groups[group].columns,
                        count: signal.samplesPerFrame,
                        origin: Int32(truncatingIfNeeded: signal.origin)))
            }
            cuts.append(
                SourceRecord.Cut(
                    offset: file.format.isCompressed ? 0 : file.offset, packing: file.format.packing,
                    repeats: frames, slots: slots))
        }
    }

    /// The samples of compressed files; nil for others.
    private static func values(
        _ indices: [Int], columns: Int, _ files: [WFDBFile]
    ) throws(SignalError) -> [Int32]? {
        var values: [Int32] = []
        for index in indices {
            guard let file = files.first(where: { $0.signals.contains(index) }) else { continue }
            if let flac = file.flac {
                let start = (index - file.signals.lowerBound) * flac.count
                values += flac.values[start..<start + columns]
            } else if indices.contains(where: { i in
                files.contains { $0.signals.contains(i) && $0.flac != nil }
            }) {
                // Filled in from the file later.
                values += [Int32](repeating: 0, count: columns)
            } else {
                return nil
            }
        }
        return values
    }
}
