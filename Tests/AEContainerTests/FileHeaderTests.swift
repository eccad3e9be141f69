// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Testing

/// Spec 2 and 5.
@Suite struct FileHeaderTests {
    @Test(
        arguments: [(0, 2), (0, 3), (0, 8), (1, 0), (1, 4), (1, 6), (1, 3), (255, 255)] as [(UInt8, UInt8)])
    func anotherVersionIsNamed(major: UInt8, minor: UInt8) {
        var archive = Specimens.image.serialized()
        archive[8] = major
        archive[9] = minor
        archive[10] = 0xFF  // what another version means with its flags is not looked at
        let error = ContainerError.unsupportedVersion(ContainerVersion(major: major, minor: minor))
        #expect(throws: error) { _ = try Container(archive) }
        #expect(error.description.contains("\(major).\(minor)"))
    }

    @Test(arguments: [4, 5] as [UInt8]) func versionsBeforeAreRead(minor: UInt8) throws {
        var archive = Specimens.image.serialized()
        #expect(archive[9] == ContainerVersion.current.minor)
        archive[9] = minor
        #expect(try Container(archive).version == ContainerVersion(major: 0, minor: minor))
    }

    @Test(arguments: [3, 4, 8, 16, 32, 64, 128, 129] as [UInt8]) func reservedFlagsAreRejected(flags: UInt8) {
        var archive = Specimens.image.serialized()
        archive[10] = flags
        #expect(throws: ContainerError.reservedHeaderFlags(flags)) { _ = try Container(archive) }
    }

    @Test func otherFilesAreNotArchives() {
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0]
        #expect(throws: ContainerError.invalidSignature(Array(png.prefix(8)))) { _ = try Container(png) }
        #expect(throws: ContainerError.invalidSignature([0x50])) { _ = try Container([0x50]) }
        #expect(throws: ContainerError.truncated(offset: 0, needed: 11, available: 0)) {
            _ = try Container([])
        }
    }

    @Test func theTrailerMustLeadToTheIndex() throws {
        var surgery = Surgery(Specimens.twoParts.serialized())
        let index = try #require(try Container(surgery.joined()).chunks.first { $0.type == .index })
        surgery.trailer[0] ^= 1
        #expect(
            throws: ContainerError.trailerMismatch(
                stated: UInt64(index.offset ^ 1), found: UInt64(index.offset))
        ) { _ = try Container(surgery.joined(correctingIndex: false)) }
    }

    @Test func theTrailerEndsWithItsLetters() {
        var surgery = Surgery(Specimens.twoParts.serialized())
        surgery.trailer[11] = 0
        #expect(throws: ContainerError.invalidTrailer([0x41, 0x45, 0x43, 0])) {
            _ = try Container(surgery.joined())
        }
    }
}
