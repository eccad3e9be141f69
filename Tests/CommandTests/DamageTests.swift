// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import TestSupport

/// Damaged archives give no output; a program that is stopped leaves nothing half-written.
@Suite struct DamageTests {
    @Test func cutArchivesLeaveNoOutput() throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/small.dcm"), "a.dcm")
        #expect(try folder.run("compress", "a.dcm").status == 0)
        let archive = try folder.bytes("a.dcm.aec")
        for count in [0, 7, 12, 100, archive.count / 2, archive.count - 1] {
            try folder.write(archive.prefix(count), "cut.dcm.aec")
            let run = try folder.run("decompress", "cut.dcm.aec")
            #expect(run.status == 1)
            #expect(run.errorLines.count == 1)
            #expect(try folder.run("verify", "cut.dcm.aec").status == 1)
            #expect(try folder.run("info", "cut.dcm.aec").status == 1)
            let stream = try folder.run("decompress", "-", input: archive.prefix(count))
            #expect(stream.status == 1 && stream.output.isEmpty)
        }
        #expect(folder.contents == ["a.dcm", "a.dcm.aec", "cut.dcm.aec"])
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8]) func flippedBitsLeaveNoOutput(seed: UInt64) throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("edge/three-by-five.dcm"), "a.dcm")
        #expect(try folder.run("compress", "a.dcm").status == 0)
        var archive = try folder.bytes("a.dcm.aec")
        var random = SplitMix64(seed: seed)
        archive[Int.random(in: 0..<archive.count, using: &random)] ^=
            1 << UInt8.random(in: 0..<8, using: &random)
        try folder.write(archive, "b.dcm.aec")
        let run = try folder.run("decompress", "b.dcm.aec")
        #expect(run.status == 1)
        #expect(run.errorLines.count == 1)
        #expect(folder.contents == ["a.dcm", "a.dcm.aec", "b.dcm.aec"])
    }

    @Test(arguments: [SIGKILL, SIGTERM, SIGINT], [10, 60, 200, 500])
    func aStoppedProgramLeavesNothing(signal: Int32, milliseconds: Int) throws {
        let folder = try Folder()
        let image = Fixture.pgm(rows: 700, columns: 900, seed: 5)
        try folder.write(image, "a.pgm")
        let process = Process()
        process.executableURL = Program.executable
        process.arguments = ["compress", "--rm", "a.pgm"]
        process.currentDirectoryURL = folder.url
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        Thread.sleep(forTimeInterval: Double(milliseconds) / 1000)
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        if folder.exists("a.pgm") { #expect(try folder.bytes("a.pgm") == image) }
        if folder.exists("a.pgm.aec") {
            #expect(try folder.run("decompress", "-c", "a.pgm.aec").output == image)
        }
        #expect(folder.exists("a.pgm") || folder.exists("a.pgm.aec"))
        // File systems without nameless files may keep a hidden one after SIGKILL; none here.
        #expect(Set(folder.contents).isSubset(of: ["a.pgm", "a.pgm.aec"]))
    }
}
