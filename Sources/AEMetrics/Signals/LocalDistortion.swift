// SPDX-License-Identifier: Apache-2.0

/// PRDN of parts of a recording, where that of the whole hides what happens to a few beats.
public enum LocalDistortion {
    /// PRDN of each window, all signals jointly, the mean of each signal in the window taken off.
    ///
    /// - Parameters:
    ///   - original: Stored values, one array for each signal, all of one length.
    ///   - decoded: What became of them, of the same shape.
    ///   - windows: Places in the signals.
    /// - Returns: Percent for each window; nil where all signals are flat.
    public static func prdn(
        _ original: [[Int32]], _ decoded: [[Int32]], windows: [Range<Int>]
    ) -> [Double?] {
        precondition(original.map(\.count) == decoded.map(\.count), "signals have one length")
        return windows.map { window in
            var error = 0.0
            var energy = 0.0
            for (row, other) in zip(original, decoded) {
                var sum = 0.0
                var squares = 0.0
                for index in window {
                    let value = Double(row[index])
                    let difference = value - Double(other[index])
                    sum += value
                    squares += value * value
                    error += difference * difference
                }
                if !window.isEmpty { energy += squares - sum * sum / Double(window.count) }
            }
            return energy > 0 ? percent(error, of: energy) : nil
        }
    }

    /// Windows of one length, one behind the other; a rest shorter than half of it is left out.
    public static func windows(seconds: Double, rate: Double, count: Int) -> [Range<Int>] {
        let length = max(1, Int((seconds * rate).rounded()))
        return stride(from: 0, to: count, by: length).compactMap { start in
            let end = min(count, start + length)
            return 2 * (end - start) >= length ? start..<end : nil
        }
    }

    /// The windows of beats: from 36 % of the interval before an R wave, at most a third of a second, to
    /// 64 % of the one behind it, at most 0.72 seconds.
    ///
    /// - Parameters:
    ///   - beats: Places of R waves, ascending.
    ///   - rate: Instants in a second.
    ///   - count: Length of the signals.
    /// - Returns: One window for each beat, within the signals.
    public static func windows(beats: [Int], rate: Double, count: Int) -> [Range<Int>] {
        beats.indices.map { index in
            let place = beats[index]
            var before = rate / 3
            var after = 0.72 * rate
            if index > 0 { before = min(before, 0.36 * Double(place - beats[index - 1])) }
            if index + 1 < beats.count { after = min(after, 0.64 * Double(beats[index + 1] - place)) }
            let start = min(max(0, place - Int(before)), count)
            return start..<max(start, min(count, place + Int(after)))
        }
    }
}

/// What many figures come to.
public struct DistortionSummary: Equatable, Codable, Sendable {
    /// How many there are.
    public var count: Int
    /// The middle.
    public var median: Double
    /// What 95 % do not exceed, interpolated between the two nearest.
    public var percentile95: Double
    /// The greatest.
    public var worst: Double

    /// Summarizes figures; nil if there are none.
    public init?(_ values: [Double]) {
        guard let worst = values.max() else { return nil }
        let sorted = values.sorted()
        count = values.count
        median = quantile(0.5, ofSorted: sorted)
        percentile95 = quantile(0.95, ofSorted: sorted)
        self.worst = worst
    }
}
