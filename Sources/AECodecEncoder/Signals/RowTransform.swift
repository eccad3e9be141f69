// SPDX-License-Identifier: Apache-2.0
import AECodec

/// The Karhunen-Loève transform of the leads of a recording: few channels carry what many leads share.
///
/// It is fitted to what changes within half a second, so that wander does not decide; leads that follow from others vanish. (After
/// the prototype of the design: 27 % fewer bits than eight independent leads of twelve.)
struct RowTransform {
    let mixing: RowMixing
    /// By channel and lead: what makes channels of leads.
    private let forward: [Double]

    /// Channels with less than this share of the energy are left out.
    private static let leastShare = 5e-6
    private static let weightBits = 10

    /// - Parameters:
    ///   - rows: Codes of every lead.
    ///   - rate: Instants in a second.
    init?(_ rows: [[Double]], rate: Double) {
        let count = rows.count
        guard count > 2, let columns = rows.first?.count, columns > 64 else { return nil }
        let means = rows.map { ($0.reduce(0, +) / Double(columns)).rounded() }
        let covariance = Self.covariance(
            rows.map { Self.quick($0, half: max(1, Int(rate / 4))) }, step: max(1, columns / 20_000))
        let axes = SymmetricEigenvectors(covariance, count: count)
        // Energy that each axis has in all.
        let all = Self.covariance(
            zip(rows, means).map { row, mean in row.map { $0 - mean } }, step: max(1, columns / 20_000))
        let energies = axes.vectors.map { Self.energy(all, $0) }
        let total = energies.reduce(0, +)
        let kept = axes.vectors.indices.filter { energies[$0] > Self.leastShare * total }
        guard total > 0, !kept.isEmpty else { return nil }
        let unit = Double(1 << (Self.weightBits - 2))
        var weights = [Int](repeating: 0, count: count * kept.count)
        for row in 0..<count {
            for (channel, axis) in kept.enumerated() {
                weights[row * kept.count + channel] = Int((axes.vectors[axis][row] * unit).rounded())
            }
        }
        mixing = RowMixing(
            rows: count, channels: kept.count, weightBits: Self.weightBits, weights: weights,
            offsets: means.map { Int($0) })
        guard let forward = Self.leastSquares(weights.map { Double($0) / unit }, count, kept.count) else {
            return nil
        }
        self.forward = forward
    }

    /// A lead less its mean over half a second.
    private static func quick(_ values: [Double], half: Int) -> [Double] {
        var sums = [0.0]
        sums.reserveCapacity(values.count + 1)
        for value in values { sums.append(sums[sums.count - 1] + value) }
        return values.indices.map { index in
            let first = max(0, index - half)
            let last = min(values.count, index + half + 1)
            return values[index] - (sums[last] - sums[first]) / Double(last - first)
        }
    }

    private static func covariance(_ rows: [[Double]], step: Int) -> [[Double]] {
        rows.indices.map { i in
            rows.indices.map { j in
                stride(from: 0, to: rows[i].count, by: step).reduce(0.0) { $0 + rows[i][$1] * rows[j][$1] }
            }
        }
    }

    private static func energy(_ covariance: [[Double]], _ axis: [Double]) -> Double {
        axis.indices.reduce(0.0) { sum, i in
            sum + axis.indices.reduce(0.0) { $0 + axis[i] * covariance[i][$1] * axis[$1] }
        }
    }

    /// The matrix that finds the channels whose mixture is nearest to some leads; nil if they say the same.
    private static func leastSquares(_ mixing: [Double], _ rows: Int, _ channels: Int) -> [Double]? {
        var equations = (0..<channels).map { a in
            (0..<channels).map { b in
                (0..<rows).reduce(0.0) { $0 + mixing[$1 * channels + a] * mixing[$1 * channels + b] }
            } + (0..<rows).map { mixing[$0 * channels + a] }
        }
        // Gauss and Jordan; the matrix is nearly the identity.
        for pivot in 0..<channels {
            guard abs(equations[pivot][pivot]) > 1e-6 else { return nil }
            let scale = 1 / equations[pivot][pivot]
            equations[pivot] = equations[pivot].map { $0 * scale }
            for row in 0..<channels where row != pivot && equations[row][pivot] != 0 {
                let factor = equations[row][pivot]
                for place in equations[row].indices {
                    equations[row][place] -= factor * equations[pivot][place]
                }
            }
        }
        return equations.flatMap { $0[channels...] }
    }

    /// The channels of leads, whose values have fraction bits; line by line.
    func channels(_ lines: [Int32], columns: Int) -> [Int32] {
        let unit = Double(1 << SignalShape.fractionBits)
        var result = [Int32](repeating: 0, count: mixing.channels * columns)
        var sums = [Double](repeating: 0, count: columns)
        for channel in 0..<mixing.channels {
            for column in 0..<columns { sums[column] = 0 }
            for row in 0..<mixing.rows {
                let weight = forward[channel * mixing.rows + row]
                let offset = Double(mixing.offsets[row]) * unit
                for column in 0..<columns {
                    sums[column] += weight * (Double(lines[row * columns + column]) - offset)
                }
            }
            for column in 0..<columns { result[channel * columns + column] = Int32(sums[column].rounded()) }
        }
        return result
    }
}

/// The eigenvectors of a symmetric matrix, by rotations (Jacobi 1846), the one of the greatest eigenvalue first.
private struct SymmetricEigenvectors {
    let vectors: [[Double]]

    init(_ matrix: [[Double]], count: Int) {
        var a = matrix
        var v = (0..<count).map { i in (0..<count).map { $0 == i ? 1.0 : 0 } }
        for _ in 0..<30 {
            var rest = 0.0
            for p in 0..<count {
                for q in p + 1..<max(count, p + 1) where abs(a[p][q]) > 0 {
                    rest += a[p][q] * a[p][q]
                    let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
                    let t = (theta >= 0 ? 1.0 : -1) / (abs(theta) + (theta * theta + 1).squareRoot())
                    let c = 1 / (t * t + 1).squareRoot()
                    let s = t * c
                    for k in 0..<count {
                        (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q])
                    }
                    for k in 0..<count {
                        (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k])
                        (v[p][k], v[q][k]) = (c * v[p][k] - s * v[q][k], s * v[p][k] + c * v[q][k])
                    }
                }
            }
            let trace = (0..<count).reduce(0.0) { $0 + a[$1][$1] * a[$1][$1] }
            if rest <= 1e-20 * trace { break }
        }
        vectors = (0..<count).sorted { a[$0][$0] > a[$1][$1] }.map { v[$0] }
    }
}
