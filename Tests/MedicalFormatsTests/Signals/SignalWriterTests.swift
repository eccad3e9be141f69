// SPDX-License-Identifier: Apache-2.0
import MedicalFormats
import Samples
import Testing

/// What is written is read back with the same samples and meaning.
@Suite struct SignalWriterTests {
    private static func files(_ output: SignalWriter.Output) -> [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: output.files.map { ($0.name, $0.bytes) })
    }

    private static func read(_ output: SignalWriter.Output) throws -> Recording {
        try SignalReadingTests.read(output.files[0].name, output.files[0].bytes, files(output))
    }

    private static func rows(_ recording: Recording) -> [String: [Int]] {
        var rows: [String: [Int]] = [:]
        for group in recording.groups {
            for (index, signal) in group.signals.enumerated() {
                rows[signal.name, default: []] += group.row(index)
            }
        }
        return rows
    }

    @Test(arguments: SignalWriter.WFDBStorage.allCases) func recordsOfEveryStorage(
        storage: SignalWriter.WFDBStorage
    ) throws {
        let recording = try SignalFiles.read("Fixtures/wfdb/100_3chan.hea")
        let output = try SignalWriter.wfdb(recording, name: "copy", storage: storage)
        let again = try Self.read(output)
        #expect(Self.rows(again) == Self.rows(recording))
        #expect(again.notes.isEmpty)
        for (old, new) in zip(recording.groups[0].signals, again.groups[0].signals) {
            #expect(old.gain == new.gain && old.baseline == new.baseline && old.units == new.units)
            #expect(old.resolutionBits == new.resolutionBits && old.converterZero == new.converterZero)
        }
    }

    @Test func smallestStorageIsTaken() throws {
        let small = try SignalWriter.wfdb(SignalFiles.read("Fixtures/wfdb/100_3chan.hea"), name: "r")
        #expect(
            String(decoding: small.files[0].bytes, as: UTF8.self).contains(
                "r.dat 212 200(1024)/mV 11 1024 995"))
        let skewed = try SignalFiles.read("Fixtures/wfdb/test01_00s_skewframe.hea")
        let output = try SignalWriter.wfdb(skewed, name: "r")
        let header = String(decoding: output.files[0].bytes, as: UTF8.self)
        #expect(header.contains("r.dat 212:3 ") || header.contains("r.dat 16:3 "))
        #expect(Self.rows(try Self.read(output)) == Self.rows(skewed))
    }

    @Test func segmentsAndGapsAreWritten() throws {
        let recording = try SignalFiles.read("Fixtures/wfdb/041s/041s.hea")
        let output = try SignalWriter.wfdb(recording, name: "r")
        let again = try Self.read(output)
        #expect(again.spans.map(\.start) == recording.spans.map(\.start))
        #expect(Self.rows(again) == Self.rows(recording))
        #expect(again.notes == recording.notes)
        let gap = try SignalFiles.read("Fixtures/edf/gap.bdf")
        let gaps = try Self.read(SignalWriter.wfdb(gap, name: "r"))
        #expect(gaps.spans.map(\.start) == gap.spans.map(\.start))
        #expect(Self.rows(gaps) == Self.rows(gap))
    }

    /// A sample that means "missing" keeps its meaning, in the number of the new format.
    @Test func missingSamplesStayMissing() throws {
        let header = Array("r 1 250 4\nr.dat 212 200\n".utf8)
        let recording = try SignalReadingTests.read("r.hea", header, ["r.dat": [0, 0x08, 1, 2, 0x30, 4]])
        #expect(recording.groups[0].row(0) == [-2048, 1, 2, 772])
        let again = try Self.read(SignalWriter.wfdb(recording, name: "r", storage: .format16))
        #expect(again.groups[0].row(0) == [-32768, 1, 2, 772])
        let table = try SignalWriter.csv(again.groups[0], isPhysical: true)
        #expect(String(decoding: table, as: UTF8.self).contains("\nNaN\n0.005\n"))
    }

    @Test func samplesThatDoNotFitAreRefused() throws {
        let recording = try SignalFiles.read("Fixtures/wfdb/binformats.hea")
        #expect(throws: SignalError.self) { try SignalWriter.wfdb(recording, name: "r", storage: .format212) }
        #expect(throws: SignalError.self) { try SignalWriter.edf(recording, name: "r.edf") }
        #expect(throws: SignalError.self) { try SignalWriter.wfdb(recording, name: "../r") }
    }

    @Test(arguments: ["100_3chan", "test01_00s", "041s/041s01", "test01_00s_frame"])
    func recordsBecomeEDF(record: String) throws {
        let recording = try SignalFiles.read("Fixtures/wfdb/\(record).hea")
        for format in [SignalFormat.edf, .bdf] {
            let again = try Self.read(SignalWriter.edf(recording, format: format, name: "r.edf"))
            #expect(again.groups.map(\.rate) == recording.groups.map(\.rate))
            for (old, new) in zip(recording.groups, again.groups) {
                for (row, signal) in old.signals.enumerated() {
                    #expect(Array(new.row(row).prefix(old.samples.extent.columns)) == old.row(row))
                    #expect(abs(new.signals[row].gain - signal.gain) < signal.gain * 1e-4)
                    #expect(new.signals[row].name == signal.name && new.signals[row].units == signal.units)
                }
            }
        }
    }

    @Test func segmentsOfEqualSignalsAreOneGroup() throws {
        let recording = try SignalFiles.read("Fixtures/wfdb/041s/041s.hea")
        #expect(recording.groups.count == 2 && recording.spans.count == 2)
        let again = try Self.read(SignalWriter.edf(recording, name: "r.edf"))
        #expect(again.groups[0].samples.values == recording.groups[0].samples.values)
        #expect(again.spans.map(\.duration) == [16], "there is no time between them")
    }

    @Test func gapsOfEDFAreKept() throws {
        let recording = try SignalFiles.read("Fixtures/edf/gap.bdf")
        let again = try Self.read(SignalWriter.edf(recording, format: .bdf, name: "r.bdf"))
        #expect(again.spans == recording.spans)
        #expect(again.parts == recording.parts)
    }

    @Test func tablesOfStoredValuesComeBack() throws {
        let group = try SignalFiles.read("Fixtures/wfdb/100_3chan.hea").groups[0]
        let table = try SignalWriter.csv(group, isPhysical: false)
        let again = try SignalReadingTests.read("t.csv", table)
        #expect(again.groups[0].samples.values == group.samples.values)
        #expect(again.groups[0].rate == group.rate)
        #expect(again.groups[0].signals.map(\.name) == group.signals.map(\.name))
        let physical = try SignalReadingTests.read("t.csv", SignalWriter.csv(group, isPhysical: true))
        #expect(physical.groups[0].row(0).map { $0 / 5 + 1024 } == group.row(0))
        #expect(physical.groups[0].signals[0].units == "mV")
    }

    @Test func lateSignalsAreAlignedInTables() throws {
        let group = try SignalFiles.read("Fixtures/wfdb/test01_00s_skew.hea").groups[0]
        let again = try SignalReadingTests.read("t.csv", SignalWriter.csv(group, isPhysical: false))
        #expect(Array(again.groups[0].row(1).dropLast(3)) == Array(group.row(1).dropFirst(3)))
        #expect(again.groups[0].row(0) == group.row(0))
    }
}
