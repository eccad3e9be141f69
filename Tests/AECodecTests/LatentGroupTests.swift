// SPDX-License-Identifier: Apache-2.0
import AEContainer
import TestSupport
import Testing

@testable import AECodec

/// Bodies of latent groups, well made and not. (Spec/bitstream.md, section 9)
@Suite struct LatentGroupTests {
    /// Classes 0 and 1 join, 2 and 3 join, and both joined ones.
    private static let tree = ClassTree(joiningNeighbors: 4)

    /// A body of bits, the first one lowest, changes, and streams of zeros.
    private static func body(bits: [Int], changes: [Int8] = [], symbols: [Int]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: (bits.count + 7) / 8)
        for (place, bit) in bits.enumerated() { bytes[place / 8] |= UInt8(bit << (place % 8)) }
        var writer = ByteWriter()
        writer.bytes(bytes + changes.map { UInt8(bitPattern: $0) })
        for count in symbols {
            StreamHeader(form: .constant(0), rawBits: 0, symbolCount: count).write(to: &writer)
        }
        return writer.bytes
    }

    private static func group(_ body: [UInt8], tree: ClassTree = tree, latents: Int = 10) throws
        -> LatentGroup
    {
        try LatentGroup(body: body[...], tree: tree, latentCount: latents, index: 3)
    }

    @Test func oneStreamHoldsAllClasses() throws {
        let group = try Self.group(Self.body(bits: [0, 1, 0], symbols: [10]))
        #expect(group.streamOfClass == [0, 0, 0, 0])
        #expect(group.changes == [[]])
        #expect(group.parameterByteCount == 1)
        #expect(group.streams.map(\.header.symbolCount) == [10])
    }

    /// The cut goes down to the classes 0 and 1, and ends above 2 and 3; class 0 has no symbols.
    @Test func endsHaveStreamsInTheirOrder() throws {
        let change: [Int8] = [-63, 0, 63, 1, -1]
        let group = try Self.group(
            Self.body(bits: [1, 1, 0, 0, 1, 1, 1, 0], changes: change, symbols: [4, 6]))
        #expect(group.streamOfClass == [UInt8(LatentGroup.maximumStreams), 0, 1, 1])
        #expect(group.changes == [change, []])
        #expect(group.parameterByteCount == 1 + 5)
    }

    @Test func groupsWithoutLatentsHaveNoStreams() throws {
        let group = try Self.group(Self.body(bits: [0, 0], symbols: []), latents: 0)
        #expect(group.streams.isEmpty)
        #expect(throws: DecodeError.groupLength(group: 3)) {
            try Self.group(Self.body(bits: [0, 0], symbols: []))
        }
    }

    @Test(arguments: 3..<8) func bitsThatFillUpAreZero(place: Int) {
        var bits = [0, 1, 0, 0, 0, 0, 0, 0]
        bits[place] = 1
        #expect(throws: DecodeError.fieldOutOfRange(field: "padding", value: 1)) {
            try Self.group(Self.body(bits: bits, symbols: [10]))
        }
    }

    @Test func streamsAreLimited() throws {
        let tree = ClassTree(joiningNeighbors: 97)
        let limit = LatentGroup.maximumStreams
        #expect(limit == 96)
        let cut = [Int](repeating: 1, count: 96)
        let ends = { (count: Int) in
            [Int](repeating: 0, count: 97 - count) + (0..<count).flatMap { _ in [1, 0] }
        }
        let group = try Self.group(
            Self.body(bits: cut + ends(96), symbols: [Int](repeating: 1, count: 96)), tree: tree, latents: 96)
        #expect(group.streams.count == 96)
        #expect(group.streamOfClass[0] == 96)
        #expect(throws: DecodeError.fieldOutOfRange(field: "class streams", value: 97)) {
            try Self.group(
                Self.body(bits: cut + ends(97), symbols: [Int](repeating: 1, count: 97)), tree: tree,
                latents: 97)
        }
    }

    @Test(arguments: [64, -64, 127, -128] as [Int8], [0, 4]) func changesAreLimited(value: Int8, place: Int) {
        var change: [Int8] = [1, 2, 3, 4, 5]
        change[place] = value
        #expect(throws: DecodeError.fieldOutOfRange(field: "Centroid_Change", value: Int(value))) {
            try Self.group(Self.body(bits: [0, 1, 1], changes: change, symbols: [10]))
        }
    }

    @Test func everyTruncationIsAnError() throws {
        let body = Self.body(
            bits: [1, 1, 0, 1, 1, 1, 0, 1, 1], changes: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], symbols: [1, 2, 7])
        #expect(try Self.group(body).streams.count == 3)
        for length in body.indices {
            #expect(throws: DecodeError.self, "\(length) bytes") {
                try Self.group(Array(body.prefix(length)))
            }
        }
        #expect(throws: DecodeError.groupLength(group: 3)) { try Self.group(body + [0]) }
    }

    @Test func streamsHaveAsManySymbolsAsThereAreLatents() {
        for symbols in [[4, 5], [4, 7], [10, 1], [11, 0], [0, 9]] {
            #expect(throws: DecodeError.self, "\(symbols)") {
                try Self.group(Self.body(bits: [1, 0, 0, 1, 0, 1, 0], symbols: symbols))
            }
        }
    }

    /// Centroids are those of the model, changed by stream, within their limits.
    @Test func changesAddToTheCentroidsOfTheModel() throws {
        let known = PyramidModel.builtIn[0].model
        let classCount = known.rule.classSet.classCount
        let detailCount = known.rule.classSet.detailClassCount
        let model = PyramidModel(
            lifting: known.lifting, bandScales: known.bandScales, reducedScales: known.reducedScales,
            rule: known.rule,
            centroids: (0..<detailCount).flatMap { _ in [0, 10, 60, -10, -60] as [Int8] })
        // The cut ends below the root; what is on the right has no symbols.
        let group = try Self.group(
            Self.body(bits: [1, 0, 0, 1, 1, 0], changes: [1, -2, 63, 4, -63], symbols: [10]),
            tree: model.tree)
        let left = try #require(model.tree.children(of: model.tree.root)).left
        let changed = Set(model.tree.classes(below: left))
        #expect(!changed.isEmpty && changed.count < classCount)
        let centroids = group.centroids(model.centroids)
        #expect(centroids.count == 5 * detailCount)
        for c in 0..<detailCount {
            #expect(
                Array(centroids[5 * c..<5 * c + 5])
                    == (changed.contains(c) ? [1, 8, 63, -6, -63] : [0, 10, 60, -10, -60]))
        }
    }
}
