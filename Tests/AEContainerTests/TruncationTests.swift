// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Samples
import Testing

/// Spec 3.4: what an archive that lost its end still gives.
@Suite struct TruncationTests {
    /// Two parts, base groups of three level ranges and exact ones, a source, something unknown.
    static func archive(_ place: IndexPlace) -> [UInt8] {
        var content = Specimens.twoParts
        content.indexPlace = place
        content.source = Specimens.image.source
        content.source?.cuts = []
        for levels in [3...4, 1...2] {
            content.groups.append(
                (
                    GroupHeader(part: 1, layer: 0, levels: levels, frames: 0..<1, tiles: 0..<1),
                    [UInt8](repeating: 0xE0, count: 130)
                ))
        }
        var surgery = Surgery(content.serialized())
        surgery.pieces.insert(Surgery.Piece(type: "tEXT", payload: [1, 2]), at: surgery.place(of: "LAYR", 1))
        return surgery.joined()
    }

    @Test(arguments: IndexPlace.allCases) func everyCutGivesWhatEndsBeforeIt(place: IndexPlace) throws {
        let bytes = Self.archive(place)
        let whole = try Container(bytes)
        #expect(whole.groups.count == 5)
        let surgery = Surgery(bytes)
        let lastOfFront = surgery.place(of: place == .front ? "INDX" : "PARM", place == .front ? 0 : 1)
        let front = surgery.offset(of: lastOfFront + 1)
        let sourceEnd = surgery.offset(of: surgery.place(of: "SRCE") + 1)
        let indexEnd = place == .absent ? .max : surgery.offset(of: surgery.place(of: "INDX") + 1)
        let doneEnd = surgery.offset(of: surgery.pieces.count)
        for length in 0..<bytes.count {
            let part = Array(bytes.prefix(length))
            if length < front {
                #expect("first \(length) bytes") {
                    _ = try Container(truncated: part)
                } throws: { error in
                    guard case ContainerError.truncated = error else { return false }
                    return true
                }
                continue
            }
            let container = try Container(truncated: part)
            let groups = whole.groups.filter { $0.chunkRange.upperBound <= length }
            #expect(container.groups == groups)
            #expect(
                groups.allSatisfy { container.body(of: $0).elementsEqual(whole.body(of: $0)) })
            #expect(container.source == (length < sourceEnd ? nil : whole.source))
            let digests = whole.parts.map { length < doneEnd ? [] : $0.digest }
            #expect(container.parts.map(\.digest) == digests)
            #expect(container.parts.map(\.extent) == whole.parts.map(\.extent))
            #expect(container.isTruncated)
            let missing = whole.groups.dropFirst(groups.count).map(\.header)
            #expect(container.truncation?.missingGroups == (length < indexEnd ? nil : missing))
            let ends = [front] + (0...surgery.pieces.count).map(surgery.offset)
            #expect(container.truncation?.offset == ends.filter { $0 <= length }.max())
        }
    }

    @Test(arguments: IndexPlace.allCases) func completeArchivesAreAsUsual(place: IndexPlace) throws {
        let bytes = Self.archive(place)
        let container = try Container(truncated: bytes)
        #expect(container == (try Container(bytes)))
        #expect(!container.isTruncated)
        #expect(throws: ContainerError.trailingBytes(offset: bytes.count, count: 1)) {
            _ = try Container(truncated: bytes + [0])
        }
    }

    /// Only lost bytes are forgiven: what is there as a whole must be right.
    @Test(arguments: IndexPlace.allCases) func damageIsNoTruncation(place: IndexPlace) {
        let bytes = Self.archive(place)
        let surgery = Surgery(bytes)
        let done = surgery.pieces.count - 1
        let part = bytes.prefix(surgery.offset(of: done) + 3)
        for number in 0..<done {
            let start = surgery.offset(of: number)
            let body = surgery.offset(of: number + 1) - surgery.pieces[number].payload.count - 4
            for byte in Array(start..<start + 4) + Array(body..<surgery.offset(of: number + 1)) {
                var damaged = Array(part)
                damaged[byte] ^= 0x20
                #expect("byte \(byte)") {
                    _ = try Container(truncated: damaged)
                } throws: { error in
                    switch error as? ContainerError {
                    case .checksumMismatch, .invalidChunkType: true
                    default: false
                    }
                }
            }
        }
    }

    @Test func theOrderIsCheckedInTruncatedArchivesToo() {
        var surgery = Surgery(Self.archive(.absent))
        surgery.pieces.swapAt(surgery.place(of: "LAYR", 0), surgery.place(of: "LAYR", 3))
        let bytes = surgery.joined().prefix(surgery.offset(of: surgery.pieces.count - 1))
        let offset = surgery.offset(of: surgery.place(of: "LAYR", 1))
        #expect(throws: ContainerError.misplacedBaseGroup(offset: offset)) {
            _ = try Container(truncated: Array(bytes))
        }
    }

    /// A group that is missing in the middle is no lost end.
    @Test func theIndexIsComparedWithTheGroupsThereAre() {
        var surgery = Surgery(Self.archive(.front))
        surgery.pieces.remove(at: surgery.place(of: "LAYR", 0))
        let bytes = surgery.joined(correctingIndex: false).prefix(
            surgery.offset(of: surgery.place(of: "LAYR", 1)))
        #expect {
            _ = try Container(truncated: Array(bytes))
        } throws: { error in
            guard case ContainerError.indexMismatch(0, _, _, _) = error else { return false }
            return true
        }
        var more = Surgery(Self.archive(.front))
        let index = more.place(of: "INDX")
        more.pieces[index].payload = [0]
        #expect(throws: ContainerError.groupCountMismatch(index: 0, found: 5)) {
            _ = try Container(truncated: Array(more.joined(correctingIndex: false).dropLast(3)))
        }
    }
}
