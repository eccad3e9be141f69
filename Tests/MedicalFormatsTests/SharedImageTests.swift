// SPDX-License-Identifier: Apache-2.0
import Digest
import MedicalFormats
import Samples
import Testing

/// Every image of the shared collection, against digests made by pydicom and pylibjpeg.
@Suite(.enabled(if: SharedData.isPresent, SharedData.absence))
struct SharedImageTests {
    /// Files that must be refused, each with its reason.
    static let refused: [String: MedicalFileError] = [
        "conformance/1.2.840.10008.1.2.1-4.dcm": .bilevelPixels,
        "conformance/1.2.840.10008.1.2.1-5.dcm": .colorImage(
            samplesPerPixel: 3, photometricInterpretation: "RGB"),
        "conformance/1.2.840.10008.1.2.1-8.dcm": .floatingPointPixels(keyword: "FloatPixelData"),
        "conformance/1.2.840.10008.1.2.4.90-5.dcm": .truncatedPixelData(needed: 37972, available: 37964),
        "conformance/none-1.dcm": .noPixelData,
        "conformance/none-2.dcm": .noPixelData,
        "conformance/none-3.dcm": .unsupportedBitsAllocated(12),
    ]

    /// Digests of `dcmdjpeg` 3.6.7 where pylibjpeg's are none.
    ///
    /// The cosine transform of JPEG may be rounded in more than one way: the two differ by 1 here and there.
    /// Pylibjpeg has no decoder for .53 and .55.
    static let digestsOfDCMTK = [
        "conformance/1.2.840.10008.1.2.4.50-1.dcm":
            "61a9117dd2cb9f8a5b3c5f2add07fe3ccb8fb4dda4228db9c2a1c1e6b23e1641",
        "conformance/1.2.840.10008.1.2.4.51-1.dcm":
            "85e3b617e00dc755e55971bfe8770210f17d4909b17db5d71d2617e22254b3b9",
        "conformance/1.2.840.10008.1.2.4.51-2.dcm":
            "d30242775a414c01d616447854ebe3f2b20259822894bcd6891f879bcdcbf313",
        "conformance/1.2.840.10008.1.2.4.53-1.dcm":
            "85e3b617e00dc755e55971bfe8770210f17d4909b17db5d71d2617e22254b3b9",
        "conformance/1.2.840.10008.1.2.4.55-1.dcm":
            "85e3b617e00dc755e55971bfe8770210f17d4909b17db5d71d2617e22254b3b9",
    ]

    @Test(arguments: SharedData.images.filter { refused[$0.file] == nil })
    func samplesAndFileAreThoseOfTheSource(_ row: ImageRow) throws {
        let bytes = try SharedData.bytes(row.file)
        let file = try MedicalFile.read(bytes)
        #expect(file.lossyHistory == row.isLossy)
        var samples = file.samples
        if samples.format.bitsStored > row.bitsStored {
            // Overlays share the cells: whole cells are coded, and pydicom masks them.
            let format = SampleFormat(bitsStored: row.bitsStored, isSigned: false)
            let mask = format.range.upperBound
            samples = SampleArray(
                extent: samples.extent, format: format, values: samples.values.map { $0 & mask })
        }
        let digest = SHA256.hash(samples.canonicalBytes(0..<samples.extent.sampleCount))
        #expect(hexadecimal(digest) == Self.digestsOfDCMTK[row.file] ?? row.digest)

        guard file.source.format != .png else { return }
        let rebuilt = try file.source.rebuilt(from: [file.samples])
        #expect(SHA256.hash(rebuilt) == file.source.digest)
        if file.source.isByteExact {
            #expect(rebuilt == bytes)
        } else {
            #expect(try MedicalFile.read(rebuilt).samples == file.samples)
            #expect(try compareAttributes(bytes, rebuilt).isEmpty)
        }
    }

    @Test(arguments: refused.keys.sorted()) func unreadableFilesAreNamed(name: String) throws {
        let bytes = try SharedData.bytes(name)
        let error = try #require(Self.refused[name])
        #expect(throws: error) { try MedicalFile.read(bytes) }
    }
}
