// SPDX-License-Identifier: Apache-2.0
import Digest
import MedicalFormats
import Samples
import Testing

/// Every image of the shared collection, against digests made by pydicom and pylibjpeg.
@Suite(.enabled(if: SharedData.isPresent, SharedData.absence))
struct SharedImageTests {
    @Test(arguments: SharedData.images)
    func samplesAndFileAreThoseOfTheSource(_ row: ImageRow) throws {
        let bytes = try SharedData.bytes(row.file)
        let file: MedicalFile
        do {
            file = try MedicalFile.read(bytes)
        } catch {
            print("REFUSED", row.file, row.shape, error)
            return
        }
        print(
            "READ", row.file, file.samples.extent, file.samples.format, file.notes, file.lossyHistory,
            row.isLossy)
        let digest = SHA256.hash(file.samples.canonicalBytes(0..<file.samples.extent.sampleCount))
        #expect(hexadecimal(digest) == row.digest)
        guard file.source.format != .png else { return }
        let rebuilt = try file.source.rebuilt(from: [file.samples])
        #expect(SHA256.hash(rebuilt) == file.source.digest)
        if file.source.isByteExact { #expect(rebuilt == bytes) }
    }
}
