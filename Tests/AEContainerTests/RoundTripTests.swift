// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Digest
import Samples
import TestSupport
import Testing

@Suite struct RoundTripTests {
    @Test(arguments: 0..<200 as Range<UInt64>) func readsWhatItWrote(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let content = RandomContent.make(using: &random)
        let bytes = content.serialized()

        let container = try Container(bytes)

        #expect(container.bytes == bytes)
        #expect(container.parts == content.parts)
        #expect(container.source == content.source)
        #expect(container.indexPlace == content.indexPlace ?? .absent)
        #expect(!container.isTruncated)
        let ordered =
            content.groups.filter { $0.header.layer == 0 } + content.groups.filter { $0.header.layer == 1 }
        #expect(container.groups.map(\.header) == ordered.map(\.header))
        #expect(container.groups.map { Array(container.body(of: $0)) } == ordered.map(\.body))
        #expect(ContainerContent(container).serialized() == bytes)
    }

    @Test func theChunksCoverTheFile() throws {
        let bytes = Specimens.twoParts.serialized()
        var offset = 11
        for chunk in try Container(bytes).chunks {
            #expect(chunk.offset == offset)
            offset += chunk.byteCount
            #expect(chunk.byteCount == chunk.payloadByteCount + 9)
        }
        #expect(offset == bytes.count - 12)
    }

    @Test func anArchiveNeedsNoGroupsAndNoSource() throws {
        var content = Specimens.image
        content.groups = []
        content.source = nil
        let container = try Container(content.serialized())
        #expect(container.groups.isEmpty)
        #expect(container.source == nil)
    }

    @Test(arguments: [(8, IndexPlace.absent), (9, .front)])
    func fewGroupsNeedNoIndex(count: Int, place: IndexPlace) throws {
        var content = Specimens.image
        content.indexPlace = nil
        content.groups = Array(repeating: content.groups[0], count: count)
        let container = try Container(content.serialized())
        #expect(container.indexPlace == place)
        #expect(container.chunks.contains { $0.type == .index } == (place != .absent))
        #expect(container.groups.count == count)
    }

    /// As archives of several resolutions have them.
    @Test func groupsOfOnePartMayHoldDifferentLevels() throws {
        var content = Specimens.image
        content.groups = [4...5, 2...3, 0...1].map { levels in
            (GroupHeader(part: 0, layer: 0, levels: levels, frames: 0..<1, tiles: 0..<1), [1, 2])
        }
        let container = try Container(content.serialized())
        #expect(container.groups.map(\.header.levels) == [4...5, 2...3, 0...1])
    }

    /// A PNG file is not rebuilt, so two bytes say it all.
    @Test func aRecordOfPNGIsShort() throws {
        var content = Specimens.image
        let zeros = [UInt8](repeating: 0, count: 32)
        content.source = PackedSource(
            format: .png, isByteExact: false, digest: zeros, cuts: [], keptByteCount: 0, packing: .stored,
            packedKept: [])
        let container = try Container(content.serialized())
        #expect(container.source == content.source)
        #expect(container.source?.byteCount == 0)
        #expect(container.chunks.first { $0.type == .source }?.payloadByteCount == 2)
    }

    @Test func theSourceStandsBetweenBaseAndExactGroups() throws {
        var content = Specimens.twoParts
        content.source = Specimens.image.source
        content.source?.cuts = []
        content.groups.reverse()
        let container = try Container(content.serialized())
        #expect(container.groups.map(\.header.layer) == [0, 1, 1])
        #expect(
            container.chunks.suffix(6).map(\.type.description)
                == ["LAYR", "SRCE", "LAYR", "LAYR", "INDX", "DONE"])
    }

    @Test func bodiesAreRangesOfTheFile() throws {
        let container = try Container(Specimens.image.serialized())
        let group = container.groups[0]
        #expect(container.body(of: group).indices == group.bodyRange)
        #expect(group.chunkRange.upperBound == group.bodyRange.upperBound + 4)
        #expect(container.source?.packedKept.elementsEqual(Specimens.imageFileHead) == true)
    }
}
