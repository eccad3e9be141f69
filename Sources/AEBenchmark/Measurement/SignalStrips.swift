// SPDX-License-Identifier: Apache-2.0
import Foundation

extension RecordingMeasurement {
    /// The most signals of a recording that are drawn.
    private static let mostSignals = 3

    /// Strips of a recording at its PRDN targets, one for each signal and target.
    ///
    /// - Parameters:
    ///   - result: What was measured; its steps are taken.
    ///   - start: Seconds at which strips begin; nil for the first ten seconds that have ectopic and other
    ///     beats, or the second ten seconds where none have.
    /// - Returns: The strips; a codec that fails is not in them.
    package func strips(of result: RecordingResult, start: Double?) -> [SignalStrip] {
        let window = window(start: start)
        let targets = plan.targets.filter { $0.measure == .prdn }
        return targets.flatMap { target -> [SignalStrip] in
            let versions = catalog.codecs.compactMap { codec -> (name: String, rows: [[Int32]])? in
                let found = result.targets.first {
                    $0.codec == codec.name && $0.target == target && codec.mode == .lossy
                }
                guard let found, let rows = try? decoded(codec, step: found.step).rows else { return nil }
                return ("\(codec.name), \(String(format: "%.1f", found.ratio)):1", rows)
            }
            guard !versions.isEmpty else { return [] }
            return recording.rows.indices.prefix(Self.mostSignals).map { signal in
                strip(signal, target, versions, window)
            }
        }
    }

    private func strip(
        _ signal: Int, _ target: DistortionTarget, _ versions: [(name: String, rows: [[Int32]])],
        _ window: Range<Int>
    ) -> SignalStrip {
        let original = recording.rows[signal][window]
        // Signals that are no voltage are drawn as if their deviation were a quarter of a millivolt.
        let unit = recording.millivolts.map { $0[signal] } ?? 0.25 / max(1e-9, deviation(original))
        let percent = String(format: "%g", target.percent)
        var traces = [
            SignalStrip.Trace(kind: .original, label: "original", values: original.map { Double($0) * unit })
        ]
        for (name, rows) in versions {
            let decoded = rows[signal][window]
            let errors = zip(original, decoded).map { Double(Int($0) - Int($1)) * unit }
            let most = errors.map(abs).max() ?? 0
            traces.append(.init(kind: .decoded, label: name, values: decoded.map { Double($0) * unit }))
            traces.append(
                .init(
                    kind: .error, label: "error, at most \(Int((1000 * most).rounded())) µV", values: errors))
        }
        let name = recording.signalNames[signal]
        let seconds = String(format: "%g", Double(window.lowerBound) / recording.rate)
        let ectopic = recording.beats.map { beats in
            zip(beats.places, beats.areEctopic).filter { window.contains($0.0) && $0.1 }.map {
                $0.0 - window.lowerBound
            }
        }
        return SignalStrip(
            title: "\(recording.name), \(name.isEmpty ? "signal \(signal + 1)" : name), from \(seconds) s, "
                + "PRDN of the whole \(percent) %", traces: traces, rate: recording.rate,
            ectopic: ectopic ?? [])
    }

    private func window(start: Double?) -> Range<Int> {
        let length = min(shape.length, Int(SignalStrip.seconds * recording.rate))
        var first = Int((start ?? SignalStrip.seconds) * recording.rate)
        if start == nil, let beats = recording.beats {
            let windows = stride(from: 0, through: shape.length - length, by: max(1, length))
            first =
                windows.first { begin in
                    let kinds = zip(beats.places, beats.areEctopic).filter {
                        (begin..<begin + length).contains($0.0)
                    }.map(\.1)
                    return kinds.contains(true) && kinds.contains(false)
                } ?? first
        }
        first = max(0, min(first, shape.length - length))
        return first..<first + length
    }

    private func deviation(_ values: ArraySlice<Int32>) -> Double {
        let mean = values.reduce(0.0) { $0 + Double($1) } / Double(max(1, values.count))
        let squares = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        return (squares / Double(max(1, values.count))).squareRoot()
    }
}
