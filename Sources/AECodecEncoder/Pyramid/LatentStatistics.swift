// SPDX-License-Identifier: Apache-2.0
import AECodec

/// Where values lie around the points of their quantisers.
struct LatentStatistics {
    /// By class and centroid: the sum of value less point, in steps, in the direction of the mean, and how many.
    var offsets: [Double]
    private let set: LatentClassSet

    private static let centroidCount = PyramidModel.centroidCount
    private static let unit = 64.0

    init(_ set: LatentClassSet) {
        self.set = set
        offsets = [Double](repeating: 0, count: 2 * Self.centroidCount * set.classCount)
    }

    /// Whether both signs of a residual are alike.
    private var hasNoMean: Bool {
        if case .networks = set { false } else { true }
    }

    mutating func add(_ other: LatentStatistics) {
        for place in offsets.indices { offsets[place] += other.offsets[place] }
    }

    /// Sums and counts of some classes of details, each centroid's less what a model expects.
    private func sums(of classes: some Sequence<Int>, less centroids: [Int8]?) -> [(
        sum: Double, count: Double
    )] {
        var sums = [(sum: Double, count: Double)](repeating: (0, 0), count: Self.centroidCount)
        for c in classes where c < set.detailClassCount {
            for k in 0..<Self.centroidCount {
                let place = Self.centroidCount * c + k
                let count = offsets[2 * place + 1]
                let expected = centroids.map { Double($0[place]) / Self.unit } ?? 0
                sums[k].sum += offsets[2 * place] - count * expected
                sums[k].count += count
            }
        }
        if hasNoMean {
            // Without a mean both signs are alike, and zero stays zero.
            sums[0].sum = 0
            for (positive, negative) in [(1, 3), (2, 4)] {
                let sum = sums[positive].sum - sums[negative].sum
                let count = sums[positive].count + sums[negative].count
                sums[positive] = (sum, count)
                sums[negative] = (-sum, count)
            }
        }
        return sums
    }

    private static func rounded(_ one: (sum: Double, count: Double), steadiedBy extra: Double = 0) -> Int8 {
        let limit = Double(PyramidModel.centroidLimit) / 2
        return one.count > 0
            ? Int8(max(-limit, min(limit, (unit * one.sum / (one.count + extra)).rounded()))) : 0
    }

    /// Mean offsets of some classes; `extra` latents without offset steady them.
    func centroids(of classes: some Sequence<Int>, steadiedBy extra: Double = 0) -> [Int8] {
        sums(of: classes, less: nil).map { Self.rounded($0, steadiedBy: extra) }
    }

    /// How the centroids of some classes are best changed; empty where that gains less than it costs.
    ///
    /// - Parameters:
    ///   - classes: Classes of one stream.
    ///   - centroids: What is changed.
    ///   - lambda: Squared steps that a bit is worth.
    /// - Returns: The changes, by centroid.
    func changes(of classes: [Int], known centroids: [Int8], lambda: Float) -> [Int8] {
        let sums = sums(of: classes, less: centroids)
        let changes = sums.map { Self.rounded($0) }
        // A change c of n values with mean offset m takes n (2 m c - c c) from the squared error.
        var gain = zip(sums, changes).reduce(0.0) { gain, pair in
            let change = Double(pair.1) / Self.unit
            return gain + 2 * change * pair.0.sum - pair.0.count * change * change
        }
        if hasNoMean { gain /= 2 }
        return gain > 8 * Double(Self.centroidCount) * Double(lambda) ? changes : []
    }
}
