// SPDX-License-Identifier: Apache-2.0
import MedicalFormats
import Samples
import Testing

/// Recordings that must be refused, each for its reason.
@Suite struct SignalRefusalTests {
    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func expect(
        _ error: SignalError, _ name: String, _ bytes: [UInt8], rate: String? = nil,
        _ others: [String: [UInt8]] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(throws: error, sourceLocation: sourceLocation) {
            try SignalReadingTests.read(name, bytes, rate: rate, others)
        }
        #expect(!error.description.isEmpty)
    }

    /// Names that lead out of the folder are never looked up.
    @Test(arguments: ["../x.dat", "/etc/passwd", "a\\b", "..", "c:x", "a/b.dat"])
    func pathsInHeadersAreRefused(name: String) {
        #expect(throws: SignalError.unsafeName) {
            try Recording.read(name: "r.hea", Self.text("r 1 250 2\n\(name) 16 200\n")) { _ in
                Issue.record("a file was looked up")
                return nil
            }
        }
        // ".." is the beginning of a harmless name here.
        if name == ".." { return }
        #expect(throws: SignalError.unsafeName) {
            try Recording.read(name: "r.hea", Self.text("r/1 1 250 2\n\(name) 2\n")) { _ in
                Issue.record("a file was looked up")
                return nil
            }
        }
    }

    // swift-format-ignore
    private static let wrongHeaders: [(String, SignalError)] = [
        ("r 1 250 2\nr.dat 16 abc\n", .invalidHeader(.wfdb, field: "gain", line: 2)),
        ("r 1 250 2\nr.dat 16 nan/mV\n", .invalidHeader(.wfdb, field: "gain", line: 2)),
        ("r 1 250 2\nr.dat 16 200(x)/mV\n", .invalidHeader(.wfdb, field: "baseline", line: 2)),
        ("r 1 250 2\nr.dat 17 200\n", .unsupported(.wfdb, feature: "signal format 17")),
        ("r 1 250 2\nr.dat 16x0 200\n", .invalidHeader(.wfdb, field: "format", line: 2)),
        ("r 1 250 2\nr.dat 16:: 200\n", .invalidHeader(.wfdb, field: "format", line: 2)),
        ("r 2 250 2\nr.dat 16 200\n", .invalidHeader(.wfdb, field: "2 signals, 1 lines", line: 0)),
        ("r 2 250 2\nr.dat 16\nr.dat 212\n",
         .invalidHeader(.wfdb, field: "another format than the signal before it in the same file", line: 3)),
        ("r 3 250 2\nr.dat 16\ns.dat 16\nr.dat 16\n",
         .invalidHeader(.wfdb, field: "signals of one file do not stand together", line: 4)),
        ("r 1 250 2\nr.hea 16\n", .invalidHeader(.wfdb, field: "a file that belongs to something else", line: 2)),
        ("r 1 250 2\nmissing.dat 16\n", .missingFile(name: "missing.dat")),
        ("r 1 250 2\nempty.dat 16\n",
         .truncated(.wfdb, structure: "the first frame in empty.dat", needed: 1, available: 0)),
        ("r 1 250 2\nr.dat 16+9\n", .truncated(.wfdb, structure: "prologue of r.dat", needed: 9, available: 4)),
        ("r 1 250 2\nr.dat 516\n", .damagedSamples(.wfdb, structure: "FLAC stream")),
        ("r 0 250 2\n", .noSignals(.wfdb)),
        ("r 1 250 2\n~ 0\n", .noSignals(.wfdb)),
        ("r/2 1 250 4\nr 2\n", .invalidHeader(.wfdb, field: "number of segments", line: 1)),
        ("m/1 1 250 2\nm2 2\n", .unsupported(.wfdb, feature: "a segment that has segments")),
        ("r 1 250 99999999999999999\nr.dat 16\n", .invalidHeader(.wfdb, field: "number of samples", line: 1)),
    ]

    @Test(arguments: wrongHeaders.indices) func wrongHeadersAreNamed(index: Int) {
        let (header, error) = Self.wrongHeaders[index]
        Self.expect(
            error, "r.hea", Self.text(header),
            [
                "r.dat": [1, 0, 2, 0], "s.dat": [1, 0, 2, 0], "empty.dat": [],
                "m2.hea": Self.text("m2/1 1 250 2\nr 2\n"),
            ])
    }

    @Test(
        arguments: [
            ("1,2\nNaN,3\n", .invalidNumber(line: 2, column: 1)),
            ("1,2\n3\n", .invalidNumber(line: 2, column: 2)),
            ("1,2\n3,4,5\n", .invalidNumber(line: 2, column: 3)),
            ("1,2\n3,\n", .invalidNumber(line: 2, column: 2)),
            ("1\n9999999999\n", .invalidNumber(line: 2, column: 1)),
            ("1\ninf\n", .invalidNumber(line: 2, column: 1)),
            ("a,b\n1\n", .invalidHeader(.csv, field: "2 names, 1 columns", line: 2)), ("", .noSignals(.csv)),
            ("a,b\n", .noSignals(.csv)), ("time\n1\n2\n", .noSignals(.csv)),
        ] as [(String, SignalError)])
    func tablesWithoutNumbersAreNamed(table: String, error: SignalError) {
        Self.expect(error, "t.csv", Self.text(table), rate: "100")
    }

    @Test func tablesNeedARate() {
        Self.expect(.unsupported(.csv, feature: "a table without a sampling rate"), "t.csv", Self.text("1\n"))
        Self.expect(
            .invalidHeader(.csv, field: "sampling rate", line: 0), "t.csv", Self.text("1\n"), rate: "0")
    }

    @Test func waveformsThatAreNotReadAreNamed() {
        var builder = WaveformBuilder()
        builder.interpretation = "MB"
        Self.expect(.unsupported(.dicom, feature: "µ-law samples (MB)"), "w.dcm", builder.file)
        builder = WaveformBuilder(samples: 4)
        Self.expect(
            .truncated(.dicom, structure: "waveform data", needed: 16, available: 12), "w.dcm", builder.file)
        builder = WaveformBuilder(samples: 0xFFFF_FFFF)
        #expect(throws: SignalError.self) { try SignalReadingTests.read("w.dcm", builder.file) }
        builder = WaveformBuilder(frequency: "0")
        Self.expect(.invalidHeader(.dicom, field: "SamplingFrequency", line: 0), "w.dcm", builder.file)
        builder = WaveformBuilder(definitions: 1)
        Self.expect(
            .invalidHeader(.dicom, field: "ChannelDefinitionSequence", line: 0), "w.dcm", builder.file)
        builder = WaveformBuilder(sensitivity: "0")
        Self.expect(.invalidHeader(.dicom, field: "ChannelSensitivity", line: 0), "w.dcm", builder.file)
        builder = WaveformBuilder(bitsAllocated: 8)
        Self.expect(.invalidHeader(.dicom, field: "WaveformBitsAllocated", line: 0), "w.dcm", builder.file)
    }

    @Test func otherFilesAreNoRecordings() {
        Self.expect(.unrecognizedFormat, "x.bin", [0, 1, 2, 3])
        Self.expect(.unrecognizedFormat, "x.dcm", DICOMBuilder.native(cells: Array(0..<15)))
        Self.expect(
            .invalidHeader(.scp, field: "the pointer section", line: 0), "x.scp",
            [UInt8](repeating: 1, count: 99))
    }
}
