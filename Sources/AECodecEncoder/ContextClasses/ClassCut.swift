// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import CAEKernels

/// Where the tree of a model's classes is cut: the classes below each end share a stream, where that costs least.
struct ClassCut {
    /// Whether the cut goes on below a node, by node.
    private let isDivided: [Bool]
    private let tree: ClassTree
    /// The stream of every class that occurs; 0 for others.
    let streamOfClass: [UInt8]
    /// Whether an end of the cut has residuals, in the order of the cut; those that have are the streams.
    private let isOccupied: [Bool]
    /// Low bits of residuals that each stream stores as they are.
    let rawBits: [Int]
    /// Residuals of each stream.
    let counts: [Int]

    /// How far classes are divided.
    enum Fineness {
        /// Where that costs least.
        case best
        /// Not at all, and as far as streams can be; for measurements.
        case coarsest, finest

        /// What a stream is taken to cost beyond its residuals and tables, in bits.
        fileprivate var bitsOfEnd: Double {
            switch self {
            case .best: 0
            case .coarsest: 1e12
            case .finest: -600
            }
        }
    }

    /// A node's classes in one stream, or divided.
    private struct Node {
        var joined: ResidualHistogram?
        var bits: Double
        var isDivided = false
    }

    /// - Parameters:
    ///   - residuals: Residuals in coding order.
    ///   - classes: Their classes.
    ///   - count: How many there are.
    ///   - set: The classes.
    ///   - tree: How they join.
    ///   - fineness: How far they are divided.
    init(
        residuals: [Int16], classes: [UInt16], count: Int, set: LatentClassSet, tree: ClassTree,
        fineness: Fineness = .best
    ) {
        let leaves = Self.histograms(residuals, classes, count: count, set: set)
        var bitsOfEnd = fineness.bitsOfEnd
        var nodes = Self.nodes(leaves, tree, bitsOfEnd: bitsOfEnd)
        // A format has a number of streams at most; few groups come near it.
        while Self.streamCount(nodes, tree) > LatentGroup.maximumStreams {
            bitsOfEnd += 25
            nodes = Self.nodes(leaves, tree, bitsOfEnd: bitsOfEnd)
        }
        self.tree = tree
        let isDivided = nodes.map(\.isDivided)
        let ends = tree.ends { isDivided[$0] }
        let histograms = ends.map { nodes[$0].joined }
        var streamCount = 0
        let streamOfEnd = histograms.map { histogram in
            guard histogram != nil else { return UInt8(0) }
            streamCount += 1
            return UInt8(streamCount - 1)
        }
        self.isDivided = isDivided
        isOccupied = histograms.map { $0 != nil }
        streamOfClass = tree.spread(streamOfEnd, over: ends)
        rawBits = histograms.compactMap { $0?.rawBits }
        counts = histograms.compactMap { $0?.count }
    }

    /// Writes cut, occupied ends, and what changes of their centroids. (Spec/bitstream.md, section 9)
    func write(to writer: inout ByteWriter, changes: [[Int8]]) {
        var bits = BitWriter()
        _ = tree.ends { node in
            bits.append(isDivided[node] ? 1 : 0, width: 1)
            return isDivided[node]
        }
        var stream = 0
        for isOccupied in isOccupied {
            bits.append(isOccupied ? 1 : 0, width: 1)
            guard isOccupied else { continue }
            bits.append(changes[stream].isEmpty ? 0 : 1, width: 1)
            stream += 1
        }
        writer.bytes(bits.finish())
        for change in changes.joined() { writer.u8(UInt8(bitPattern: change)) }
    }

    /// The best of every node, children first.
    private static func nodes(_ leaves: [ResidualHistogram?], _ tree: ClassTree, bitsOfEnd: Double) -> [Node]
    {
        var nodes = leaves.map { Node(joined: $0, bits: ($0?.bits ?? 1) + bitsOfEnd) }
        for (left, right) in tree.children {
            let (a, b) = (nodes[left], nodes[right])
            let divided = a.bits + b.bits
            guard let first = a.joined, let second = b.joined else {
                // Nothing on one side: the cut goes on only if it does below the other.
                let isDivided = (a.joined == nil ? b : a).isDivided
                let joined = a.joined ?? b.joined
                nodes.append(
                    Node(
                        joined: joined, bits: isDivided ? divided + 1 : max(a.bits, b.bits),
                        isDivided: isDivided))
                continue
            }
            let joined = ResidualHistogram(joining: first, second)
            let isDivided = divided < joined.bits + bitsOfEnd
            nodes.append(
                Node(
                    joined: joined, bits: isDivided ? divided : joined.bits + bitsOfEnd, isDivided: isDivided)
            )
        }
        return nodes
    }

    private static func streamCount(_ nodes: [Node], _ tree: ClassTree) -> Int {
        tree.ends { nodes[$0].isDivided }.count { nodes[$0].joined != nil }
    }

    /// The residuals of every class that occurs.
    static func histograms(_ residuals: [Int16], _ classes: [UInt16], count: Int, set: LatentClassSet)
        -> [ResidualHistogram?]
    {
        let shifts = LatentPrior.shifts(set)
        var counts = [UInt32](repeating: 0, count: shifts.count * ResidualHistogram.binCount)
        var magnitudes = [Int64](repeating: 0, count: shifts.count)
        unsafe residuals.withUnsafeBufferPointer { residuals in
            unsafe classes.withUnsafeBufferPointer { classes in
                unsafe ae_latent_histogram(
                    residuals.baseAddress, classes.baseAddress, count, Int32(ResidualHistogram.binCount),
                    shifts,
                    &counts, &magnitudes)
            }
        }
        return ResidualHistogram.all(counts: counts, magnitudes: magnitudes, shifts: shifts)
    }
}
