// SPDX-License-Identifier: Apache-2.0
import Samples

/// The noise of an image, from differences of neighbours that differ.
enum NoiseEstimate {
    /// A robust estimate of the standard deviation, at least 0.5.
    ///
    /// It is the median of |a - 2 b + c| of horizontal neighbours outside constant places, over what it is for normal noise (0.6745 * sqrt(6)).
    static func standardDeviation(of samples: SampleArray) -> Double {
        let columns = samples.extent.columns
        var histogram = [Int](repeating: 0, count: 1 << 17)
        var count = 0
        let lines = samples.extent.sampleCount / columns
        let every = max(1, lines * columns / 1_000_000)
        for line in stride(from: 0, to: lines, by: every) {
            for column in stride(from: 1, to: columns - 1, by: 1) {
                let at = line * columns + column
                let second = abs(samples[at - 1] - 2 * samples[at] + samples[at + 1])
                if second == 0 { continue }
                histogram[min(second, histogram.count - 1)] += 1
                count += 1
            }
        }
        var seen = 0
        for (value, occurrences) in histogram.enumerated() {
            seen += occurrences
            if 2 * seen >= count, count > 0 { return max(0.5, Double(value) / (0.6745 * 6.0.squareRoot())) }
        }
        return 0.5
    }
}
