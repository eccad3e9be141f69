// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import Samples

/// What `info` says of the signals of an archive: what their files say of each, never of whom they are.
struct RecordingReport {
    private let recording: Recording
    private let container: Container

    /// Nil if the archive holds no recording, or does not keep what its signals are.
    init?(_ archive: Archive) {
        guard archive.container.isRecording, let found = try? ArchivedRecording(archive) else { return nil }
        recording = found.description
        container = archive.container
    }

    /// Lines for people.
    var lines: [String] {
        var lines = ["  recording \(recording.contentText)"]
        for (number, group) in recording.groups.enumerated() {
            let size = byteCount(number).map { bytes in
                let count = group.samples.extent.sampleCount
                return ", \(bytes) bytes (\(fixed(8 * Double(bytes) / Double(count), 3)) bits per sample)"
            }
            lines.append(
                "  signals   \(group.rate) Hz, \(group.samples.extent.columns) instants\(size ?? "")")
            for (row, signal) in group.signals.enumerated() {
                let name = signal.name.isEmpty ? "signal \(row + 1)" : signal.name
                let units = signal.units.isEmpty ? "unit" : signal.units
                lines.append("    \(name): \(signal.gain) per \(units), 0 at \(signal.baseline)")
            }
        }
        return lines
    }

    /// Bytes of the groups of a part.
    private func byteCount(_ part: Int) -> Int? {
        guard !container.parts.isEmpty else { return nil }
        return container.groups.reduce(0) { $0 + ($1.header.part == part ? $1.chunkRange.count : 0) }
    }

    /// `seconds`, `pieces`, and `signals`: `name`, `units`, `gain`, `baseline`, `rate`, `part`, `row`.
    var json: JSON {
        let signals = recording.groups.enumerated().flatMap { part, group in
            group.signals.enumerated().map { row, signal in
                JSON.object([
                    ("name", .string(signal.name)), ("units", .string(signal.units)),
                    ("gain", .real(signal.gain)), ("baseline", .real(signal.baseline)),
                    ("rate", .real(group.rate.hertz)), ("part", .integer(part)), ("row", .integer(row)),
                ])
            }
        }
        return .object([
            ("seconds", .real(recording.spans.map { $0.start + $0.duration }.max() ?? 0)),
            ("pieces", .integer(recording.spans.count)), ("signals", .array(signals)),
        ])
    }
}
