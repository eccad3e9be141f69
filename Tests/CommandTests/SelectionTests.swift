// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// `decompress --region`, `--reduce` and `--partial`: parts of archives.
@Suite struct SelectionTests {
    /// A folder with `a.dcm` and its lossy archive.
    private static func folder() throws -> Folder {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/breast.dcm"), "a.dcm")
        let run = try folder.run("compress", "-q", "--quality", "55", "a.dcm")
        try #require(run.status == 0, "\(run.errors)")
        return folder
    }

    /// Columns, rows and 16-bit samples of a PGM file.
    private static func pgm(_ data: Data) throws -> (columns: Int, rows: Int, samples: [UInt16]) {
        let header = try #require(
            String(decoding: data.prefix(40), as: UTF8.self).prefixMatch(
                of: /P5\n([0-9]+) ([0-9]+)\n[0-9]+\n/))
        let columns = try #require(Int(header.1))
        let rows = try #require(Int(header.2))
        let bytes = data.suffix(2 * columns * rows)
        let first = bytes.startIndex
        let samples = (0..<columns * rows).map {
            UInt16(bytes[first + 2 * $0]) << 8 | UInt16(bytes[first + 2 * $0 + 1])
        }
        return (columns, rows, samples)
    }

    @Test func regionsAndReductionsAreWritten() throws {
        let folder = try Self.folder()
        #expect(try folder.run("decompress", "a.dcm.aec", "-o", "whole.pgm").status == 0)
        let whole = try Self.pgm(folder.bytes("whole.pgm"))
        #expect(
            try folder.run("decompress", "a.dcm.aec", "--region", "300,200,70,31", "-o", "region.pgm").status
                == 0
        )
        let region = try Self.pgm(folder.bytes("region.pgm"))
        #expect(region.columns == 70 && region.rows == 31)
        for row in 0..<31 {
            let start = (200 + row) * whole.columns + 300
            #expect(region.samples[70 * row..<70 * row + 70] == whole.samples[start..<start + 70])
        }
        #expect(try folder.run("decompress", "a.dcm.aec", "--reduce", "3", "-o", "small.pgm").status == 0)
        let small = try Self.pgm(folder.bytes("small.pgm"))
        #expect(small.columns == (whole.columns + 7) / 8 && small.rows == (whole.rows + 7) / 8)
        // It is the same picture: means agree.
        let means = [whole.samples, small.samples].map { samples in
            samples.reduce(0.0) { $0 + Double($1) } / Double(samples.count)
        }
        #expect(abs(means[0] - means[1]) < 0.02 * means[0])
    }

    @Test(arguments: ["--region 0,0,9", "--region 1,1,0,1", "--region -1,0,5,5", "--reduce 40"])
    func nonsenseIsRefused(words: String) throws {
        let folder = try Folder()
        let run = try Program.run(
            ["decompress", "a.aec", "-o", "a.pgm"] + words.split(separator: " ").map(String.init),
            in: folder.url)
        #expect(run.status == 64)
    }

    @Test func whatTheArchiveLacksIsSaid() throws {
        let folder = try Self.folder()
        let far = try folder.run("decompress", "a.dcm.aec", "--region", "0,0,99999,1", "-o", "x.pgm")
        #expect(far.status == 1 && far.errors.contains("the region is not inside the image"))
        let deep = try folder.run("decompress", "a.dcm.aec", "--reduce", "9", "-o", "x.pgm")
        #expect(deep.status == 1 && deep.errors.contains("the archive holds 1 to 6"))
        let dicom = try folder.run("decompress", "a.dcm.aec", "--region", "0,0,9,9")
        #expect(dicom.status == 64 && dicom.errors.contains("'--region' needs '--format pgm'"))
        let named = try folder.run("decompress", "a.dcm.aec", "--reduce", "1", "-o", "x.dcm")
        #expect(named.status == 64)
        #expect(!folder.exists("x.pgm") && !folder.exists("x.dcm"))
        try folder.write(try Fixture.bytes("breast/breast.dcm"), "b.dcm")
        #expect(try folder.run("compress", "-q", "--single-layer", "b.dcm").status == 0)
        let exact = try folder.run("decompress", "b.dcm.aec", "--reduce", "1", "-o", "x.pgm")
        #expect(exact.status == 1 && exact.errors.contains("no base to take reduced pictures from"))
        #expect(
            try folder.run("decompress", "b.dcm.aec", "--region", "5,6,7,8", "-o", "y.pgm").status == 0)
    }

    @Test func truncatedArchivesGiveWhatTheyHold() throws {
        let folder = try Self.folder()
        let bytes = try folder.bytes("a.dcm.aec")
        // The record of the source and the end are gone, the groups are there.
        let report = try InfoReport(folder.run("info", "--json", "a.dcm.aec").output)
        let kept = try #require((report.object["source"] as? [String: Any])?["packedBytes"] as? Int)
        try folder.write(bytes.prefix(bytes.count - kept), "cut.aec")
        let plain = try folder.run("decompress", "cut.aec", "-o", "cut.pgm")
        #expect(plain.status == 1 && !folder.exists("cut.pgm"))
        let partial = try folder.run("decompress", "--partial", "cut.aec", "-o", "cut.pgm")
        #expect(partial.status == 0 && partial.errors.contains("the archive is truncated"))
        #expect(try folder.run("decompress", "a.dcm.aec", "-o", "whole.pgm").status == 0)
        #expect(try folder.bytes("cut.pgm") == folder.bytes("whole.pgm"))
        #expect(try folder.run("decompress", "--partial", "cut.aec", "-o", "cut.dcm").status == 64)
        // Nothing is left but the start: gray, but the right size.
        try folder.write(bytes.prefix(400), "start.aec")
        #expect(try folder.run("decompress", "--partial", "start.aec", "-o", "start.pgm").status == 0)
        #expect(try folder.bytes("start.pgm").count == folder.bytes("whole.pgm").count)
        // A whole archive is no special case.
        #expect(try folder.run("decompress", "--partial", "a.dcm.aec", "-o", "all.pgm").errors.isEmpty)
        #expect(try folder.bytes("all.pgm") == folder.bytes("whole.pgm"))
    }
}
