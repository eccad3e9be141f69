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
        #expect(container.indexAtEnd == content.indexAtEnd)
        let ordered =
            content.groups.filter { $0.header.layer == 0 } + content.groups.filter { $0.header.layer == 1 }
        #expect(container.groups.map(\.header) == ordered.map(\.header))
        #expect(container.groups.map { Array(container.body(of: $0)) } == ordered.map(\.body))
        #expect(ContainerContent(container).serialized() == bytes)
    }

    @Test func theChunksCoverTheFile() throws {
        let bytes = Specimens.twoParts.serialized()
        var offset = 12
        for chunk in try Container(bytes).chunks {
            #expect(chunk.offset == offset)
            offset += chunk.byteCount
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

    @Test func theSourceStandsBetweenBaseAndExactGroups() throws {
        var content = Specimens.twoParts
        content.source = Specimens.image.source
        content.source?.cuts = []
        content.source?.byteCount = 12
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
