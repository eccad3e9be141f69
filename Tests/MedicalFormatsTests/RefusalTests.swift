// SPDX-License-Identifier: Apache-2.0
import MedicalFormats
import Testing

/// Every reason to refuse a DICOM file has its own error.
@Suite struct RefusalTests {
    typealias Image = DICOMBuilder.Image

    @Test(
        arguments: [
            (
                Image(samplesPerPixel: 3, photometric: "RGB"),
                .colorImage(samplesPerPixel: 3, photometricInterpretation: "RGB")
            ),
            (
                Image(photometric: "PALETTE COLOR"),
                .colorImage(samplesPerPixel: 1, photometricInterpretation: "PALETTE COLOR")
            ),
            (Image(photometric: nil), .missingAttribute(keyword: "PhotometricInterpretation")),
            (Image(bitsAllocated: 1, bitsStored: 1), .bilevelPixels),
            (Image(bitsAllocated: 12), .unsupportedBitsAllocated(12)),
            (Image(bitsAllocated: 32, bitsStored: 32), .unsupportedBitsAllocated(32)),
            (Image(rows: nil), .missingAttribute(keyword: "Rows")),
            (Image(columns: nil), .missingAttribute(keyword: "Columns")),
            (Image(rows: 0), .invalidAttribute(keyword: "Rows", value: 0)),
            (Image(columns: 0), .invalidAttribute(keyword: "Columns", value: 0)),
            (Image(bitsAllocated: nil), .missingAttribute(keyword: "BitsAllocated")),
            (Image(bitsStored: nil), .missingAttribute(keyword: "BitsStored")),
            (Image(bitsStored: 17), .invalidAttribute(keyword: "BitsStored", value: 17)),
            (Image(bitsStored: 12, highBit: 16), .invalidAttribute(keyword: "HighBit", value: 16)),
            (Image(pixelRepresentation: nil), .missingAttribute(keyword: "PixelRepresentation")),
            (Image(pixelRepresentation: 2), .invalidAttribute(keyword: "PixelRepresentation", value: 2)),
            (Image(frames: "0"), .invalidAttribute(keyword: "NumberOfFrames", value: 0)),
            (Image(frames: "x"), .invalidAttribute(keyword: "NumberOfFrames", value: 0)),
            (
                Image(rows: 65535, columns: 65535, frames: "2147483647"),
                .tooManySamples(count: 65535 * 65535 * 2_147_483_647, limit: 1 << 30)
            ),
            (Image(rows: 4), .truncatedPixelData(needed: 40, available: 30)),
            (Image(frames: "2"), .truncatedPixelData(needed: 60, available: 30)),
        ] as [(Image, MedicalFileError)])
    func unreadableImagesAreNamed(image: Image, error: MedicalFileError) {
        var image = image
        image.highBit = image.highBit ?? 11
        if image.bitsAllocated == 1 || image.bitsStored == 17 { image.highBit = nil }
        let bytes = DICOMBuilder.native(.explicit, image, cells: Array(0..<15))
        #expect(throws: error) { try MedicalFile.read(bytes) }
    }

    @Test(arguments: [
        ("1.2.840.10008.1.2.4.100", "MPEG-2 Main Profile"), ("1.2.840.10008.1.2.4.110", "JPEG XL Lossless"),
        ("1.2.840.10008.1.2.4.92", "JPEG 2000 Part 2 Multi-component Lossless"),
        ("1.2.840.113619.5.2", "GE Private Implicit VR with Big Endian Pixels"), ("1.2.3", ""),
    ])
    func unsupportedTransferSyntaxesAreNamed(uid: String, name: String) {
        let bytes = DICOMBuilder.encapsulated(uid, Image(), fragments: [[1, 2]])
        let error = MedicalFileError.unsupportedTransferSyntax(uid: uid, name: name)
        #expect(throws: error) { try MedicalFile.read(bytes) }
        #expect(error.description.contains(uid) && error.description.contains(name))
    }

    @Test func filesWithoutPixelsAreNamed() {
        var dataset = DICOMBuilder()
        dataset.identify()
        dataset.describe(Image())
        let bytes = DICOMBuilder.file("1.2.840.10008.1.2.1", dataset.bytes)
        #expect(throws: MedicalFileError.noPixelData) { try MedicalFile.read(bytes) }
        dataset.element(0x7FE0, 0x08, "OF", [0, 0, 0, 0])
        let floating = DICOMBuilder.file("1.2.840.10008.1.2.1", dataset.bytes)
        #expect(throws: MedicalFileError.floatingPointPixels(keyword: "FloatPixelData")) {
            try MedicalFile.read(floating)
        }
        var directory = DICOMBuilder()
        directory.text(0x04, 0x1130, "CS", "DISK")
        let bytesOfDirectory = DICOMBuilder.file("1.2.840.10008.1.2.1", directory.bytes)
        #expect(throws: MedicalFileError.dicomDirectory) { try MedicalFile.read(bytesOfDirectory) }
        #expect(throws: MedicalFileError.unrecognizedFormat) { try MedicalFile.read([]) }
        #expect(throws: MedicalFileError.unrecognizedFormat) {
            try MedicalFile.read(Array("hello, world".utf8))
        }
    }

    @Test func encapsulationMustMatchTheTransferSyntax() {
        let native = DICOMBuilder.native(.explicit, cells: Array(0..<15))
        let own = DICOMBuilder.file("1.2.840.10008.1.2.1", [])
        let claimed = DICOMBuilder.file("1.2.840.10008.1.2.4.80", Array(native[own.count...]))
        #expect(throws: MedicalFileError.self) { try MedicalFile.read(claimed) }
        let fragments = DICOMBuilder.encapsulated(
            "1.2.840.10008.1.2.1", Image(rows: 5, columns: 3), fragments: [Codestreams.jpegLS])
        #expect(throws: MedicalFileError.self) { try MedicalFile.read(fragments) }
    }

    @Test func deepNestingIsRefused() {
        var dataset = DICOMBuilder()
        for _ in 0..<10_000 {
            dataset.header(0x08, 0x1140, "SQ", length: 0xFFFF_FFFF)
            dataset.delimiter(0xE000, length: 0xFFFF_FFFF)
        }
        let bytes = DICOMBuilder.file("1.2.840.10008.1.2.1", dataset.bytes)
        #expect(throws: MedicalFileError.nestingTooDeep(limit: 32)) { try MedicalFile.read(bytes) }
    }

    /// A native file cut anywhere before the end of its samples is refused.
    @Test(arguments: [DICOMBuilder.Syntax.implicit, .explicit, .bigEndian])
    func everyTruncationIsRefused(syntax: DICOMBuilder.Syntax) {
        let bytes = DICOMBuilder.native(syntax, cells: Array(0..<15))
        for length in bytes.indices {
            #expect(throws: MedicalFileError.self, "first \(length) bytes") {
                try MedicalFile.read(Array(bytes[..<length]))
            }
        }
    }

    @Test func sentencesAreForPersons() {
        let errors: [MedicalFileError] = [
            .unrecognizedFormat, .truncated(offset: 1, needed: 2, available: 3), .malformedDataset(offset: 4),
            .noPixelData, .bilevelPixels, .unsupportedPNG(.palette), .cannotWrite(.png, .signed),
            .damagedCodestream(transferSyntax: "JPEG-LS Lossless", frame: 0, reason: "it is cut"),
            .outOfMemory,
        ]
        for error in errors { #expect(error.description.count > 10) }
    }
}
