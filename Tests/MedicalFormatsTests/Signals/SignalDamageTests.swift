// SPDX-License-Identifier: Apache-2.0
import Digest
import MedicalFormats
import Samples
import TestSupport
import Testing

/// Damaged recordings give an error, or samples and files that come back; they never trap.
@Suite struct SignalDamageTests {
    struct Specimen: Sendable, CustomTestStringConvertible {
        var name: String
        var files: [String: [UInt8]]
        var testDescription: String { name }
    }

    static let specimens: [Specimen] = {
        var specimens: [Specimen] = []
        let wfdb = "/wfdb/"
        for record in ["binformats", "flacformats", "311derive_3", "test01_00s_skewframe", "041s/041s"] {
            guard let recording = try? SignalFiles.read("Fixtures\(wfdb)\(record).hea") else { continue }
            var files: [String: [UInt8]] = [:]
            for member in recording.members {
                files[member.name] = SignalFiles.neighbor(member.name, of: "Fixtures\(wfdb)\(record).hea")
            }
            specimens.append(Specimen(name: recording.members[0].name, files: files))
        }
        for name in ["edf/two-rates.edf", "edf/gap.bdf", "scp/ECG_00000000_000000_ANON000001.SCP"] {
            let bytes = SignalFiles.bytes(SignalFiles.fixtures + "/" + name) ?? []
            let file = String(name.split(separator: "/")[1])
            specimens.append(Specimen(name: file, files: [file: bytes]))
        }
        for syntax in DICOMBuilder.Syntax.allCases {
            specimens.append(Specimen(name: "w.dcm", files: ["w.dcm": WaveformBuilder(syntax: syntax).file]))
        }
        specimens.append(Specimen(name: "a.xml", files: ["a.xml": Array(AnnotatedECGTests.document.utf8)]))
        specimens.append(
            Specimen(name: "t.csv", files: ["t.csv": Array("# c\nI (mV),II\n1.5,2.0\n-3.5,1e2\n".utf8)]))
        return specimens
    }()

    @Test(arguments: specimens, [1, 2] as [UInt64]) func damagedFilesNeverTrap(
        specimen: Specimen, seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        for round in 0..<100 {
            var files = specimen.files
            // Mostly the file that leads to the others.
            let names = files.keys.sorted()
            let victim = round % 4 == 3 ? names[Int.random(in: names.indices, using: &random)] : specimen.name
            files[victim] = damaged(files[victim] ?? [], round, &random)
            do {
                let recording = try SignalReadingTests.read(
                    specimen.name, files[specimen.name] ?? [], rate: "100", files)
                for member in recording.members {
                    let rebuilt = try member.source.rebuilt(from: recording.parts)
                    #expect(SHA256.hash(rebuilt) == member.source.digest)
                    if member.source.isByteExact { #expect(rebuilt == files[member.name]) }
                }
            } catch is SignalError {
                continue
            }
        }
    }

    private func damaged(_ bytes: [UInt8], _ round: Int, _ random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        guard bytes.count > 1 else { return bytes }
        // Where the header is.
        let head = min(bytes.count, round % 2 == 0 ? 1024 : .max)
        switch round % 5 {
        case 0: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
        case 1, 2:
            bytes[Int.random(in: 0..<head, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 3:
            // Digits make numbers that lie.
            let digits = bytes[0..<head].indices.filter { 0x30...0x39 ~= bytes[$0] }
            if let at = digits.randomElement(using: &random) {
                bytes[at] = UInt8.random(in: 0x30...0x39, using: &random)
            }
        default:
            for _ in 0..<8 {
                bytes[Int.random(in: 0..<head, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
        }
        return bytes
    }
}
