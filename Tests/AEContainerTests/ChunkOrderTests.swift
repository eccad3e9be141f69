// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Testing

/// Spec 3.2 and 3.3.
@Suite struct ChunkOrderTests {
    static let archives = [Specimens.image.serialized(), Specimens.twoParts.serialized()]

    @Test(arguments: archives) func unknownAncillaryChunksAreSkippedEverywhere(archive: [UInt8]) throws {
        let original = try Container(archive)
        let count = Surgery(archive).pieces.count
        for place in 0..<count {
            var surgery = Surgery(archive)
            surgery.pieces.insert(Surgery.Piece(type: "xYZa", payload: [1, 2, 3]), at: place)
            let container = try Container(surgery.joined())
            #expect(container.parts == original.parts)
            #expect(container.groups.map(\.header) == original.groups.map(\.header))
            #expect(container.source == original.source)
            #expect(container.chunks.count == count + 1)
            #expect(container.chunks[place].type == FourCC("xYZa"))
        }
    }

    @Test(arguments: archives) func unknownCriticalChunksAreNamed(archive: [UInt8]) {
        for place in Surgery(archive).pieces.indices {
            var surgery = Surgery(archive)
            let offset = surgery.offset(of: place)
            surgery.pieces.insert(Surgery.Piece(type: "Xyza", payload: []), at: place)
            #expect(throws: ContainerError.unknownCriticalChunk(FourCC("Xyza"), offset: offset)) {
                _ = try Container(surgery.joined())
            }
        }
    }

    @Test func aTypeIsFourLetters() {
        var surgery = Surgery(Specimens.image.serialized())
        surgery.pieces.insert(Surgery.Piece(type: "AB1D", payload: []), at: 1)
        #expect(throws: ContainerError.invalidChunkType(Array("AB1D".utf8), offset: 0x1A)) {
            _ = try Container(surgery.joined())
        }
    }

    @Test func lettersSayWhetherAChunkIsCritical() {
        #expect(FourCC("GRID").isCritical)
        #expect(!FourCC("gRID").isCritical)
        #expect(FourCC("GRID").bytes == Array("GRID".utf8))
        for bytes in [[], [0x41, 0x41, 0x41], [0x40, 0x41, 0x41, 0x41], [0x41, 0x41, 0x41, 0x7B]] as [[UInt8]]
        {
            #expect(FourCC(bytes) == nil)
        }
    }

    /// No chunk can be missing (but `MODL` and `SRCE`), come twice (but `LAYR`), or change places.
    @Test(arguments: archives) func theOrderIsChecked(archive: [UInt8]) {
        let original = Surgery(archive)
        for place in original.pieces.indices.dropLast() {
            let type = original.pieces[place].type
            if type != "MODL" && type != "SRCE" {
                var missing = original
                missing.pieces.remove(at: place)
                #expect(throws: ContainerError.self, "without \(type)") {
                    _ = try Container(missing.joined())
                }
            }
            var doubled = original
            doubled.pieces.insert(original.pieces[place], at: place)
            #expect(throws: ContainerError.self, "two \(type)") { _ = try Container(doubled.joined()) }

            var swapped = original
            swapped.pieces.swapAt(place, place + 1)
            #expect(throws: ContainerError.self, "\(type) too late") { _ = try Container(swapped.joined()) }
        }
    }

    @Test func theExpectedChunkIsNamed() {
        var surgery = Surgery(Specimens.image.serialized())
        surgery.pieces.remove(at: surgery.place(of: "PARM"))
        #expect(throws: ContainerError.unexpectedChunk(.index, offset: 0x2D, expected: [.parameters])) {
            _ = try Container(surgery.joined())
        }
    }

    @Test func baseGroupsStandInFront() throws {
        var surgery = Surgery(Specimens.twoParts.serialized())
        surgery.pieces.swapAt(surgery.place(of: "LAYR", 0), surgery.place(of: "LAYR", 1))
        let layers = surgery.place(of: "LAYR", 1)
        let offset = surgery.offset(of: layers)
        #expect(throws: ContainerError.misplacedBaseGroup(offset: offset)) {
            _ = try Container(surgery.joined())
        }
    }

    @Test func theIndexListsEveryGroup() {
        var surgery = Surgery(Specimens.twoParts.serialized())
        surgery.pieces.remove(at: surgery.place(of: "LAYR", 2))
        #expect(throws: ContainerError.groupCountMismatch(index: 3, found: 2)) {
            _ = try Container(surgery.joined())
        }
    }

    /// An index that is announced must be there, one that is not must not.
    @Test func theHeaderSaysWhereTheIndexStands() {
        for place in IndexPlace.allCases where place != .front {
            var surgery = Surgery(Specimens.image.serialized())
            surgery.header[10] = place.rawValue
            #expect(throws: ContainerError.self) { _ = try Container(surgery.joined()) }
        }
        var surgery = Surgery(Specimens.image.serialized())
        surgery.pieces.remove(at: surgery.place(of: "INDX"))
        #expect(throws: ContainerError.unexpectedChunk(.source, offset: 0x37, expected: [.index])) {
            _ = try Container(surgery.joined())
        }
        surgery.header[10] = IndexPlace.absent.rawValue
        #expect(throws: Never.self) { _ = try Container(surgery.joined()) }
    }

    /// Gaps, lengths and headers in the index are those of the groups.
    @Test(
        arguments: [
            ("Gap", 0, 1), ("Length", 1, 0x7F), ("Part", 2, 1), ("Layer", 2, 2), ("Last_Level", 3, 0x10),
        ] as [(String, Int, UInt8)])
    func theIndexAgreesWithTheGroups(field: String, offset: Int, value: UInt8) {
        var surgery = Surgery(Specimens.twoParts.serialized())
        let index = surgery.place(of: "INDX")
        surgery.pieces[index].payload[1 + 8 * 2 + offset] = value
        let bytes = surgery.joined(correctingIndex: false)
        #expect {
            _ = try Container(bytes)
        } throws: { error in
            guard case ContainerError.indexMismatch(2, field, _, _) = error else { return false }
            return true
        }
    }
}
