// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Digest
import Samples
import Testing

/// Spec 3.3 and 4.8: files that are kept whole.
@Suite struct WholeFileTests {
    static func content(_ format: SourceRecord.Format, _ file: [UInt8]) -> ContainerContent {
        ContainerContent(
            parts: [], groups: [],
            source: PackedSource(
                format: format, isByteExact: true, digest: SHA256.hash(file), cuts: [],
                keptByteCount: file.count, packing: .stored, packedKept: file[...]))
    }

    @Test(arguments: SourceRecord.Format.allCases, [[], [7], Array(0...255)] as [[UInt8]])
    func filesAreKeptWithoutParts(format: SourceRecord.Format, file: [UInt8]) throws {
        let content = Self.content(format, file)
        let container = try Container(content.serialized())
        #expect(container.parts.isEmpty && container.groups.isEmpty)
        #expect(container.source == content.source)
        #expect(container.source?.byteCount == file.count)
        #expect(container.source?.isRebuilt == true)
        #expect(container.chunks.map(\.type) == [.source, .done])
        #expect(ContainerContent(container).serialized() == content.serialized())
    }

    /// `Index_Place` 2 and `SRCE` are what tells such a file.
    @Test func withoutASourceThereArePartsToBe() {
        for flags in [0, 1] as [UInt8] {
            var archive = Self.content(.other, [1, 2, 3]).serialized()
            archive[10] = flags
            #expect(throws: ContainerError.unexpectedChunk(.source, offset: 11, expected: [.grid])) {
                _ = try Container(archive)
            }
        }
        var surgery = Surgery(Self.content(.other, [1, 2, 3]).serialized())
        surgery.pieces.remove(at: 0)
        #expect(throws: ContainerError.unexpectedChunk(.done, offset: 11, expected: [.grid])) {
            _ = try Container(surgery.joined())
        }
    }

    @Test func withoutPartsThereAreNoCutsAndNoGroups() {
        // Gap, packing, first sample, sample count, part.
        var surgery = Surgery(Self.content(.dicom, Array(1...9)).serialized())
        surgery.pieces[0].payload.replaceSubrange(34..<35, with: [1, 0, 1, 0, 1, 0])
        #expect(throws: ContainerError.fieldOutOfRange(chunk: .source, field: "Cut_Part", value: 0)) {
            _ = try Container(surgery.joined())
        }
        surgery = Surgery(Self.content(.dicom, Array(1...9)).serialized())
        surgery.pieces.insert(Surgery.Piece(type: "LAYR", payload: [1, 0, 0, 1, 0, 1]), at: 1)
        #expect(throws: ContainerError.fieldOutOfRange(chunk: .layer, field: "Part", value: 0)) {
            _ = try Container(surgery.joined())
        }
        surgery = Surgery(Self.content(.dicom, Array(1...9)).serialized())
        surgery.pieces[1].payload = [UInt8](repeating: 0, count: 32)
        #expect(throws: ContainerError.payloadLength(chunk: .done, expected: 0, found: 32)) {
            _ = try Container(surgery.joined())
        }
    }

    /// Of a file of unknown kind, all bytes are kept.
    @Test func otherFilesAreExact() {
        var surgery = Surgery(Self.content(.other, Array(1...9)).serialized())
        surgery.pieces[0].payload[1] = 0
        #expect(throws: ContainerError.fieldOutOfRange(chunk: .source, field: "Flags", value: 0)) {
            _ = try Container(surgery.joined())
        }
        surgery = Surgery(Specimens.image.serialized())
        surgery.pieces[surgery.place(of: "SRCE")].payload[0] = 0
        #expect(throws: ContainerError.fieldOutOfRange(chunk: .source, field: "Cut_Count", value: 1)) {
            _ = try Container(surgery.joined())
        }
    }
}
