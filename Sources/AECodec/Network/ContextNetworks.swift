// SPDX-License-Identifier: Apache-2.0
package import AEContainer
import CAEKernels

/// The networks of a model: one for each level kind. (Spec/network.md)
package struct ContextNetworks: Equatable, Sendable {
    /// Of levels 1, 2 and 3, and of 4 upwards.
    package let kinds: [ContextNetwork]

    package static let kindCount = Int(AE_LEVEL_KINDS)

    /// Takes one network for each kind; others are a mistake of the program.
    package init(kinds: [ContextNetwork]) {
        precondition(kinds.count == Self.kindCount)
        self.kinds = kinds
    }

    /// Reads the section of a model file, and leaves what follows it.
    ///
    /// - Throws: ``DecodeError`` if the bytes end early or break the rules of Spec/network.md.
    package init(reader: inout ByteReader) throws(DecodeError) {
        var kinds: [ContextNetwork] = []
        for _ in 0..<Self.kindCount { kinds.append(try ContextNetwork(reader: &reader)) }
        self.kinds = kinds
    }

    /// Writes what ``init(reader:)`` reads.
    package func write(to writer: inout ByteWriter) {
        for kind in kinds { kind.write(to: &writer) }
    }

    /// The network of a level, 1 upwards.
    package func network(level: Int) -> ContextNetwork { kinds[min(level, Self.kindCount) - 1] }
}
