// SPDX-License-Identifier: Apache-2.0
import AECodec
import TestSupport
import Testing

/// Trees of classes, and the ends of their cuts. (Spec/model.md)
@Suite struct ClassTreeTests {
    private static let good = [(left: 0, right: 2), (left: 1, right: 3), (left: 4, right: 5)]

    @Test func aTreeKnowsWhatIsBelowItsNodes() throws {
        let tree = try #require(ClassTree(classCount: 4, children: Self.good))
        #expect(tree.root == 6)
        #expect(tree.children(of: 3) == nil)
        #expect(try #require(tree.children(of: 5)) == (1, 3))
        #expect(tree.classes(below: 6) == [0, 2, 1, 3])
        #expect(tree.classes(below: 4) == [0, 2])
        #expect(tree.classes(below: 1) == [1])
    }

    @Test(
        arguments: [
            [(0, 1), (2, 3)],  // too few nodes
            [(0, 1), (2, 3), (4, 5), (6, 6)],  // too many
            [(0, 1), (1, 2), (4, 5)],  // a class used twice, another not at all
            [(0, 1), (2, 2), (4, 5)],
            [(0, 1), (4, 2), (4, 3)],  // a node used twice
            [(0, 1), (2, 5), (3, 4)],  // a node below itself
            [(0, 5), (2, 3), (1, 4)],  // a later node
            [(0, 1), (2, 3), (4, 6)],
            [(0, -1), (2, 3), (4, 5)],
            [(0, 1), (2, 3), (4, 70_000)],
        ] as [[(Int, Int)]])
    func badTreesAreRefused(children: [(Int, Int)]) {
        #expect(ClassTree(classCount: 4, children: children.map { (left: $0.0, right: $0.1) }) == nil)
    }

    @Test func oneClassIsNoTree() {
        #expect(ClassTree(classCount: 1, children: []) == nil)
        #expect(ClassTree(classCount: 0, children: []) == nil)
        #expect(ClassTree(classCount: 2, children: [(0, 1)])?.root == 2)
    }

    @Test(arguments: [2, 3, 4, 5, 97, 291, 609]) func neighborsJoin(classCount: Int) throws {
        let tree = ClassTree(joiningNeighbors: classCount)
        #expect(ClassTree(classCount: classCount, children: tree.children) == tree)
        #expect(tree.classes(below: tree.root) == Array(0..<classCount))
    }

    /// Questions come from the root on, left before right; ends are told in the same order.
    @Test func cutsAskInOrder() throws {
        let tree = try #require(ClassTree(classCount: 4, children: Self.good))
        var asked: [Int] = []
        let ends = tree.ends { node in
            asked.append(node)
            return node != 4
        }
        #expect(asked == [6, 4, 5])
        #expect(ends == [4, 1, 3])
        #expect(tree.spread([7, 8, 9], over: ends) == [7, 8, 7, 9])
        #expect(tree.ends { _ in false } == [6])
    }

    /// Every cut holds every class once.
    @Test(arguments: 0..<20) func randomCutsHoldAllClasses(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let classCount = Int.random(in: 2...609, using: &random)
        let tree = try #require(ClassTree.random(classCount: classCount, using: &random))
        let ends = tree.ends { _ in Int.random(in: 0..<4, using: &random) > 0 }
        #expect(ends.flatMap(tree.classes).sorted() == Array(0..<classCount))
        let spread = tree.spread(ends, over: ends)
        for end in ends { #expect(tree.classes(below: end).allSatisfy { spread[$0] == end }) }
    }
}
