// SPDX-License-Identifier: Apache-2.0
import Digest
import MedicalFormats
import Samples
import TestSupport
import Testing

/// Damaged files give an error or samples that the damaged bytes are rebuilt from; they never trap.
@Suite struct HostileInputTests {
    static let files: [[UInt8]] = {
        let image = DICOMBuilder.Image(rows: 5, columns: 3)
        let base = "1.2.840.10008.1.2.4."
        let encapsulated = [
            ("80", Codestreams.jpegLS), ("70", Codestreams.jpegLosslessSV1), ("90", Codestreams.jpeg2000),
            ("201", Codestreams.htj2k),
        ].map { DICOMBuilder.encapsulated(base + $0, image, fragments: [$1]) }
        let lossy = DICOMBuilder.encapsulated(
            base + "50", DICOMBuilder.Image(rows: 8, columns: 8, bitsAllocated: 8, bitsStored: 8),
            fragments: [Codestreams.jpegBaseline])
        let runLength = DICOMBuilder.encapsulated(
            "1.2.840.10008.1.2.5", image,
            fragments: [DICOMBuilder.runLength(Codestreams.samples, cellBytes: 2)])
        let native = DICOMBuilder.Syntax.allCases.map { DICOMBuilder.native($0, image, cells: Array(0..<15)) }
        return native + encapsulated + [lossy, runLength, Array("P5\n# c\n3 2\n255\nabcdef".utf8)]
    }()

    @Test(arguments: files.indices, [1, 2] as [UInt64])
    func damagedFilesNeverTrap(index: Int, seed: UInt64) throws {
        let original = Self.files[index]
        var random = SplitMix64(seed: seed)
        for round in 0..<400 {
            var bytes = original
            switch round % 3 {
            case 0: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
            case 1:
                bytes[Int.random(in: bytes.indices, using: &random)] ^=
                    1 << UInt8.random(in: 0..<8, using: &random)
            default:
                for _ in 0..<8 {
                    // Past the preamble, where it matters.
                    let at = Int.random(in: min(132, bytes.count / 2)..<bytes.count, using: &random)
                    bytes[at] = UInt8.random(in: 0...255, using: &random)
                }
            }
            do {
                let file = try MedicalFile.read(bytes)
                let rebuilt = try file.source.rebuilt(from: [file.samples])
                #expect(SHA256.hash(rebuilt) == file.source.digest)
                if file.source.isByteExact { #expect(rebuilt == bytes) }
                if file.source.format == .dicom { _ = try? compareAttributes(bytes, original) }
            } catch is MedicalFileError {
                continue
            }
        }
    }
}
