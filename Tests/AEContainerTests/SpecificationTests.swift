// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Foundation
import Samples
import Testing

/// The worked examples of Spec appendix A, read out of the document itself.
@Suite struct SpecificationTests {
    @Test func writesTheImageOfTheSpecification() throws {
        #expect(Specimens.image.serialized() == (try example("A.1")))
    }

    @Test func readsTheImageOfTheSpecification() throws {
        let container = try Container(try example("A.1"))
        #expect(container.version == ContainerVersion(major: 0, minor: 7))
        #expect(container.indexPlace == .front)
        #expect(container.parts == Specimens.image.parts)
        #expect(container.source == Specimens.image.source)
        #expect(container.groups.map(\.header) == Specimens.image.groups.map(\.header))
        #expect(container.body(of: container.groups[0]) == [0xB0, 0xB1, 0xB2])
        #expect(
            container.chunks.map(\.type.description)
                == ["GRID", "MODE", "SMAP", "PARM", "INDX", "SRCE", "LAYR", "DONE"])
    }

    @Test func theSourceOfTheSpecificationIsRebuilt() throws {
        let source = try #require(try Container(try example("A.1")).source)
        let record = source.files(kept: Array(source.packedKept)).record
        #expect(try record?.rebuilt(from: [Specimens.imageSamples]) == Specimens.imageFile)
    }

    @Test func readsTheTwoPartsOfTheSpecification() throws {
        let container = try Container(try example("A.2"))
        #expect(container.indexPlace == .end)
        #expect(container.parts == Specimens.twoParts.parts)
        #expect(container.source == nil)
        #expect(container.groups.map(\.header) == Specimens.twoParts.groups.map(\.header))
        #expect(
            container.groups.map { Array(container.body(of: $0)) } == Specimens.twoParts.groups.map(\.body))
        #expect(container.chunks.contains { $0.type == FourCC("tEXT") })
    }

    @Test func writesTheTwoPartsOfTheSpecificationWithoutTheUnknownChunk() throws {
        var surgery = Surgery(try example("A.2"))
        surgery.pieces.remove(at: surgery.place(of: "tEXT"))
        #expect(Specimens.twoParts.serialized() == surgery.joined())
    }

    @Test func readsAndWritesTheRecordingOfTheSpecification() throws {
        let bytes = try example("A.3")
        #expect(Specimens.recording.serialized() == bytes)
        let container = try Container(bytes)
        #expect(container.parts == Specimens.recording.parts)
        let source = try #require(container.source)
        let files = source.files(kept: Array(source.packedKept))
        #expect(files.members.map(\.name) == ["r.hea", "r.dat"])
        let pieces = try files.members.map {
            try Array($0.pieces(from: [Specimens.recordingSamples]).joined())
        }
        #expect(pieces == [Specimens.header, [0x01, 0x00, 0x02, 0x03, 0xF0, 0xFF]])
    }

    /// The bytes of the code block behind a heading; every line states its own offset.
    private func example(_ heading: String) throws -> [UInt8] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Spec/container.md")
        let lines = try String(contentsOf: file, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasPrefix("### \(heading) ") })
        let block = lines[start...].drop { $0 != "```" }.dropFirst().prefix { $0 != "```" }
        var bytes: [UInt8] = []
        for line in block where !line.isEmpty {
            #expect(Int(line.prefix(4), radix: 16) == bytes.count, "offset of '\(line)'")
            let digits = line.dropFirst(6).prefix(47).split(separator: " ")
            bytes += try digits.map { try #require(UInt8($0, radix: 16)) }
        }
        return bytes
    }
}
