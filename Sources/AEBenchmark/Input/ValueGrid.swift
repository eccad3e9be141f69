// SPDX-License-Identifier: Apache-2.0
import Samples

/// The grid on which the values of an image lie: v = base + step k.
struct ValueGrid: Equatable {
    /// The smallest value.
    let base: Int
    /// The greatest step that all values share; 1 for a constant image.
    let step: Int

    init(_ samples: SampleArray) {
        let first = samples[0]
        var least = first
        var step = 0
        for index in 0..<samples.extent.sampleCount {
            let value = samples[index]
            least = min(least, value)
            guard step != 1 else { continue }
            var (larger, smaller) = (step, abs(value - first))
            while smaller > 0 { (larger, smaller) = (smaller, larger % smaller) }
            step = larger
        }
        base = least
        self.step = max(1, step)
    }
}
