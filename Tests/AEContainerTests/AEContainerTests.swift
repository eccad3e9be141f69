// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Digest
import Samples
import Testing

@Suite struct RoundTripTests {
    @Test(arguments: [false, true]) func readsWhatItWrote(indexAtEnd: Bool) throws {
        let part = Part(
            extent: Extent(rows: 2, columns: 2), format: SampleFormat(bitsStored: 12, isSigned: false),
            sampleMap: [1, 2], parameters: [], digest: SHA256.hash("abc".utf8))
        let header = GroupHeader(part: 0, layer: 1, levels: 0...0, frames: 0..<1, tiles: 0..<1)
        let content = ContainerContent(
            parts: [part], groups: [(header, body: [9, 8, 7])], indexAtEnd: indexAtEnd)
        let bytes = content.serialized()
        let container = try Container(bytes)
        #expect(container.parts == [part])
        #expect(Array(container.body(of: container.groups[0])) == [9, 8, 7])
        #expect(ContainerContent(container).serialized() == bytes)
    }
}
