// SPDX-License-Identifier: Apache-2.0
import Digest
import Samples

extension MedicalFile {
    /// Reads a binary portable graymap of one image; any bytes behind it are kept.
    static func readPGM(_ bytes: [UInt8]) throws(MedicalFileError) -> MedicalFile {
        guard bytes[1] == 0x35 else { throw .unsupportedNetpbm(kind: "P\(bytes[1] - 0x30)") }
        var header = PGMHeader(bytes)
        let columns = try header.number("width", in: 1...0x7FFF_FFFF)
        let rows = try header.number("height", in: 1...0x7FFF_FFFF)
        let maximum = try header.number("maximum value", in: 1...65535)
        let cellBytes = maximum > 255 ? 2 : 1

        let start = header.position
        // Both factors have 31 bits: twice their product fits.
        let needed = rows * columns * cellBytes
        guard needed <= bytes.count - start else {
            throw .truncatedPixelData(needed: needed, available: bytes.count - start)
        }
        let layout = PixelLayout(
            extent: Extent(rows: rows, columns: columns), cellBytes: cellBytes,
            bitsStored: Int.bitWidth - maximum.leadingZeroBitCount, isInLowBits: true, isSigned: false)
        guard layout.extent.sampleCount <= PixelLayout.maximumSamples else {
            throw .tooManySamples(count: layout.extent.sampleCount, limit: PixelLayout.maximumSamples)
        }
        let rest = bytes[(start + needed)...]
        let next = rest.drop(while: isWhitespace).prefix(2)
        if next.count == 2, next.first == 0x50, 0x31...0x37 ~= next[next.startIndex + 1] {
            throw .severalImages(.pgm)
        }

        let coded = CodedSamples(
            cells: nativeCells(bytes, at: start, layout: layout, swapsBytes: cellBytes == 2), layout: layout)
        let cut = SourceRecord.Cut(
            offset: start, part: 0, firstSample: 0, sampleCount: layout.extent.sampleCount,
            cellBytes: cellBytes,
            isBigEndian: cellBytes == 2)
        let source = SourceRecord(
            format: .pgm, isByteExact: true, byteCount: bytes.count, digest: SHA256.hash(bytes), cuts: [cut],
            kept: Array(bytes[..<start] + rest))
        var file = MedicalFile(samples: coded.samples, source: source)
        if coded.holdsWholeCells {
            file.notes.append("samples exceed the maximum value that the header states")
        }
        return file
    }
}

/// Reads the numbers of a header as libnetpbm does: a comment runs from "#" to the end of its line, anywhere.
private struct PGMHeader {
    private let bytes: [UInt8]
    private(set) var position = 2

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next byte that is no comment; a comment counts as its line's end.
    private mutating func next() -> UInt8? {
        guard position < bytes.count else { return nil }
        var byte = bytes[position]
        position += 1
        if byte == 0x23 {
            while byte != 0x0A, byte != 0x0D {
                guard position < bytes.count else { return nil }
                byte = bytes[position]
                position += 1
            }
        }
        return byte
    }

    /// The next number and the one byte of white space behind it.
    mutating func number(_ field: String, in range: ClosedRange<Int>) throws(MedicalFileError) -> Int {
        var byte = next()
        while let space = byte, isWhitespace(space) { byte = next() }
        var value: Int?
        while let digit = byte, 0x30...0x39 ~= digit {
            value = (value ?? 0) * 10 + Int(digit - 0x30)
            guard let value, value <= range.upperBound else { throw .invalidHeader(.pgm, field: field) }
            byte = next()
        }
        guard let value, range.contains(value), let byte, isWhitespace(byte) else {
            throw .invalidHeader(.pgm, field: field)
        }
        return value
    }
}
