// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// `compress --max-error`: what is kept, said and derived.
@Suite struct BoundedTests {
    @Test(arguments: [1, 4, 300]) func boundsAreKept(bound: Int) throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/small.dcm"), "a.dcm")
        let run = try folder.run("compress", "a.dcm", "--max-error", "\(bound)")
        #expect(run.status == 0 && run.output.isEmpty)
        #expect(run.errors.contains("a.dcm: the archive is bounded: PSNR "), "\(run.errors)")

        let report = try InfoReport(folder.run("info", "--json", "a.dcm.aec").output)
        let part = try #require(report.parts.first)
        #expect(part["mode"] as? String == "bounded")
        #expect(part["target"] as? String == "max-error")
        #expect(part["targetValue"] as? Double == Double(bound))
        let error = try #require(part["maximumError"] as? Int)
        #expect((1...bound).contains(error))
        #expect(try folder.run("verify", "a.dcm.aec").text.contains(": bounded, PSNR "))
        let comparison = try folder.run("compare", "a.dcm", "a.dcm.aec")
        #expect(comparison.status == 1 && comparison.text.contains("maximum error: \(error)\n"))
    }

    /// What a DICOM file becomes says so.
    @Test func theRestoredFileIsDerived() throws {
        let folder = try Folder()
        try folder.write(try Fixture.bytes("breast/small.dcm"), "a.dcm")
        #expect(try folder.run("compress", "a.dcm", "--max-error", "2", "-q").status == 0)
        #expect(try folder.run("decompress", "a.dcm.aec", "-o", "b.dcm").status == 0)
        let text = String(decoding: try folder.bytes("b.dcm"), as: UTF8.self)
        for word in ["DERIVED", "AECODEC", "aecodec bounded, PSNR "] {
            #expect(text.contains(word), "\(word)")
        }
        let changed = try folder.run("compare", "a.dcm", "b.dcm").text
        #expect(changed.contains("SOPInstanceUID differs"))
        #expect(changed.contains("LossyImageCompression"))
        #expect(try folder.run("compare", "a.dcm.aec", "b.dcm").text.contains("PSNR: identical"))
    }

    @Test(
        arguments: [
            ["--max-error", "0"], ["--max-error", "16777217"], ["--max-error", "1.5"],
            ["--max-error", "2", "--psnr", "50"], ["--max-error", "2", "--rm"],
        ])
    func wrongRequestsAreRefused(_ words: [String]) throws {
        let folder = try Folder()
        try folder.write(Fixture.pgm(rows: 4, columns: 4, seed: 1), "a.pgm")
        #expect(try Program.run(["compress", "a.pgm"] + words, in: folder.url).status == 64)
        #expect(folder.contents == ["a.pgm"])
    }
}
