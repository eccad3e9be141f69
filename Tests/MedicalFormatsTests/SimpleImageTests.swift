// SPDX-License-Identifier: Apache-2.0
import MedicalFormats
import Samples
import TestSupport
import Testing

@Suite struct PGMTests {
    private func pgm(_ header: String, _ raster: [UInt8]) -> [UInt8] { Array(header.utf8) + raster }

    @Test(arguments: [
        ("P5\n3 2\n255\n", 8), ("P5 3 2 200 ", 8), ("P5\n# a comment\n3 # another\n2\n15\n", 4),
        ("P5\t3\r\n2 255#last\n", 8), ("P5 3 2 1\n", 1),
    ])
    func bytesAreRead(header: String, bits: Int) throws {
        let raster = (0..<6).map { UInt8($0 % 2) }
        let bytes = pgm(header, raster)
        let file = try readAndRebuild(bytes)
        #expect(file.samples.values == raster.map(Int.init))
        #expect(file.samples.format == SampleFormat(bitsStored: bits, isSigned: false))
        #expect(file.samples.extent == Extent(rows: 2, columns: 3))
        #expect(file.source.isByteExact && file.source.format == .pgm)
    }

    @Test(arguments: [(4095, 12), (65535, 16), (256, 9), (1000, 10)])
    func wordsHaveTheirHighByteFirst(maximum: Int, bits: Int) throws {
        let file = try readAndRebuild(pgm("P5 2 1 \(maximum)\n", [0, 7, 1, 0]))
        #expect(file.samples.values == [7, 256])
        #expect(file.samples.format.bitsStored == bits)
        #expect(file.source.cuts.first?.plainRun?.isBigEndian == true)
    }

    @Test func valuesBeyondTheMaximumAreKept() throws {
        let file = try readAndRebuild(pgm("P5 2 1 1000\n", [0xFF, 0xFE, 1, 0]))
        #expect(file.samples.values == [0xFFFE, 256])
        #expect(file.notes.count == 1)
    }

    @Test func bytesBehindTheRasterAreKept() throws {
        #expect(try readAndRebuild(pgm("P5 1 1 255\n", [7, 0x0A])).samples.values == [7])
    }

    @Test(
        arguments: [
            ("P5 1 1 255\n\u{1}\nP5 1 1 255\n\u{1}", .severalImages(.pgm)),
            ("P5 0 1 255\n", .invalidHeader(.pgm, field: "width")),
            ("P5 1 x 255\n", .invalidHeader(.pgm, field: "height")),
            ("P5 1 1 65536\n", .invalidHeader(.pgm, field: "maximum value")),
            ("P5 1 1 0\n", .invalidHeader(.pgm, field: "maximum value")),
            ("P5 1 1 255", .invalidHeader(.pgm, field: "maximum value")),
            ("P5 99999999999999999999 1 255\n", .invalidHeader(.pgm, field: "width")),
            (
                "P5 2147483647 2147483647 65535\n",
                .truncatedPixelData(needed: 9_223_372_028_264_841_218, available: 0)
            ),
            ("P5 2 1 255\n\u{1}", .truncatedPixelData(needed: 2, available: 1)),
            ("P2 1 1 255\n1\n", .unsupportedNetpbm(kind: "P2")),
            ("P6 1 1 255\nabc", .unsupportedNetpbm(kind: "P6")),
        ] as [(String, MedicalFileError)])
    func wrongFilesAreRefused(text: String, error: MedicalFileError) {
        #expect(throws: error) { try MedicalFile.read(Array(text.utf8)) }
    }
}

