// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Signals in which beats stand at known places: Gaussian waves on drift and noise.
public struct MadeUpBeats {
    /// The R waves, in instants.
    public private(set) var places: [Int] = []
    /// One row for each of `scales`.
    public private(set) var rows: [[Int32]] = []

    /// Makes signals up.
    ///
    /// - Parameters:
    ///   - rate: Instants in a second.
    ///   - seconds: How long they are.
    ///   - scales: Stored units of the R wave in each row; 0 for a row that never moves.
    ///   - noise: Stored units of uniform noise.
    ///   - seed: Of the intervals between beats and the noise.
    public init(rate: Double, seconds: Double, scales: [Double], noise: Double, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let count = Int(rate * seconds)
        var time = 0.6
        while time < seconds - 0.6 {
            places.append(Int((time * rate).rounded()))
            time += 0.65 + 0.4 * Double.random(in: 0..<1, using: &random)
        }
        var shape = [Double](repeating: 0, count: count)
        for place in places {
            for (delay, width, height) in [
                (-0.17, 0.02, 0.12), (-0.03, 0.008, -0.15), (0, 0.011, 1),
                (0.03, 0.009, -0.2), (0.24, 0.04, 0.35),
            ] {
                let center = Double(place) / rate + delay
                for index in max(
                    0, Int((center - 5 * width) * rate))..<min(count, Int((center + 5 * width) * rate))
                {
                    let distance = (Double(index) / rate - center) / width
                    shape[index] += height * exp(-distance * distance / 2)
                }
            }
        }
        for scale in scales {
            rows.append(
                (0..<count).map { index in
                    guard scale != 0 else { return 7 }
                    let drift = 0.5 * abs(scale) * sin(2 * .pi * 0.2 * Double(index) / rate)
                    let value =
                        scale * shape[index] + drift + Double.random(in: -noise...noise, using: &random)
                    return Int32(value.rounded())
                })
        }
    }
}
