// SPDX-License-Identifier: Apache-2.0

/// The energy of the slope of a signal over the length of a QRS complex.
struct SlopeEnergy {
    /// One value for each instant, the highest at the middle of complexes.
    let values: [Float]
    /// What complexes usually reach: the median over windows of two seconds of the greatest value in each.
    let height: Float
    /// Amplitude of complexes over what is usual between them; 0 for a signal that never moves.
    let clarity: Float
    private let samples: [Int32]
    private let rate: Double

    /// Measures a signal of at least a second.
    ///
    /// - Parameters:
    ///   - samples: Stored values.
    ///   - rate: Instants in a second, at least 50.
    init(_ samples: [Int32], rate: Double) {
        self.samples = samples
        self.rate = rate
        let count = samples.count
        let smooth = movingSum(samples.map(Double.init), length: duration(0.022, at: rate))
        let half = duration(0.0095, at: rate)
        let squares = (0..<count).map { index in
            let slope = smooth[min(count - 1, index + half)] - smooth[max(0, index - half)]
            return slope * slope
        }
        // Two boxes make a triangle: a window without corners costs two additions.
        let length = duration(0.085, at: rate)
        let values = movingSum(movingSum(squares, length: length), length: length).map { Float($0) }
        self.values = values
        let window = min(count, Int(2 * rate))
        height = median(
            stride(from: 0, through: count - window, by: window).map {
                values[$0..<$0 + window].max() ?? 0
            })
        let usual = median(stride(from: 0, to: count, by: 7).map { values[$0] })
        clarity = height > 0 ? (height / max(usual, height * 1e-6)).squareRoot() : 0
    }

    /// The R waves of complexes.
    ///
    /// Each is the greatest deflection within 80 ms from the signal without its slow part. Deflections to
    /// the side to which most complexes go count for more, so that complexes of two alike deflections are
    /// placed at the same one.
    ///
    /// - Parameter places: Middles of complexes, ascending.
    /// - Returns: One place for each, ascending.
    func peaks(near places: [Int]) -> [Int] {
        let fast = duration(0.014, at: rate)
        let slow = duration(0.2, at: rate)
        let values = samples.map(Double.init)
        let smooth = movingSum(values, length: fast)
        let drift = movingSum(values, length: slow)
        let deflections = values.indices.map { Float(smooth[$0] / Double(fast) - drift[$0] / Double(slow)) }
        let reach = duration(0.08, at: rate)
        let windows = places.map { max(0, $0 - reach)...min(values.count - 1, $0 + reach) }
        let up = median(windows.map { deflections[$0].max() ?? 0 })
        let down = median(windows.map { -(deflections[$0].min() ?? 0) })
        let weights: (up: Float, down: Float) = up >= down ? (1.5, 1) : (1, 1.5)
        return zip(windows, places).map { window, place in
            window.max { weighted(deflections[$0], weights) < weighted(deflections[$1], weights) } ?? place
        }
    }

    private func weighted(_ deflection: Float, _ weights: (up: Float, down: Float)) -> Float {
        deflection > 0 ? deflection * weights.up : -deflection * weights.down
    }
}

/// Instants in a time, at least one.
func duration(_ seconds: Double, at rate: Double) -> Int { max(1, Int((seconds * rate).rounded())) }

/// Sums over a window around each place; the first and last values go on beyond the ends.
func movingSum(_ values: [Double], length: Int) -> [Double] {
    guard let first = values.first, let last = values.last else { return [] }
    var sums = [Double](repeating: 0, count: values.count)
    let after = (length - 1) / 2
    var sum = first * Double(length)
    for index in 0..<values.count + after {
        sum += index < values.count ? values[index] : last
        sum -= index >= length ? values[index - length] : first
        if index >= after { sums[index - after] = sum }
    }
    return sums
}

/// The middle value, the upper one of two; 0 of nothing.
func median(_ values: [Float]) -> Float {
    middle(values) ?? 0
}