@Suite struct PNGTests {
    @Test(arguments: [8, 16], [1, 2] as [UInt64]) func whatIsWrittenIsRead(bits: Int, seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let extent = Extent(
            rows: Int.random(in: 1...40, using: &random), columns: Int.random(in: 1...40, using: &random))
        let values = (0..<extent.sampleCount).map { _ in Int.random(in: 0..<1 << bits, using: &random) }
        let samples = SampleArray(
            extent: extent, format: SampleFormat(bitsStored: bits, isSigned: false), values: values)
        let bytes = try ImageWriter.png(samples)
        let file = try MedicalFile.read(bytes)
        #expect(file.samples == samples)
        #expect(file.source.format == .png && file.source.cuts.isEmpty && file.source.byteCount == 0)
        for length in bytes.indices {
            #expect(throws: MedicalFileError.self, "first \(length) bytes") {
                try MedicalFile.read(Array(bytes[..<length]))
            }
        }
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1 << UInt8(index % 8)
            #expect(throws: MedicalFileError.self, "byte \(index)") { try MedicalFile.read(damaged) }
        }
    }

    /// Headers of other kinds; the checksum is not reached where it is wrong on purpose.
    @Test(
        arguments: [
            (8, 3, .unsupportedPNG(.palette)), (8, 2, .unsupportedPNG(.color)),
            (16, 6, .unsupportedPNG(.color)),
            (8, 4, .unsupportedPNG(.alpha)), (1, 0, .unsupportedPNG(.lowBitDepth(1))),
            (2, 0, .unsupportedPNG(.lowBitDepth(2))), (4, 0, .unsupportedPNG(.lowBitDepth(4))),
        ] as [(UInt8, UInt8, MedicalFileError)])
    func otherKindsAreNamed(depth: UInt8, color: UInt8, error: MedicalFileError) {
        #expect(throws: error) { try MedicalFile.read(smallPNG(rows: 1, depth: depth, color: color)) }
    }

    @Test func transparencyIsRefused() {
        let bytes = smallPNG(rows: 1, depth: 8, color: 0, extra: chunk("tRNS", [0, 1]))
        #expect(throws: MedicalFileError.unsupportedPNG(.alpha)) { try MedicalFile.read(bytes) }
    }

    /// A few bytes that claim a huge image cost no memory.
    @Test func hugeClaimsAreRefused() {
        let bytes = smallPNG(rows: 900_000, depth: 16, color: 0)
        #expect(throws: MedicalFileError.self) { try MedicalFile.read(bytes) }
    }

    private func smallPNG(rows: UInt32, depth: UInt8, color: UInt8, extra: [UInt8] = []) -> [UInt8] {
        let height = (0..<4).map { UInt8(truncatingIfNeeded: rows >> (24 - 8 * UInt32($0))) }
        let header = chunk("IHDR", [0, 0, 0x03, 0xE8] + height + [depth, color, 0, 0, 0])
        let palette = color == 3 ? chunk("PLTE", [1, 2, 3]) : []
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + header + palette + extra
            + chunk("IDAT", [0])
    }

    private func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + data
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in body {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        let bytes = { (value: UInt32) in
            (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) }
        }
        return bytes(UInt32(data.count)) + body + bytes(~crc)
    }
}

@Suite struct ImageWriterTests {
    private func samples(_ values: [Int], bits: Int, isSigned: Bool = false, frames: Int = 1) -> SampleArray {
        SampleArray(
            extent: Extent(frames: frames, rows: 1, columns: values.count / frames),
            format: SampleFormat(bitsStored: bits, isSigned: isSigned), values: values)
    }

    @Test func pgmIsWritten() throws {
        #expect(try ImageWriter.pgm(samples([1, 2], bits: 7)) == Array("P5\n2 1\n127\n\u{1}\u{2}".utf8))
        #expect(
            try ImageWriter.pgm(samples([1, 258], bits: 12)) == Array("P5\n2 1\n4095\n".utf8) + [0, 1, 1, 2])
    }

    @Test func unwritableSamplesAreNamed() {
        let cases: [(SampleArray, UnwritableSamples)] = [
            (samples([-1], bits: 8, isSigned: true), .signed),
            (samples([70000], bits: 17), .tooDeep(bits: 17)),
            (samples([1, 2], bits: 8, frames: 2), .severalFrames(2)),
        ]
        for (image, reason) in cases {
            #expect(throws: MedicalFileError.cannotWrite(.pgm, reason)) { try ImageWriter.pgm(image) }
            #expect(throws: MedicalFileError.cannotWrite(.png, reason)) { try ImageWriter.png(image) }
        }
    }

    /// Headers as NumPy 1.24 writes them.
    @Test(arguments: [
        (8, false, 1, "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 4), }"),
        (12, true, 1, "{'descr': '<i2', 'fortran_order': False, 'shape': (1, 4), }"),
        (24, false, 2, "{'descr': '<u4', 'fortran_order': False, 'shape': (2, 1, 2), }"),
    ])
    func npyIsWritten(bits: Int, isSigned: Bool, frames: Int, description: String) throws {
        let image = samples([1, 2, 3, 4], bits: bits, isSigned: isSigned, frames: frames)
        let bytes = try ImageWriter.npy(image)
        let text = description + String(repeating: " ", count: 128 - 10 - 1 - description.utf8.count) + "\n"
        #expect(bytes[..<10] == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 118, 0])
        #expect(bytes[10..<128].elementsEqual(text.utf8))
        #expect(Array(bytes[128...]) == image.canonicalBytes(0..<4))
    }
}
