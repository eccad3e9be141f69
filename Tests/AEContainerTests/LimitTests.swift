// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Samples
import Testing

/// What an archive declares is compared with limits before anything is allocated for it.
@Suite struct LimitTests {
    private static let most = FieldRangeTests.most
    /// 2^32 - 1.
    private static let longest: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]

    @Test func tooManySamplesAreNamed() {
        let archive = Specimens.twoParts.serialized()
        #expect(throws: ContainerError.sampleLimit(samples: 7, limit: 6)) {
            _ = try Container(archive, limits: ContainerLimits(maximumSamples: 6))
        }
        #expect(throws: Never.self) { _ = try Container(archive, limits: ContainerLimits(maximumSamples: 7)) }
        let text = ContainerError.sampleLimit(samples: 7, limit: 6).description
        #expect(text.contains("7") && text.contains("6"))
    }

    @Test func theDefaultLimitIsTwoToTheThirty() {
        let archive = image(rows: [0x80, 0x80, 0x02], columns: [0x81, 0x80, 0x02])  // 32768 x 32769
        #expect(throws: ContainerError.sampleLimit(samples: 32768 * 32769, limit: 1 << 30)) {
            _ = try Container(archive)
        }
    }

    /// The product of four counts does not fit in 64 bits; nothing overflows.
    @Test(arguments: [1 << 30, Int.max, 0, -1]) func hugeGridsAreRefused(limit: Int) {
        var surgery = Surgery(Specimens.image.serialized())
        surgery.pieces[0].payload.replaceSubrange(
            2..<6, with: Self.longest + Self.longest + Self.longest + Self.longest)
        #expect(throws: ContainerError.sampleLimit(samples: .max, limit: min(limit, 1 << 56))) {
            _ = try Container(surgery.joined(), limits: ContainerLimits(maximumSamples: limit))
        }
    }

    @Test func largeGridsAreDescribedIfTheLimitAllows() throws {
        let archive = image(rows: Self.longest, columns: [0x80, 0x80, 0x04])
        let container = try Container(archive, limits: ContainerLimits(maximumSamples: .max))
        #expect(container.parts[0].extent == Extent(rows: 4_294_967_295, columns: 65536))
    }

    @Test func tooManyPartsAreRefused() {
        var content = Specimens.image
        content.source = nil
        content.parts = Array(repeating: content.parts[0], count: 4097)
        let archive = content.serialized()
        let error = ContainerError.countLimit(chunk: .grid, field: "Part_Count", count: 4097, limit: 4096)
        #expect(throws: error) { _ = try Container(archive) }
        #expect(throws: Never.self) {
            _ = try Container(archive, limits: ContainerLimits(maximumParts: 4097))
        }
    }

    @Test(arguments: IndexPlace.allCases) func tooManyGroupsAreRefused(place: IndexPlace) {
        var content = Specimens.twoParts
        content.indexPlace = place
        #expect(
            throws: ContainerError.countLimit(
                chunk: place == .front ? .index : .layer, field: "Group_Count", count: 3, limit: 2)
        ) { _ = try Container(content.serialized(), limits: ContainerLimits(maximumGroups: 2)) }
    }

    @Test func hostileGroupCountsAreRefusedByTheBytesThereAre() {
        var surgery = Surgery(Specimens.image.serialized())
        surgery.pieces[surgery.place(of: "INDX")].payload.replaceSubrange(0..<1, with: Self.most)
        let bytes = surgery.joined(correctingIndex: false)
        let limit = ContainerLimits(maximumGroups: .max)
        #expect(
            throws: ContainerError.countLimit(chunk: .index, field: "Group_Count", count: .max, limit: .max)
        ) {
            _ = try Container(bytes, limits: limit)
        }
        surgery.pieces[surgery.place(of: "INDX")].payload.replaceSubrange(
            0..<10, with: FieldRangeTests.mostSigned)
        #expect(
            throws: ContainerError.fieldOutOfRange(
                chunk: .index, field: "Group_Count", value: .max >> 1)
        ) { _ = try Container(surgery.joined(correctingIndex: false), limits: limit) }
    }

    @Test func hostileCutCountsAreRefusedByTheBytesThereAre() {
        var surgery = Surgery(Specimens.image.serialized())
        surgery.pieces[surgery.place(of: "SRCE")].payload.replaceSubrange(34..<35, with: Self.most)
        #expect(throws: ContainerError.fieldOutOfRange(chunk: .source, field: "Cut_Count", value: .max)) {
            _ = try Container(surgery.joined())
        }
    }

    /// A list of cuts cannot name the samples again and again to describe a giant file.
    @Test func samplesCannotBeRepeated() {
        var content = Specimens.image
        content.source?.cuts += [
            SourceRecord.Cut(offset: 20, part: 0, firstSample: 0, sampleCount: 1, cellBytes: 2)
        ]
        #expect(throws: ContainerError.fieldOutOfRange(chunk: .source, field: "Sample_Count", value: 1)) {
            _ = try Container(content.serialized())
        }
    }

    /// Ends of cuts never leave the range of offsets, however gaps and samples add up.
    @Test func cutsEndBelowTwoToThe63() {
        var content = Specimens.image
        content.source?.cuts = [
            SourceRecord.Cut(offset: .max - 2, part: 0, firstSample: 0, sampleCount: 1, cellBytes: 2)
        ]
        var surgery = Surgery(content.serialized())
        let place = surgery.place(of: "SRCE")
        #expect(throws: ContainerError.fieldOutOfRange(chunk: .source, field: "Kept_Bytes", value: 12)) {
            _ = try Container(surgery.joined())
        }
        // A second cut right behind the first would end outside.
        surgery.pieces[place].payload[34] = 2
        surgery.pieces[place].payload.insert(contentsOf: [0, 2, 1, 1, 0], at: 48)
        #expect(throws: ContainerError.fieldOutOfRange(chunk: .source, field: "Cut_Gap", value: 0)) {
            _ = try Container(surgery.joined())
        }
    }

    @Test func keptBytesAreLimited() {
        let archive = Specimens.image.serialized()
        #expect(
            throws: ContainerError.countLimit(chunk: .source, field: "Kept_Bytes", count: 12, limit: 11)
        ) { _ = try Container(archive, limits: ContainerLimits(maximumKeptBytes: 11)) }
    }

    @Test(arguments: [PackedSource.Packing.stored, .zstd]) func hugeKeptBytesAreRefused(
        packing: PackedSource.Packing
    ) {
        var content = Specimens.image
        content.source?.packing = packing
        content.source?.members[0].keptByteCount = .max
        let bytes = content.serialized()
        #expect(throws: ContainerError.self) { _ = try Container(bytes) }
        #expect(throws: ContainerError.self) {
            _ = try Container(bytes, limits: ContainerLimits(maximumKeptBytes: .max))
        }
    }

    /// A chunk as long as a number can say, at the end of everything.
    @Test(arguments: [Self.most, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]])
    func hugeChunkLengthsAreTruncation(length: [UInt8]) {
        var archive = Specimens.image.serialized()
        archive.replaceSubrange(15..<16, with: length)
        #expect(throws: ContainerError.truncated(offset: 11, needed: .max, available: archive.count - 11)) {
            _ = try Container(archive)
        }
    }

    private func image(rows: [UInt8], columns: [UInt8]) -> [UInt8] {
        var surgery = Surgery(Specimens.image.serialized())
        surgery.pieces[0].payload.replaceSubrange(4..<6, with: rows + columns)
        return surgery.joined()
    }
}
