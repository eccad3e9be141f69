// SPDX-License-Identifier: Apache-2.0
import Digest
import MedicalFormats
import Samples
import TestSupport
import Testing

/// Reads a file and checks that it can be put together again.
func readAndRebuild(_ bytes: [UInt8]) throws -> MedicalFile {
    let file = try MedicalFile.read(bytes)
    let rebuilt = try file.source.rebuilt(from: [file.samples])
    #expect(SHA256.hash(rebuilt) == file.source.digest)
    if file.source.isByteExact { #expect(rebuilt == bytes) }
    if file.source.format == .dicom, !file.source.isByteExact {
        // What was rewritten holds the same samples and attributes, and is then kept byte for byte.
        let again = try MedicalFile.read(rebuilt)
        #expect(again.samples == file.samples)
        #expect(again.source.isByteExact)
        #expect(try compareAttributes(bytes, rebuilt).isEmpty)
    }
    return file
}

@Suite struct NativeDICOMTests {
    /// Every depth and sign in both little-endian syntaxes.
    @Test(arguments: [DICOMBuilder.Syntax.implicit, .explicit], 1...16)
    func littleEndianFilesAreKeptByteForByte(syntax: DICOMBuilder.Syntax, bits: Int) throws {
        var random = SplitMix64(seed: UInt64(bits))
        for isSigned in [false, true] {
            for allocated in [8, 16] where bits <= allocated {
                let format = SampleFormat(bitsStored: bits, isSigned: isSigned)
                let values = (0..<2 * 3 * 5).map { _ in Int.random(in: format.range, using: &random) }
                let image = DICOMBuilder.Image(
                    frames: "2", bitsAllocated: allocated, bitsStored: bits,
                    pixelRepresentation: isSigned ? 1 : 0)
                let bytes = DICOMBuilder.native(syntax, image, cells: values)
                let file = try readAndRebuild(bytes)
                #expect(file.samples.values == values)
                #expect(file.samples.format == format)
                #expect(file.samples.extent == Extent(frames: 2, rows: 3, columns: 5))
                #expect(file.source.isByteExact && file.source.cuts.count == 1)
                #expect(file.source.kept.count == bytes.count - values.count * allocated / 8)
                #expect(file.notes.isEmpty && !file.lossyHistory)
            }
        }
    }

    @Test(arguments: [8, 16]) func bigEndianFilesBecomeLittleEndian(allocated: Int) throws {
        let values = (0..<15).map { $0 * (allocated == 8 ? 17 : 273) }
        let image = DICOMBuilder.Image(bitsAllocated: allocated, bitsStored: allocated == 8 ? 8 : 12)
        let tail: [UInt8] = allocated == 8 ? [0] : []
        let file = try readAndRebuild(DICOMBuilder.native(.bigEndian, image, cells: values, tail: tail))
        #expect(file.samples.values == values)
        #expect(!file.source.isByteExact)
        #expect(file.notes.count == 1)
    }

    /// Bytes in words: the pairs are swapped, and the last sample shares its word with padding.
    @Test func bigEndianBytesInWordsAreSwapped() throws {
        var dataset = DICOMBuilder(.bigEndian)
        dataset.identify()
        dataset.describe(DICOMBuilder.Image(rows: 1, columns: 3, bitsAllocated: 8, bitsStored: 8))
        dataset.element(0x7FE0, 0x10, "OW", [2, 1, 9, 3])
        dataset.text(0xFFFC, 0xFFFC, "OB", "ab")
        let file = try readAndRebuild(
            DICOMBuilder.file(DICOMBuilder.Syntax.bigEndian.rawValue, dataset.bytes))
        #expect(file.samples.values == [1, 2, 3])
        let rebuilt = try file.source.rebuilt(from: [file.samples])
        #expect(
            rebuilt.suffix(18) == [
                1, 2, 3, 9, 0xFC, 0xFF, 0xFC, 0xFF, 0x4F, 0x42, 0, 0, 2, 0, 0, 0, 0x61, 0x62,
            ])
    }

    @Test(arguments: [DICOMBuilder.Syntax.implicit, .explicit])
    func bareDatasetsAreRead(syntax: DICOMBuilder.Syntax) throws {
        var dataset = DICOMBuilder(syntax)
        dataset.identify()
        dataset.describe(DICOMBuilder.Image())
        dataset.element(0x7FE0, 0x10, "OW", [UInt8](repeating: 1, count: 30))
        #expect(MedicalFile.recognizes(dataset.bytes) == .dicom)
        let file = try readAndRebuild(dataset.bytes)
        #expect(file.source.isByteExact)
        #expect(file.samples.values == [Int](repeating: 257, count: 15))
    }

    @Test func aBareBigEndianDatasetGetsAMetaGroup() throws {
        var dataset = DICOMBuilder(.bigEndian)
        dataset.identify()
        dataset.describe(DICOMBuilder.Image())
        dataset.element(0x7FE0, 0x10, "OW", [UInt8](repeating: 0, count: 28) + [0x01, 0x02])
        let file = try readAndRebuild(dataset.bytes)
        #expect(file.samples.values.last == 0x0102)
    }

    /// Some files state another encoding than they use.
    @Test func theEncodingIsThatOfTheBytes() throws {
        let cells = Array(1...15)
        let (implicit, explicit) = (DICOMBuilder.Syntax.implicit, DICOMBuilder.Syntax.explicit)
        for (used, stated) in [(implicit, explicit), (explicit, implicit)] {
            let bytes = DICOMBuilder.native(used, cells: cells)
            let dataset = bytes[DICOMBuilder.file(used.rawValue, []).count...]
            let file = try readAndRebuild(DICOMBuilder.file(stated.rawValue, Array(dataset)))
            #expect(file.samples.values == cells)
        }
    }

    @Test func paddingAndWhatFollowsThePixelsIsKept() throws {
        var trailer = DICOMBuilder()
        trailer.element(0xFFFC, 0xFFFC, "OB", [UInt8](repeating: 0, count: 64))
        let image = DICOMBuilder.Image(rows: 1, columns: 3, bitsAllocated: 8, bitsStored: 8)
        for tail in [[], [0], [1, 2, 3, 4, 5, 6, 7]] as [[UInt8]] {
            let file = try readAndRebuild(
                DICOMBuilder.native(.explicit, image, cells: [1, 2, 3], tail: tail, trailer: trailer.bytes))
            #expect(file.samples.values == [1, 2, 3])
        }
    }

    /// Overlays in unused bits, samples in high bits and cells without sign extension: whole cells.
    @Test(arguments: [
        (DICOMBuilder.Image(rows: 1, columns: 3), [5, 0x8005, 0x0FFF]),
        (DICOMBuilder.Image(rows: 1, columns: 3, highBit: 15), [0x0010, 0xFFF0, 0x0070]),
        (DICOMBuilder.Image(rows: 1, columns: 3, pixelRepresentation: 1), [0x0800, 1, 0xF800]),
        (DICOMBuilder.Image(rows: 1, columns: 3, bitsAllocated: 8, bitsStored: 6), [0x40, 1, 2]),
        (
            DICOMBuilder.Image(rows: 1, columns: 3, bitsAllocated: 8, bitsStored: 6, pixelRepresentation: 1),
            [0x20, 1, 2]
        ),
    ])
    func bitsOutsideTheSamplesAreKept(image: DICOMBuilder.Image, cells: [Int]) throws {
        let file = try readAndRebuild(DICOMBuilder.native(.explicit, image, cells: cells))
        #expect(file.samples.values == cells)
        #expect(file.samples.format == SampleFormat(bitsStored: image.bitsAllocated ?? 0, isSigned: false))
        #expect(file.notes.count == 1)
    }

    @Test func monochrome1AndLossyHistoryAreNoted() throws {
        let image = DICOMBuilder.Image(photometric: "MONOCHROME1", lossy: "01")
        let file = try readAndRebuild(DICOMBuilder.native(.explicit, image, cells: Array(0..<15)))
        #expect(file.lossyHistory)
        #expect(file.samples.values == Array(0..<15))
    }

    /// Stored blocks of deflate, so that no other program is needed.
    @Test func deflatedFilesAreInflated() throws {
        var dataset = DICOMBuilder()
        dataset.identify()
        dataset.describe(DICOMBuilder.Image())
        dataset.element(0x7FE0, 0x10, "OW", (0..<30).map { $0 % 2 == 0 ? $0 : 0 })
        let length = dataset.bytes.count
        let block = [1, UInt8(length & 255), UInt8(length >> 8), ~UInt8(length & 255), ~UInt8(length >> 8)]
        let bytes = DICOMBuilder.file("1.2.840.10008.1.2.1.99", block + dataset.bytes)
        let file = try readAndRebuild(bytes)
        #expect(file.samples.values == (0..<15).map { 2 * $0 })
        #expect(file.notes.count == 1)
        #expect(throws: MedicalFileError.damagedDeflate) { try MedicalFile.read(Array(bytes.dropLast(9))) }
    }

    /// Elements that no edition of the standard knows, and what some writers make of those it knows.
    @Test(arguments: [DICOMBuilder.Syntax.explicit, .bigEndian])
    func oddElementsArePassedOver(syntax: DICOMBuilder.Syntax) throws {
        var dataset = DICOMBuilder(syntax)
        dataset.identify()
        // A sequence of unknown representation: implicit little endian inside, whatever is outside.
        dataset.header(0x08, 0x2112, "UN", length: 0xFFFF_FFFF)
        var items = DICOMBuilder(.implicit)
        items.delimiter(0xE000, length: 0xFFFF_FFFF)
        items.number(0x28, 0x10, 9)
        items.delimiter(0xE00D)
        items.delimiter(0xE0DD)
        dataset.raw(items.bytes)
        dataset.header(0x09, 0x1002, "ZZ", length: 0)
        dataset.raw([0, 0, 0, 0])
        dataset.element(0x09, 0x1003, "  ", [1, 2])
        if syntax == .explicit {
            dataset.raw([0x09, 0, 0x04, 0x10, 2, 0, 0, 0, 1, 2])
        }
        dataset.describe(DICOMBuilder.Image())
        dataset.header(0x7FE0, 0x10, "OW", length: 30)
        for value in 0..<15 { dataset.u16(value) }
        let file = try readAndRebuild(DICOMBuilder.file(syntax.rawValue, dataset.bytes))
        #expect(file.samples.values == Array(0..<15))
    }
}
