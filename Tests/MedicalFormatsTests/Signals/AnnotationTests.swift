// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import MedicalFormats
import Samples
import TestSupport
import Testing

/// Annotation files of WFDB: against what wfdb finds in them, and damaged ones.
@Suite struct AnnotationTests {
    /// What wfdb found in a file. (Scripts/signal-expectations)
    struct Expected: Decodable {
        var count: Int
        var rate: Double
        var sha256: String
    }

    static let expected: [String: Expected] = {
        let bytes = SignalFiles.bytes(SignalFiles.fixtures + "/annotations.json") ?? []
        return (try? JSONDecoder().decode([String: Expected].self, from: Data(bytes))) ?? [:]
    }()

    /// Files by folder; one case for each keeps the list of cases short.
    static let folders = Dictionary(grouping: expected.keys) { $0[..<($0.lastIndex(of: "/") ?? $0.endIndex)] }

    @Test(arguments: folders.keys.map(String.init).sorted())
    func annotationsAreThoseOfTheReference(folder: String) throws {
        guard folder.hasPrefix("Fixtures/") || SignalFiles.shared != nil else { return }
        for name in try #require(Self.folders[folder[...]]) {
            let expected = try #require(Self.expected[name])
            let path = try #require(SignalFiles.path(name))
            let found = try WFDBAnnotations(#require(SignalFiles.bytes(path), "\(name) is missing"))
            #expect(found.annotations.count == expected.count, "\(name)")
            if let rate = found.rate { #expect(rate.hertz == expected.rate) }
            var bytes: [UInt8] = []
            for annotation in found.annotations {
                let numbers = [
                    annotation.time, annotation.code, annotation.subtype, annotation.channel,
                    annotation.number,
                ]
                bytes += numbers.flatMap { littleEndian(Int32(truncatingIfNeeded: $0)) } + annotation.note
            }
            #expect(hexadecimal(SHA256.hash(bytes)) == expected.sha256, "\(name)")
        }
    }

    @Test(.enabled(if: SignalFiles.shared != nil, "SKIPPED: the shared recordings are absent"))
    func sharedAnnotationsArePresent() throws {
        #expect(try SignalFiles.bytes(#require(SignalFiles.path("unpacked/mitdb/217.atr"))) != nil)
    }

    private func made() throws -> [UInt8] {
        try #require(SignalFiles.bytes(SignalFiles.fixtures + "/wfdb/made.atr"))
    }

    /// Times come in instants of the record, beats by class, flutter as times from "[" to "]".
    @Test func beatsAndFlutterAreInInstantsOfTheRecord() throws {
        let found = try WFDBAnnotations(made())
        let rate = try #require(SamplingRate(360))
        let beats = found.beats(recordRate: rate)
        #expect(beats.map(\.time) == [39, 185, 750, 250_000, 250_062])
        #expect(beats.map(\.kind) == [.normal, .ventricular, .normal, .fusion, .normal])
        #expect(found.flutter(recordRate: rate) == [750...35000])
        #expect(found.annotations[2].number == 5 && found.annotations[2].channel == 1)
        #expect(found.annotations[0].note == Array("(N".utf8))
    }

    /// A file that ends early, at any byte, is read to there or refused with a sentence; never more than that.
    @Test func cutFilesAreRefusedOrShort() throws {
        let bytes = try made()
        let all = try WFDBAnnotations(bytes).annotations
        for count in bytes.indices {
            let found: WFDBAnnotations
            do throws(SignalError) {
                found = try WFDBAnnotations(Array(bytes[..<count]))
            } catch {
                guard case .truncated(.wfdb, _, let needed, let available) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(needed > available)
                continue
            }
            #expect(found.annotations.count <= all.count)
        }
    }

    /// Random bytes are read or refused.
    @Test func anythingIsReadOrRefused() {
        var random = SplitMix64(seed: 9)
        for _ in 0..<500 {
            let bytes = (0..<200).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            if let found = try? WFDBAnnotations(bytes) { #expect(found.annotations.count <= 100) }
        }
    }
}
