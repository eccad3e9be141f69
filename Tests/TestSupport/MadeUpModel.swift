// SPDX-License-Identifier: Apache-2.0
package import AECodec

extension ClassTree {
    /// A tree of classes joined at random.
    package static func random(classCount: Int, using random: inout SplitMix64) -> ClassTree? {
        var open = Array(0..<classCount)
        var children: [(left: Int, right: Int)] = []
        while open.count > 1 {
            let left = open.remove(at: Int.random(in: open.indices, using: &random))
            let right = open.remove(at: Int.random(in: open.indices, using: &random))
            open.append(classCount + children.count)
            children.append((left, right))
        }
        return ClassTree(classCount: classCount, children: children)
    }
}

extension PyramidModel {
    /// A model of a rule, with the numbers of the first one built in, a tree of classes and centroids at random.
    package static func madeUp(_ rule: ContextRule, using random: inout SplitMix64) -> PyramidModel {
        let known = builtIn[0].model
        return PyramidModel(
            lifting: known.lifting, bandScales: known.bandScales, reducedScales: known.reducedScales,
            rule: rule, tree: .random(classCount: rule.classSet.classCount, using: &random),
            centroids: (0..<centroidCount * rule.classSet.detailClassCount).map { place in
                // Values of a zero stay zero, others come towards it.
                switch place % centroidCount {
                case 0: 0
                case 1, 2: Int8.random(in: -9...1, using: &random)
                default: Int8.random(in: -1...9, using: &random)
                }
            })
    }

    /// A model with small networks of random numbers: classes and means of all kinds come up, and mean little.
    package static func networks(seed: UInt64) throws -> PyramidModel {
        var random = SplitMix64(seed: seed)
        let kinds = try (0..<ContextNetworks.kindCount).map { _ in
            try ContextNetwork.random(
                trunkWidth: 4, headWidth: 4, biases: -3000...9000, shifts: 6...9, linearLimit: 60,
                using: &random)
        }
        return madeUp(.networks(ContextNetworks(kinds: kinds)), using: &random)
    }

    /// A model with the linear rule of the first one built in, and other classes.
    package static func linear(seed: UInt64) -> PyramidModel {
        var random = SplitMix64(seed: seed)
        return madeUp(builtIn[0].model.rule, using: &random)
    }
}
