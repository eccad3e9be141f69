// SPDX-License-Identifier: Apache-2.0
import MedicalFormats
import Samples
import Testing

/// Every recording against what wfdb, pyedflib and pydicom find in it.
@Suite struct ReferenceSignalTests {
    @Test(arguments: ExpectedSignal.names) func signalsAreThoseOfTheReference(name: String) throws {
        let expected = try #require(ExpectedSignal.all[name]).sorted()
        if expected.isEmpty {
            #expect(throws: SignalError.self) { try SignalFiles.read(name) }
            return
        }
        let recording = try SignalFiles.read(name)
        let found = recording.described.sorted()
        try #require(found.count == expected.count)
        for (found, expected) in zip(found, expected) {
            #expect(found.name == expected.name)
            #expect(found.sha256 == expected.sha256, "\(expected) but \(found)")
            if let gain = expected.gain { #expect(isNear(found.gain ?? 0, gain)) }
            if let baseline = expected.baseline { #expect(isNear(found.baseline ?? 0, baseline)) }
            if let units = expected.units { #expect(found.units == units) }
            if let rate = expected.rate { #expect(isNear(found.rate ?? 0, rate)) }
        }
        try recording.expectRestoration(of: name)
    }

    @Test(
        .enabled(
            if: SignalFiles.shared != nil,
            "SKIPPED: the shared recordings are absent; set AECODEC_SHARED to the folder that holds data/ecg")
    )
    func sharedRecordingsArePresent() { #expect(ExpectedSignal.names.contains { $0.hasPrefix("shared/") }) }

    private func isNear(_ found: Double, _ expected: Double) -> Bool {
        abs(found - expected) <= 1e-9 * max(1, abs(expected))
    }
}
