// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEMetrics
import MedicalFormats
import Samples

/// Two recordings side by side.
struct RecordingComparison {
    let first: Recording
    let second: Recording
    private let differences: [SignalDifference?]

    init(_ first: Recording, _ second: Recording) {
        self.first = first
        self.second = second
        differences = zip(first.groups, second.groups).map { one, other in
            SignalDifference(
                one.signals.indices.map { one.row($0).map(Int32.init(truncatingIfNeeded:)) },
                other.signals.indices.map { other.row($0).map(Int32.init(truncatingIfNeeded:)) })
        }
    }

    /// Whether all samples are equal.
    var isIdentical: Bool {
        first.groups.count == second.groups.count
            && differences.allSatisfy { $0.map { $0.maximumError == 0 } ?? false }
    }

    /// Lines for people, the last one ended.
    var text: String {
        let shapes = [first.contentText, second.contentText]
        var lines = ["signals: " + (shapes[0] == shapes[1] ? shapes[0] : shapes.joined(separator: " / "))]
        let known = differences.compactMap(\.self)
        guard first.groups.count == second.groups.count, known.count == first.groups.count else {
            return lines[0] + "\nsamples: not comparable, numbers or lengths of the signals differ\n"
        }
        lines.append("maximum error: \(known.map(\.maximumError).max() ?? 0)")
        if known.count == 1 {
            lines.append("PRD: \(fixed(known[0].prd, 4)) %")
            lines.append("PRDN: \(fixed(known[0].prdn, 4)) %")
        }
        for (group, difference) in zip(first.groups, known) {
            for (row, signal) in group.signals.enumerated() {
                let name = signal.name.isEmpty ? "signal \(row + 1)" : signal.name
                let own = difference.rows[row]
                lines.append("  \(name): maximum error \(own.maximumError), PRDN \(fixed(own.prdn, 4)) %")
            }
        }
        return (lines + fieldLines).joined(separator: "\n") + "\n"
    }

    /// What the files say of the signals in another way, by name.
    private var fieldLines: [String] {
        let signals = [first, second].map { $0.groups.flatMap(\.signals) }
        var lines: [String] = []
        for (number, (one, other)) in zip(signals[0], signals[1]).enumerated() where one != other {
            let fields = [
                ("name", one.name == other.name), ("units", one.units == other.units),
                ("gain", one.gain == other.gain), ("baseline", one.baseline == other.baseline),
                ("converter zero", one.converterZero == other.converterZero),
                ("resolution", one.resolutionBits == other.resolutionBits),
                ("missing value", one.missing == other.missing),
                ("initial value", one.initialValue == other.initialValue),
                ("checksum", one.checksum == other.checksum), ("skew", one.skew == other.skew),
            ].filter { !$0.1 }.map(\.0)
            if !fields.isEmpty {
                lines.append("  signal \(number + 1): \(fields.joined(separator: ", ")) differ")
            }
        }
        let rates = [first, second].map { $0.groups.map(\.rate) }
        if rates[0] != rates[1] { lines.append("  sampling rates differ") }
        return lines.isEmpty ? ["header: identical"] : ["header: differs"] + lines
    }
}

/// The recording in the bytes of a file or an archive; nil if it holds none.
func comparedRecording(
    _ bytes: [UInt8], _ input: Input, _ options: DecodeOptions, _ search: ModelSearch
) throws -> Recording? {
    let place = RecordingPlace(input)
    guard isArchive(bytes) else {
        guard isRecording(bytes, name: place.name) else { return nil }
        return try Recording.read(name: place.name, bytes, lookup: place.bytes)
    }
    let found = try archive(bytes, options, search, beside: input.filePath)
    return found.container.isRecording ? try ArchivedRecording(found).recording(seconds: nil) : nil
}
