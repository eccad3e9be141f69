// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Foundation

/// Means over the recordings of a group.
package struct SignalSummary {
    /// The group.
    package let group: String
    /// Its recordings.
    package let recordings: [RecordingResult]

    /// The groups of a report in the order in which they come up, and all of it if there are several.
    package static func groups(_ report: SignalReport) -> [SignalSummary] {
        var names: [String] = []
        for name in report.recordings.flatMap(\.groups) where !names.contains(name) { names.append(name) }
        var summaries = names.map { name in
            SignalSummary(group: name, recordings: report.recordings.filter { $0.groups.contains(name) })
        }
        // Groups that overlap or cover everything need no row of their own for all.
        if names.count > 1, !summaries.contains(where: { $0.recordings.count == report.recordings.count }) {
            summaries.append(SignalSummary(group: "all", recordings: report.recordings))
        }
        return summaries
    }

    /// Means of a figure.
    package struct Mean: Equatable, Sendable {
        /// Recordings that have the figure.
        package var count: Int
        /// The sum over their number.
        package var arithmetic: Double
        /// The exponential of the mean logarithm.
        package var geometric: Double
        /// The least figure.
        package var least: Double
        /// The greatest figure.
        package var greatest: Double

        /// Means of figures above 0; nil of none.
        package init?(_ values: [Double]) {
            guard let least = values.min(), let greatest = values.max() else { return nil }
            count = values.count
            arithmetic = values.reduce(0, +) / Double(count)
            geometric = exp(values.reduce(0) { $0 + log($1) } / Double(count))
            self.least = least
            self.greatest = greatest
        }
    }

    /// Ratios of a codec at a target.
    package func ratio(_ codec: String, _ target: DistortionTarget) -> Mean? {
        Mean(results(codec, target).map(\.ratio))
    }

    /// Results of a codec at a target, of the recordings that have one.
    package func results(_ codec: String, _ target: DistortionTarget) -> [TargetResult] {
        recordings.compactMap { recording in
            recording.targets.first { $0.codec == codec && $0.target == target }
        }
    }

    /// Bytes of a codec without loss over those of FLAC, of the recordings that have both.
    package func bytesOverFLAC(_ codec: String) -> Mean? {
        Mean(
            recordings.compactMap { recording in
                guard let one = recording.lossless(codec),
                    let other = recording.lossless(SignalCatalog.anchor)
                else { return nil }
                return Double(one.byteCount) / Double(other.byteCount)
            })
    }

    /// Ratios of a codec without loss.
    package func losslessRatio(_ codec: String) -> Mean? {
        Mean(
            recordings.compactMap { recording in
                recording.lossless(codec).map { recording.ratio(byteCount: $0.byteCount) }
            })
    }

    /// CPU seconds of whole processes over those of FLAC.
    package func timeOverFLAC(_ timing: (RecordingResult) -> Timing?, _ flac: (LosslessResult) -> Timing?)
        -> Mean?
    {
        Mean(
            recordings.compactMap { recording in
                guard let one = timing(recording)?.cpu,
                    let other = recording.lossless(SignalCatalog.anchor).flatMap(flac)?.cpu, other > 0
                else { return nil }
                return one / other
            })
    }
}

extension RecordingResult {
    /// Samples of all signals.
    package var sampleCount: Int { signals * length }
    /// Bits of the samples over those of a stream.
    package func ratio(byteCount: Int) -> Double { Double(sampleCount * bits) / Double(8 * byteCount) }
    /// What a codec without loss reached.
    package func lossless(_ codec: String) -> LosslessResult? {
        lossless.first { $0.codec == codec && $0.failure == nil }
    }
}
