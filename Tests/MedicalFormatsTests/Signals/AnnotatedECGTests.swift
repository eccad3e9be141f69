// SPDX-License-Identifier: Apache-2.0
import MedicalFormats
import Samples
import Testing

/// HL7 aECG: what stands in the document, and its text put back.
@Suite struct AnnotatedECGTests {
    /// Two sequence sets, the second ten seconds later and with odd white space.
    static let document = """
        <?xml version="1.0" encoding="UTF-8"?>
        <AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
        <component><series><component><sequenceSet>
        <component><sequence><code code="TIME_ABSOLUTE"/>
        <value xsi:type="GLIST_TS"><head value="20250228235955.5"/><increment value="2" unit="ms"/></value></sequence></component>
        <component><sequence><code code="MDC_ECG_LEAD_I"/><value xsi:type="SLIST_PQ"><origin value="5" unit="uV"/>
        <scale value="2.5" unit="uV"/><digits> 1 -2 3
        </digits></value></sequence></component>
        <component><sequence><code code="MDC_ECG_LEAD_aVR"/><value xsi:type="SLIST_PQ"><origin value="0" unit="uV"/>
        <scale value="2.5" unit="uV"/><digits>32767 -32768 0</digits></value></sequence></component>
        </sequenceSet></component>
        <component><sequenceSet>
        <component><sequence><code code="TIME_ABSOLUTE"/>
        <value xsi:type="GLIST_TS"><head value="20250301000005.500"/><increment value="0.002" unit="s"/></value></sequence></component>
        <component><sequence><code code="MDC_ECG_LEAD_I"/><value xsi:type="SLIST_PQ"><origin value="0" unit="uV"/>
        <scale value="5" unit="uV"/><digits>SAMPLES</digits></value></sequence></component>
        </sequenceSet></component></series></component></AnnotatedECG>

        """.replacing("SAMPLES", with: "7 8 9")

    @Test func setsAreGroups() throws {
        let file = Array(Self.document.utf8)
        let recording = try SignalReadingTests.read("a.xml", file)
        #expect(recording.groups.map { $0.row(0) } == [[1, -2, 3], [7, 8, 9]])
        #expect(recording.groups[0].row(1) == [32767, -32768, 0])
        #expect(recording.groups.map(\.rate) == [SamplingRate(500), SamplingRate(500)])
        let signal = recording.groups[0].signals[0]
        #expect(signal.name == "I" && signal.units == "uV" && signal.gain == 0.4 && signal.baseline == -2)
        #expect(recording.spans.map(\.start) == [0, 10])
        #expect(recording.isRebuiltFromSamples)
        try SignalReadingTests.expectExact(recording, ["a.xml": file])
    }

    @Test func oddTextIsKeptWhole() throws {
        let file = Array(Self.document.replacing("7 8 9", with: "7  8 +9").utf8)
        let recording = try SignalReadingTests.read("a.xml", file)
        #expect(recording.groups[1].row(0) == [7, 8, 9])
        #expect(!recording.isRebuiltFromSamples && recording.notes.count == 1)
        try SignalReadingTests.expectExact(recording, ["a.xml": file])
    }

    @Test(arguments: [
        ("7 8 9", "7 x 9", SignalError.invalidNumber(line: 16, column: 2)),
        (
            "\"5\" unit=\"uV\"/><digits>", "\"0\" unit=\"uV\"/><digits>",
            .invalidHeader(.annotatedECG, field: "the scale of a sequence", line: 0)
        ),
        (
            "unit=\"ms\"", "unit=\"m\"",
            .invalidHeader(.annotatedECG, field: "a sequence set without a time step", line: 0)
        ),
        ("</AnnotatedECG>", "", .invalidHeader(.annotatedECG, field: "no well-formed XML", line: 0)),
        (
            "<digits>7", "<digits>7 <!-- and -->",
            .unsupported(.annotatedECG, feature: "samples with other things between them")
        ),
        (
            "<AnnotatedECG", "<!DOCTYPE a [<!ENTITY b 'c'>]><AnnotatedECG",
            .invalidHeader(.annotatedECG, field: "no well-formed XML", line: 0)
        ),
        ("</series>", "</serious>", .invalidHeader(.annotatedECG, field: "no well-formed XML", line: 0)),
    ]) func wrongDocumentsAreNamed(old: String, new: String, error: SignalError) {
        let file = Array(Self.document.replacing(old, with: new).utf8)
        #expect(throws: error) { try SignalReadingTests.read("a.xml", file) }
    }
}
