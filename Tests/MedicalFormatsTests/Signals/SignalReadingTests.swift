// SPDX-License-Identifier: Apache-2.0
import MedicalFormats
import Samples
import Testing

/// What no reference covers: made recordings, gaps, wrong statements.
@Suite struct SignalReadingTests {
    static func read(
        _ name: String, _ bytes: [UInt8], rate: String? = nil, _ others: [String: [UInt8]] = [:]
    ) throws -> Recording {
        var options = Recording.ReadingOptions()
        options.csvRate = rate
        return try Recording.read(name: name, bytes, options: options) { others[$0] }
    }

    static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// Every file comes back as it was.
    static func expectExact(_ recording: Recording, _ files: [String: [UInt8]]) throws {
        for member in recording.members {
            #expect(member.source.isByteExact)
            #expect(try member.source.rebuilt(from: recording.parts) == files[member.name])
        }
    }

    // WFDB

    @Test(arguments: ["\n", "\r\n"]) func headersMayHaveCommentsAndEitherLineEnd(end: String) throws {
        let header = Self.text(
            [
                "# before", "r 2 250 3", "r.dat 16+4 100(5)/uV 12 7 1 9 0 lead one", "", "r.dat 16+4",
                "# after", "",
            ]
            .joined(separator: end))
        let data: [UInt8] = [9, 9, 9, 9] + [1, 0, 2, 0, 3, 0, 4, 0, 0xFF, 0xFF, 6, 0]
        let recording = try Self.read("r.hea", header, ["r.dat": data])
        let group = recording.groups[0]
        #expect(group.row(0) == [1, 3, -1] && group.row(1) == [2, 4, 6])
        #expect(group.signals.map(\.name) == ["lead one", ""])
        #expect(
            group.signals[0].gain == 100 && group.signals[0].baseline == 5 && group.signals[0].units == "uV")
        #expect(group.signals[0].converterZero == 7 && group.signals[0].checksum == 9)
        #expect(
            group.signals[1].gain == 200 && group.signals[1].baseline == 0 && group.signals[1].units == "mV")
        #expect(recording.notes.count == 1, "3 is the sum, 9 is stated")
        try Self.expectExact(recording, ["r.hea": header, "r.dat": data])
    }

    @Test func shortFilesGiveTheFramesTheyHold() throws {
        let header = Self.text("r 1 250 10\nr.dat 212 200\n")
        let data: [UInt8] = [1, 0, 2, 3, 0]
        let recording = try Self.read("r.hea", header, ["r.dat": data])
        #expect(recording.groups[0].row(0) == [1, 2, 3])
        #expect(recording.notes.count == 1)
        try Self.expectExact(recording, ["r.hea": header, "r.dat": data])
    }

    @Test func longFilesKeepTheirRest() throws {
        let header = Self.text("r 1 250 2\nr.dat 16 200\n")
        let data = [UInt8](0..<20)
        let recording = try Self.read("r.hea", header, ["r.dat": data])
        #expect(recording.groups[0].row(0) == [0x0100, 0x0302])
        #expect(recording.notes.count == 1)
        try Self.expectExact(recording, ["r.hea": header, "r.dat": data])
    }

    @Test func gapsAreWhereNoSpanIs() throws {
        let files = [
            "m.hea": Self.text("m/5 1 100 600\nlay 0\na 100\n~ 300\nb 100\na 100\n"),
            "lay.hea": Self.text("lay 1 100 0\n~ 0 200 12 0 0 0 0 II\n"),
            "a.hea": Self.text("a 1 100 100\na.dat 16 200\n"),
            "b.hea": Self.text("b 1 100 100\nb.dat 80 100\n"),
            "a.dat": [UInt8](repeating: 1, count: 200), "b.dat": [UInt8](repeating: 1, count: 100),
        ]
        let recording = try Self.read("m.hea", #require(files["m.hea"]), files)
        #expect(recording.groups.count == 2)
        #expect(recording.spans.map(\.start) == [0, 4, 5])
        #expect(recording.spans.map { $0.pieces[0].group } == [0, 1, 0])
        #expect(recording.notes == ["flat throughout: signal 1"])
        try Self.expectExact(recording, files)
    }

    /// Dead and saturated leads are remarked on, and nothing else.
    @Test func signalsToLookAtAreNamed() throws {
        let header = Self.text(
            "r 3 250 3\nr.dat 80 200 8 0 0 0 0 dead\nr.dat 80 200 4 0 0 0 0 full\nr.dat 80 200 8 0 0 0 0 well\n"
        )
        let data: [UInt8] = [128, 128, 128, 128, 120, 129, 128, 130, 0]
        let notes = try Self.read("r.hea", header, ["r.dat": data]).notes
        #expect(notes.contains("flat throughout: dead"))
        #expect(notes.contains("at the end of the converter's range in places: full"))
    }

    @Test func annotatorsAreMembers() throws {
        var options = Recording.ReadingOptions()
        options.annotators = ["atr"]
        let files = [
            "r.hea": Self.text("r 1 250 2\nr.dat 16 200\n"), "r.dat": [1, 0, 2, 0], "r.atr": [7, 7, 7],
        ]
        let recording = try Recording.read(name: "r.hea", #require(files["r.hea"]), options: options) {
            files[$0]
        }
        #expect(recording.members.map(\.name) == ["r.hea", "r.dat", "r.atr"])
        try Self.expectExact(recording, files)
    }

    /// FLAC streams come back as plain formats with the same samples.
    @Test func compressedSignalsAreRestoredPlain() throws {
        let recording = try SignalFiles.read("Fixtures/wfdb/flacformats.hea")
        var files: [String: [UInt8]] = [:]
        for member in recording.members {
            files[member.name] = try member.source.rebuilt(from: recording.parts)
        }
        let again = try Self.read("flacformats.hea", #require(files["flacformats.hea"]), files)
        #expect(again.parts == recording.parts)
        #expect(again.groups.map(\.signals) == recording.groups.map(\.signals))
        #expect(again.notes == recording.notes.filter { !$0.hasPrefix("FLAC source") })
        try Self.expectExact(again, files)
    }

    // DICOM

    @Test(arguments: DICOMBuilder.Syntax.allCases) func waveformsAreCutInEveryByteOrder(
        syntax: DICOMBuilder.Syntax
    ) throws {
        let file = WaveformBuilder(syntax: syntax).file
        let recording = try Self.read("w.dcm", file)
        #expect(recording.groups.count == 2)
        for group in recording.groups {
            #expect(group.row(0) == [1, 3, 32767] && group.row(1) == [-2, -4, -32768])
            #expect(group.signals.map(\.name) == ["lead 0", "lead 1"])
            // 2.5 units a step, and 10 units at the stored value 0.
            #expect(group.signals[0].gain == 0.4 && group.signals[0].baseline == -4)
        }
        #expect(recording.isRebuiltFromSamples)
        try Self.expectExact(recording, ["w.dcm": file])
    }

    @Test(arguments: [("SB", [-1, 5]), ("UB", [255, 5])]) func waveformsMayHave8Bits(
        interpretation: String, values: [Int]
    ) throws {
        var builder = WaveformBuilder()
        (builder.interpretation, builder.bitsAllocated, builder.channels) = (interpretation, 8, 1)
        (builder.samples, builder.cells) = (2, [255, 5])
        let recording = try Self.read("w.dcm", builder.file)
        #expect(recording.groups[0].row(0) == values)
        try Self.expectExact(recording, ["w.dcm": builder.file])
    }

    // EDF

    @Test func contradictoryRangesGiveNoUnits() throws {
        var file = try #require(SignalFiles.bytes(SignalFiles.fixtures + "/edf/two-rates.edf"))
        // The first signal's physical maximum becomes its minimum.
        let count = 3
        let least = 256 + count * 104
        file.replaceSubrange(least + 8 * count..<least + 8 * count + 8, with: file[least..<least + 8])
        let recording = try Self.read("x.edf", file)
        #expect(recording.groups[0].signals[0].units == "" && recording.groups[0].signals[0].gain == 1)
        #expect(recording.notes.count == 1)
        try Self.expectExact(recording, ["x.edf": file])
    }

    // Tables

    @Test(arguments: [("I (mV),II\n", ","), ("", ";"), ("# c\n", "\t"), ("", " ")])
    func tablesHaveColumns(header: String, separator: String) throws {
        let lines = ["1.50", "-0.25"].map { "\($0)\(separator)0.00" }
        let file = Self.text(header + lines.joined(separator: "\n") + "\n")
        let recording = try Self.read("t.csv", file, rate: "250")
        #expect(recording.groups[0].row(0) == [150, -25] && recording.groups[0].row(1) == [0, 0])
        #expect(recording.groups[0].signals[0].gain == 100)
        if header.hasPrefix("I") { #expect(recording.groups[0].signals[0].units == "mV") }
        #expect(recording.isRebuiltFromSamples)
        try Self.expectExact(recording, ["t.csv": file])
    }

    /// Numbers that would be written in another way leave the file whole.
    @Test(arguments: [
        "1,2\n3,+4\n", "1,2\n 3,4\n", "1.0,2\n3,4\n", "01,2\n3,4", "1,2\n\n3,4\n", "1,2\r\n3,4\n5,6\n",
    ])
    func oddTablesAreKeptWhole(table: String) throws {
        let recording = try Self.read("t.csv", Self.text(table), rate: "250")
        #expect(!recording.isRebuiltFromSamples && recording.notes.count == 1)
        try Self.expectExact(recording, ["t.csv": Self.text(table)])
    }

    // SCP-ECG

    @Test(.enabled(if: SignalFiles.shared != nil)) func subtractedBeatsComeBack() throws {
        let recording = try SignalFiles.read("shared/scp/test.scp")
        let lead = recording.groups[0].row(0)
        // Fiducial points of beats with and without the reference beat: all are alike in height.
        for point in [254, 706, 1118, 1618, 2066, 2440] {
            let beat = lead[max(0, point - 60)..<point + 60]
            let height = Double((beat.max() ?? 0) - (beat.min() ?? 0)) / recording.groups[0].signals[0].gain
            #expect((1.2...1.5).contains(height), "millivolts at \(point)")
        }
    }

    @Test(.enabled(if: SignalFiles.shared != nil)) func plainSCPIsCut() throws {
        let recording = try SignalFiles.read("shared/scp/demo.scp")
        #expect(recording.isRebuiltFromSamples && recording.notes.isEmpty)
        try recording.expectRestoration(of: "shared/scp/demo.scp")
    }

    // Philips XML

    /// The same ECG as an aECG document, which its maker filtered on the way: values differ by a few steps.
    @Test(.enabled(if: SignalFiles.shared != nil)) func documentsOfPhilipsHoldTheSameECG() throws {
        let recording = try SignalFiles.read("shared/philips/ad4d3d80-d165_1-04_orig.xml")
        let other = try SignalFiles.read("shared/aecg/sierra_converted.xml")
        #expect(
            recording.groups[0].signals.map { $0.name.uppercased() } == other.groups[0].signals.map(\.name))
        #expect(recording.groups[0].rate == other.groups[0].rate)
        for row in 0..<12 {
            #expect(recording.groups[0].signals[row].gain == other.groups[0].signals[row].gain)
            let differences = zip(recording.groups[0].row(row), other.groups[0].row(row)).map { abs($0 - $1) }
            #expect(differences.count == 5500 && differences.max() ?? 0 < 12)
            #expect(differences.reduce(0, +) < differences.count)
        }
        try recording.expectRestoration(of: "shared/philips/ad4d3d80-d165_1-04_orig.xml")
        let older = try SignalFiles.read("shared/philips/129DYPRG.XML")
        let limb = (0..<3).map { older.groups[0].row($0) }
        let rests = (0..<5500).map { abs(limb[1][$0] - limb[0][$0] - limb[2][$0]) }
        // III is II - I but for rounding, and for a calibration pulse of 1 mV in all leads.
        #expect(rests.filter { $0 > 2 }.count < 200 && rests.max() == 200)
    }

    // Discontinuous EDF

    @Test(
        .enabled(if: SignalFiles.shared != nil),
        arguments: ["made_mitdb119_gaps.edf", "made_mitdb119_gaps.bdf"])
    func gapsOfEDFAreSpans(name: String) throws {
        let recording = try SignalFiles.read("shared/edf/" + name)
        // Data records 10 to 19 and 35 of a contiguous file were left out.
        #expect(recording.spans.map(\.start) == [0, 20, 36])
        #expect(recording.spans.map(\.duration) == [10, 15, 24])
        let whole = try SignalFiles.read("shared/edf/" + name.replacing("gaps", with: "60s"))
        for span in recording.spans {
            let start = Int(span.start) * 360
            let range = span.pieces[0].columns
            #expect(recording.groups[0].row(1)[range] == whole.groups[0].row(1)[start..<start + range.count])
        }
        try recording.expectRestoration(of: "shared/edf/" + name)
    }
}
