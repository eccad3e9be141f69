// SPDX-License-Identifier: Apache-2.0
import Samples

/// Remarks on signals that a person should look at; nothing is changed because of them.
struct SignalRemarks {
    private var flat: [String] = []
    private var saturated: [String] = []

    init(_ groups: [SignalGroup]) {
        for group in groups {
            let columns = group.samples.extent.columns
            for (row, signal) in group.signals.enumerated() {
                var (least, most) = (Int.max, Int.min)
                for index in row * columns..<(row + 1) * columns {
                    let value = group.samples[index]
                    if value == signal.missing { continue }
                    (least, most) = (min(least, value), max(most, value))
                }
                let name = signal.name.isEmpty ? "signal \(row + 1)" : signal.name
                if least >= most, columns > 1 {
                    flat.append(name)
                } else if let range = Self.converterRange(signal),
                    least == range.lowerBound || most == range.upperBound
                {
                    saturated.append(name)
                }
            }
        }
    }

    /// What the converter can give, where the file states its bits and zero.
    private static func converterRange(_ signal: SignalDescription) -> ClosedRange<Int>? {
        guard let bits = signal.resolutionBits, bits > 1, let zero = signal.converterZero else { return nil }
        return zero - 1 << (bits - 1)...zero + 1 << (bits - 1) - 1
    }

    /// One sentence for each kind.
    var notes: [String] {
        var notes: [String] = []
        if !flat.isEmpty { notes.append("flat throughout: \(Self.some(flat))") }
        if !saturated.isEmpty {
            notes.append("at the end of the converter's range in places: \(Self.some(saturated))")
        }
        return notes
    }

    /// Names, not too many of them and none twice in a row.
    static func some(_ names: [String]) -> String {
        var different: [String] = []
        for name in names where different.last != name { different.append(name) }
        return different.prefix(12).joined(separator: ", ") + (different.count > 12 ? " and others" : "")
    }
}
