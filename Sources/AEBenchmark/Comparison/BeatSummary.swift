// SPDX-License-Identifier: Apache-2.0
package import AEMetrics

/// What became of beats over the recordings of a group.
///
/// F1 and intervals are those of recordings on which the detector itself reaches 0.99 on the original.
package struct BeatSummary {
    /// Recordings on which the detector is good enough.
    package let count: Int
    /// The least F1 between decoded and original.
    package let leastF1: Double?
    /// The mean of the same.
    package let meanF1: Double?
    /// Relative changes of RMSSD; one beat missed or added changes it much.
    package let rmssdChange: DistortionSummary?
    /// PRDN of normal beats: medians over the recordings of median and 95th percentile, the worst of all.
    package let normal: DistortionSummary?
    /// The same of ectopic beats.
    package let ectopic: DistortionSummary?
    /// The same of windows of ten seconds.
    package let windows: DistortionSummary?

    /// F1 of the detector on the original from which on it can judge decoded signals.
    package static let leastDetectorF1 = 0.99

    /// Summarizes; nil if no recording has beats at the target.
    package init?(_ summary: SignalSummary, codec: String, target: DistortionTarget) {
        let all = summary.recordings.compactMap { recording in
            recording.targets.first { $0.codec == codec && $0.target == target }?.beats.map {
                (recording, $0)
            }
        }
        guard !all.isEmpty else { return nil }
        let judged = all.filter { $0.0.detector?.f1 ?? 1 >= Self.leastDetectorF1 }
        let scores = judged.map(\.1.score.f1)
        count = judged.count
        leastF1 = scores.min()
        meanF1 = scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
        rmssdChange = DistortionSummary(
            judged.compactMap { recording, beats in
                guard let one = recording.rmssd, let other = beats.rmssd, one > 0 else { return nil }
                return abs(other / one - 1)
            })
        func together(_ figures: [DistortionSummary?]) -> DistortionSummary? {
            let figures = figures.compactMap(\.self)
            guard let medians = DistortionSummary(figures.map(\.median)),
                let upper = DistortionSummary(figures.map(\.percentile95)),
                var result = DistortionSummary(figures.map(\.worst))
            else { return nil }
            result.count = figures.reduce(0) { $0 + $1.count }
            result.median = medians.median
            result.percentile95 = upper.median
            return result
        }
        normal = together(all.map(\.1.normal))
        ectopic = together(all.map(\.1.ectopic))
        windows = together(all.map(\.1.windows))
    }
}
