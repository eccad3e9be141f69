// SPDX-License-Identifier: Apache-2.0
import MedicalFormats
import Samples
import Testing

/// Files that lie about their size, or whose checksums are wrong: what is there is read, the bytes come back.
@Suite struct LyingHeaderTests {
    private static func fixture(_ name: String) throws -> [UInt8] {
        try #require(SignalFiles.bytes(SignalFiles.fixtures + "/" + name))
    }

    /// A field of an EDF header with another text.
    private static func edf(_ offset: Int, _ text: String, width: Int = 8) throws -> [UInt8] {
        var file = try fixture("edf/two-rates.edf")
        let field = Array(text.utf8) + [UInt8](repeating: 0x20, count: width - text.utf8.count)
        file.replaceSubrange(offset..<offset + width, with: field)
        return file
    }

    @Test(arguments: [("-1", 500), ("3", 300), ("9999", 500)])
    func dataRecordsAreThoseThatAreThere(stated: String, columns: Int) throws {
        let file = try Self.edf(236, stated)
        let recording = try SignalReadingTests.read("x.edf", file)
        #expect(recording.groups[0].samples.extent.columns == columns)
        #expect(recording.notes.count == 1)
        try SignalReadingTests.expectExact(recording, ["x.edf": file])
    }

    @Test func aCutDataRecordIsKept() throws {
        let file = Array(try Self.fixture("edf/two-rates.edf").dropLast(100))
        let recording = try SignalReadingTests.read("x.edf", file)
        #expect(recording.groups[0].samples.extent.columns == 400)
        try SignalReadingTests.expectExact(recording, ["x.edf": file])
    }

    @Test func headersThatCannotBeTrueAreNamed() throws {
        let cases: [([UInt8], SignalError)] = [
            (try Self.edf(184, "512"), .invalidHeader(.edf, field: "length of the header", line: 0)),
            (try Self.edf(244, "0"), .invalidHeader(.edf, field: "duration of a data record", line: 0)),
            (try Self.edf(244, "-1"), .invalidHeader(.edf, field: "duration of a data record", line: 0)),
            (try Self.edf(236, "0"), .noSignals(.edf)),
            (try Self.edf(236, "many"), .invalidHeader(.edf, field: "number of data records", line: 0)),
            (
                try Self.edf(252, "9999", width: 4),
                .truncated(.edf, structure: "the header", needed: 2_560_000, available: 3094)
            ),
            (
                Array(try Self.fixture("edf/two-rates.edf").prefix(1024)),
                .truncated(.edf, structure: "the first data record", needed: 414, available: 0)
            ),
        ]
        for (file, error) in cases {
            #expect(throws: error) { try SignalReadingTests.read("x.edf", file) }
        }
    }

    @Test func wrongChecksumsOfSCPAreNoted() throws {
        var file = try Self.fixture("scp/ECG_00000000_000000_ANON000001.SCP")
        let recording = try SignalReadingTests.read("x.scp", file)
        file[0] ^= 1
        let wrong = try SignalReadingTests.read("x.scp", file)
        #expect(wrong.parts == recording.parts)
        #expect(wrong.notes.count == recording.notes.count + 1)
        try SignalReadingTests.expectExact(wrong, ["x.scp": file])
    }

    @Test func sectionsOutsideTheFileAreNamed() throws {
        var file = try Self.fixture("scp/ECG_00000000_000000_ANON000001.SCP")
        // The length of section 6 in the pointer section.
        file[22 + 6 * 10 + 5] = 0x7F
        #expect(throws: SignalError.self) { try SignalReadingTests.read("x.scp", file) }
    }

    /// The sum of the samples in a WFDB header, signed or not, is compared modulo 65536.
    @Test(arguments: [("3", 0), ("65539", 0), ("-65533", 0), ("4", 1)])
    func checksumsAreCompared(stated: String, notes: Int) throws {
        let header = SignalReadingTests.text("r 1 250 2\nr.dat 16 200 12 0 1 \(stated) 0 I\n")
        let recording = try SignalReadingTests.read("r.hea", header, ["r.dat": [1, 0, 2, 0]])
        #expect(recording.notes.count == notes)
        try SignalReadingTests.expectExact(recording, ["r.hea": header, "r.dat": [1, 0, 2, 0]])
    }
}
