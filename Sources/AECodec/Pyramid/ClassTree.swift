// SPDX-License-Identifier: Apache-2.0
import AEContainer

/// How the context classes of a model join into streams: a binary tree whose leaves are the classes.
///
/// A group cuts the tree; the classes below an end of the cut share a class stream. (Spec/model.md)
package struct ClassTree: Equatable, Sendable {
    /// Classes: leaves 0 to `classCount` - 1.
    package let classCount: Int
    /// The children of the nodes from `classCount` on, in their order; the last node is the root.
    package let children: [(left: Int, right: Int)]

    package var root: Int { classCount + children.count - 1 }

    /// Nil unless every node but the root is the child of exactly one later node.
    package init?(classCount: Int, children: [(left: Int, right: Int)]) {
        guard classCount >= 2, children.count == classCount - 1 else { return nil }
        var isChild = [Bool](repeating: false, count: 2 * classCount - 1)
        for (number, pair) in children.enumerated() {
            for child in [pair.left, pair.right] {
                guard child >= 0, child < classCount + number, !isChild[child] else { return nil }
                isChild[child] = true
            }
        }
        self.classCount = classCount
        self.children = children
    }

    /// Neighbors join, and joined ones again.
    package init(joiningNeighbors classCount: Int) {
        var children: [(left: Int, right: Int)] = []
        var nodes = Array(0..<classCount)
        while nodes.count > 1 {
            var joined: [Int] = []
            for first in stride(from: 0, to: nodes.count - 1, by: 2) {
                joined.append(classCount + children.count)
                children.append((nodes[first], nodes[first + 1]))
            }
            if nodes.count % 2 == 1 { joined.append(nodes[nodes.count - 1]) }
            nodes = joined
        }
        self.classCount = classCount
        self.children = children
    }

    /// Reads the children of all nodes. (Spec/model.md)
    init(_ reader: inout ByteReader, classCount: Int) throws {
        var children: [(left: Int, right: Int)] = []
        for _ in 1..<classCount { children.append((Int(try reader.u16()), Int(try reader.u16()))) }
        guard let tree = ClassTree(classCount: classCount, children: children) else {
            throw DecodeError.fieldOutOfRange(field: "Class_Tree of the model", value: children.count)
        }
        self = tree
    }

    func write(to writer: inout ByteWriter) {
        for (left, right) in children {
            writer.u16(UInt16(left))
            writer.u16(UInt16(right))
        }
    }

    package static func == (a: ClassTree, b: ClassTree) -> Bool {
        a.classCount == b.classCount && a.children.elementsEqual(b.children) { $0 == $1 }
    }

    /// The children of a node; nil for a class.
    package func children(of node: Int) -> (left: Int, right: Int)? {
        node < classCount ? nil : children[node - classCount]
    }

    /// The nodes where a cut ends.
    ///
    /// - Parameter isDivided: Whether the cut goes on below a node that is no class; asked from the root on, a node
    ///   before its children, the left ones before the right ones.
    /// - Returns: The nodes, in the order of the questions.
    /// - Throws: What `isDivided` throws.
    package func ends<Failure>(isDivided: (Int) throws(Failure) -> Bool) throws(Failure) -> [Int] {
        var ends: [Int] = []
        var open = [root]
        while let node = open.popLast() {
            if let (left, right) = children(of: node), try isDivided(node) {
                open += [right, left]
            } else {
                ends.append(node)
            }
        }
        return ends
    }

    /// A value for every class from those of the ends of a cut.
    package func spread<Value>(_ values: [Value], over ends: [Int]) -> [Value] {
        var result = [Value](repeating: values[0], count: classCount)
        for (end, value) in zip(ends, values) {
            for c in classes(below: end) { result[c] = value }
        }
        return result
    }

    /// The classes below a node, or itself.
    package func classes(below node: Int) -> [Int] {
        var classes: [Int] = []
        var open = [node]
        while let node = open.popLast() {
            if let (left, right) = children(of: node) { open += [right, left] } else { classes.append(node) }
        }
        return classes
    }
}
