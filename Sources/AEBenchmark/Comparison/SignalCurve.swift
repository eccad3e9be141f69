// SPDX-License-Identifier: Apache-2.0
import Foundation

extension [SignalPoint] {
    /// A figure at a distortion between points, by straight lines between logarithms.
    ///
    /// - Parameters:
    ///   - target: The distortion.
    ///   - figure: What is asked for; above 0.
    /// - Returns: The figure; nil outside of what was measured.
    func interpolated(_ target: DistortionTarget, _ figure: (SignalPoint) -> Double) -> Double? {
        let sorted = self.sorted { $0.value(target.measure) < $1.value(target.measure) }
        guard let above = sorted.firstIndex(where: { $0.value(target.measure) >= target.percent }) else {
            return nil
        }
        let second = sorted[above]
        let value = second.value(target.measure)
        if value == target.percent { return figure(second) }
        guard above > 0 else { return nil }
        let first = sorted[above - 1]
        let start = first.value(target.measure)
        guard start > 0 else { return nil }
        let share = log(target.percent / start) / log(value / start)
        return figure(first) * pow(figure(second) / figure(first), share)
    }
}

/// The mean curve of a codec over the recordings of a group: ratio over PRDN.
struct SignalCurve {
    /// Percent of PRDN.
    static let places: [Double] = [1, 1.4, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9, 10, 12, 14]

    let codec: String
    /// Geometric means of ratios where every recording of the group has one.
    let points: [(prdn: Double, ratio: Double)]

    /// The curve; nil if it has fewer than two points.
    init?(_ codec: String, _ recordings: [RecordingResult]) {
        self.codec = codec
        let curves = recordings.map { recording in recording.points.filter { $0.codec == codec } }
        points = Self.places.compactMap { place in
            let ratios = curves.compactMap { $0.interpolated(DistortionTarget(.prdn, place), \.ratio) }
            guard ratios.count == recordings.count, let mean = SignalSummary.Mean(ratios) else { return nil }
            return (place, mean.geometric)
        }
        if points.count < 2 { return nil }
    }
}
