// SPDX-License-Identifier: Apache-2.0

/// Minimises a function of a few numbers by covariance matrix adaptation: samples around a mean are ranked,
/// and mean, step length and covariance follow the better half.
///
/// Hansen, The CMA Evolution Strategy: A Tutorial (2016), figure 6; samples come in mirrored pairs. The
/// same seed gives the same search on every machine.
struct CovarianceSearch {
    /// The best guess so far.
    private(set) var mean: [Double]
    /// The length of a step in units of `scales`.
    private(set) var length: Double
    private let scales: [Double]
    private var covariance: [[Double]]
    private var lengthPath: [Double]
    private var covariancePath: [Double]
    private let weights: [Double]
    private var random: Generator
    private var deviations: [[Double]] = []
    private var normals: [[Double]] = []

    /// - Parameters:
    ///   - start: Where to begin.
    ///   - scales: How far apart the first samples are in every number.
    ///   - sampleCount: Samples of a generation; even.
    ///   - seed: Any number.
    init(start: [Double], scales: [Double], sampleCount: Int, seed: UInt64) {
        mean = start
        self.scales = scales
        length = 1
        let n = start.count
        covariance = (0..<n).map { row in (0..<n).map { $0 == row ? 1 : 0 } }
        lengthPath = [Double](repeating: 0, count: n)
        covariancePath = lengthPath
        let parents = sampleCount / 2
        let raw = (1...parents).map { Double(parents + 1 - $0) }
        weights = raw.map { $0 / raw.reduce(0, +) }
        random = Generator(state: seed)
    }

    /// The points of the next generation.
    mutating func samples() -> [[Double]] {
        let root = Self.root(covariance)
        normals = []
        for _ in weights {
            let z = mean.map { _ in random.normal() }
            normals += [z, z.map { -$0 }]
        }
        deviations = normals.map { z in
            root.map { row in zip(row, z).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        return deviations.map { y in
            mean.indices.map { mean[$0] + length * y[$0] * scales[$0] }
        }
    }

    /// Learns from the values of the last samples.
    mutating func update(_ values: [Double]) {
        let order = values.indices.sorted { values[$0] < values[$1] }
        let n = Double(mean.count)
        let effective = 1 / weights.reduce(0) { $0 + $1 * $1 }
        let y = average(deviations, order)
        let z = average(normals, order)
        let lengthRate = (effective + 2) / (n + effective + 5)
        let damping = 1 + lengthRate
        let pathRate = 4 / (n + 4)
        let rankOne = 2 / ((n + 1.3) * (n + 1.3) + effective)
        let rankMany = min(
            1 - rankOne, 2 * (effective - 2 + 1 / effective) / ((n + 2) * (n + 2) + effective))
        let expected = n.squareRoot() * (1 - 1 / (4 * n) + 1 / (21 * n * n))
        for i in mean.indices {
            mean[i] += length * y[i] * scales[i]
            lengthPath[i] =
                (1 - lengthRate) * lengthPath[i]
                + (lengthRate * (2 - lengthRate) * effective).squareRoot() * z[i]
            covariancePath[i] =
                (1 - pathRate) * covariancePath[i]
                + (pathRate * (2 - pathRate) * effective).squareRoot() * y[i]
        }
        for i in mean.indices {
            for j in mean.indices {
                let many = zip(weights, order).reduce(0) {
                    $0 + $1.0 * deviations[$1.1][i] * deviations[$1.1][j]
                }
                covariance[i][j] =
                    (1 - rankOne - rankMany) * covariance[i][j]
                    + rankOne * covariancePath[i] * covariancePath[j] + rankMany * many
            }
        }
        let norm = lengthPath.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // A linear stand-in for the exponential: libraries differ in its last bit.
        length *= max(0.5, 1 + lengthRate / damping * (norm / expected - 1))
    }

    /// The weighted mean of the better half.
    private func average(_ points: [[Double]], _ order: [Int]) -> [Double] {
        mean.indices.map { place in
            var sum = 0.0
            for (weight, index) in zip(weights, order) { sum += weight * points[index][place] }
            return sum
        }
    }

    /// The lower triangular root of a symmetric matrix.
    private static func root(_ matrix: [[Double]]) -> [[Double]] {
        var root = matrix.map { $0.map { _ in 0.0 } }
        for i in matrix.indices {
            for j in 0...i {
                var value = matrix[i][j] + (i == j ? 1e-9 : 0)
                for k in 0..<j { value -= root[i][k] * root[j][k] }
                root[i][j] = i == j ? max(value, 1e-12).squareRoot() : value / root[j][j]
            }
        }
        return root
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
private struct Generator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Nearly normal: the sum of twelve uniform numbers has variance 1.
    mutating func normal() -> Double {
        (0..<12).reduce(-6) { sum, _ in sum + Double(next() >> 11) / Double(1 << 53) }
    }
}
