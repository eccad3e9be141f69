// SPDX-License-Identifier: Apache-2.0
package import AECodec
import CAEKernels

/// What a training learns of the classes of a model: how they best join into streams, and their centroids.
package struct ClassFit: Sendable {
    private let set: LatentClassSet
    private var counts: [Double]
    private var statistics: LatentStatistics

    /// Folded residuals below this are symbols of their own, further ones are counted by octave.
    private static let direct = 64
    private static let symbolCount = 80
    /// So many residuals of the prior are counted in every class.
    private static let priorWeight = 8.0
    /// Latents without offset that steady the centroids of rare classes.
    private static let extra = 30.0
    /// Residuals of the Laplace distribution that steady shapes, and the least probability that is told apart.
    private static let steadiness = 40.0
    private static let leastMass = 1e-6

    package init(_ set: LatentClassSet) {
        self.set = set
        counts = [Double](repeating: 0, count: set.classCount * Self.symbolCount)
        statistics = LatentStatistics(set)
        let prior = LatentPrior(set, quantizer: .dependent, isShaped: false)
        for c in 0..<set.detailClassCount {
            for symbol in 0..<LatentPrior.symbolCount - 2 where symbol != 1 {
                let residual = symbol % 2 == 0 ? symbol / 2 : -(symbol / 2)
                counts[Self.symbolCount * c + Self.symbol(residual)] +=
                    Self.priorWeight * prior.probabilities[LatentPrior.symbolCount * c + symbol]
            }
        }
    }

    private static func symbol(_ residual: Int) -> Int {
        let folded = residual > 0 ? 2 * residual - 1 : -2 * residual
        return folded < direct ? folded : direct - 6 + Int.bitWidth - folded.leadingZeroBitCount
    }

    /// Adds the residuals of a pass.
    mutating func add(residuals: [Int16], classes: [UInt16], count: Int, statistics: LatentStatistics) {
        for index in 0..<count {
            counts[Self.symbolCount * Int(classes[index]) + Self.symbol(Int(residuals[index]))] += 1
        }
        self.statistics.add(statistics)
    }

    /// The centroids of the classes of details, as ``PyramidModel/centroids``.
    package var centroids: [Int8] {
        (0..<set.detailClassCount).flatMap { statistics.centroids(of: [$0], steadiedBy: Self.extra) }
    }

    /// How residuals of the classes of networks differ from Laplace distributions, as ``ResidualShapes/excess``.
    package var shapes: [Int8] {
        let prior = LatentPrior(set, quantizer: .dependent, isShaped: false).probabilities
        return (0..<set.detailClassCount).flatMap { c in
            let near = (-ResidualShapes.direct...ResidualShapes.direct).map { residual in
                (
                    place: ResidualShapes.place(0, residual: residual),
                    count: counts[Self.symbolCount * c + Self.symbol(residual)],
                    mass: prior[LatentPrior.symbolCount * c + 2 * abs(residual) + (residual < 0 ? 1 : 0)]
                )
            }
            let own = counts[Self.symbolCount * c..<Self.symbolCount * (c + 1)]
            let far = (
                place: ResidualShapes.count - 1,
                count: max(0, own.reduce(0, +) - near.reduce(0) { $0 + $1.count }),
                mass: max(Self.leastMass, 1 - near.reduce(0) { $0 + $1.mass })
            )
            let total = own.reduce(Self.steadiness, +)
            return (near + [far]).sorted { $0.place < $1.place }.map { _, count, mass in
                let mass = max(Self.leastMass, mass)
                let excess = -log2((count + Self.steadiness * mass) / total / mass)
                return Int8(max(-127, min(127, (ResidualShapes.unit * excess).rounded())))
            }
        }
    }

    /// The tree in which always those two nodes join that lose the fewest bits in one stream.
    package var tree: ClassTree {
        var nodes = (0..<set.classCount).map { c in
            Node(number: c, counts: Array(counts[Self.symbolCount * c..<Self.symbolCount * (c + 1)]))
        }
        var children: [(left: Int, right: Int)] = []
        // The best partner of every node among those behind it.
        var partners = nodes.indices.map { Self.partner(of: $0, in: nodes) }
        while nodes.count > 1 {
            let first = partners.indices.dropLast().min { partners[$0].loss < partners[$1].loss } ?? 0
            let second = partners[first].place
            children.append((nodes[first].number, nodes[second].number))
            let joined = Node(
                number: set.classCount + children.count - 1,
                counts: zip(nodes[first].counts, nodes[second].counts).map { $0 + $1 })
            nodes[first] = joined
            nodes.remove(at: second)
            partners.remove(at: second)
            for place in partners.indices {
                if place == first || partners[place].place == first || partners[place].place == second {
                    partners[place] = Self.partner(of: place, in: nodes)
                    continue
                }
                if partners[place].place > second { partners[place].place -= 1 }
                if place < first {
                    let loss = Self.loss(nodes[place], joined)
                    if loss < partners[place].loss { partners[place] = (first, loss) }
                }
            }
        }
        return ClassTree(classCount: set.classCount, children: children)
            ?? ClassTree(joiningNeighbors: set.classCount)
    }

    private struct Node {
        var number: Int
        var counts: [Double]
        var bits: Double

        init(number: Int, counts: [Double]) {
            self.number = number
            self.counts = counts
            bits = Self.bits(counts)
        }

        static func bits(_ counts: [Double]) -> Double {
            var total = 0.0
            var bits = 0.0
            for count in counts where count > 0 {
                total += count
                bits -= count * log2(count)
            }
            return total > 0 ? bits + total * log2(total) : 0
        }
    }

    private static func loss(_ a: Node, _ b: Node) -> Double {
        var total = 0.0
        var bits = 0.0
        for symbol in 0..<symbolCount {
            let count = a.counts[symbol] + b.counts[symbol]
            guard count > 0 else { continue }
            total += count
            bits -= count * log2(count)
        }
        return (total > 0 ? bits + total * log2(total) : 0) - a.bits - b.bits
    }

    private static func partner(of place: Int, in nodes: [Node]) -> (place: Int, loss: Double) {
        var best = (place: place, loss: Double.infinity)
        for other in nodes.indices.dropFirst(place + 1) {
            let loss = loss(nodes[place], nodes[other])
            if loss < best.loss { best = (other, loss) }
        }
        return best
    }
}
