// SPDX-License-Identifier: Apache-2.0
public import Samples

/// Finds the beats of an ECG: the places of its R waves.
///
/// Of the class of Pan and Tompkins ("A real-time QRS detection algorithm", IEEE Trans. Biomed. Eng. 32,
/// 1985): smoothed slope, its energy over the length of a QRS complex, thresholds that follow the height of
/// the complexes, and a second look into gaps that are long for the rhythm. Unlike theirs it sees the whole
/// signal, so that thresholds know what comes later.
public enum BeatDetector {
    /// The beats of signals that were recorded together.
    ///
    /// - Parameters:
    ///   - samples: Stored values, one row for each signal; frames and channels count as rows.
    ///   - rate: Instants in a second; finite.
    /// - Returns: Columns of the R waves, ascending; empty at less than 50 instants in a second.
    public static func beats(_ samples: SampleArray, rate: Double) -> [Int] {
        let columns = samples.extent.columns
        return beats(
            (0..<samples.extent.sampleCount / columns).map { row in
                (row * columns..<(row + 1) * columns).map { Int32(clamping: samples[$0]) }
            }, rate: rate)
    }

    /// The beats of signals that were recorded together.
    ///
    /// - Parameters:
    ///   - rows: Stored values of each signal, all of one length.
    ///   - rate: Instants in a second; finite.
    /// - Returns: Places of the R waves, ascending; empty at less than 50 instants in a second.
    public static func beats(_ rows: [[Int32]], rate: Double) -> [Int] {
        guard let count = rows.first?.count, rate >= 50, Double(count) >= rate else { return [] }
        precondition(rows.allSatisfy { $0.count == count }, "signals of one recording have one length")
        let slopes = rows.map { SlopeEnergy($0, rate: rate) }
        guard let clearest = slopes.indices.max(by: { slopes[$0].clarity < slopes[$1].clarity }),
            slopes[clearest].clarity > 0
        else { return [] }
        // The clearest signal decides; the others help where it is weak.
        var energy = [Float](repeating: 0, count: count)
        for (row, slope) in slopes.enumerated() where slope.clarity > 0 {
            let share = row == clearest ? 1 : 0.11 * slope.clarity / slopes[clearest].clarity
            for index in energy.indices { energy[index] += slope.values[index] * (share / slope.height) }
        }
        return slopes[clearest].peaks(near: BeatCandidates(energy, rate: rate).beats())
    }
}
