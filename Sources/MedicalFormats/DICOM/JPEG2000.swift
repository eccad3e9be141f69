// SPDX-License-Identifier: Apache-2.0
import COpenJPEGShim
import Samples

/// Decodes a frame of JPEG 2000 or HTJ2K by OpenJPEG.
///
/// Pixel Representation decides about signs, whatever the codestream says: some writers mark signed
/// samples as unsigned, and the bit patterns are right.
func decodeJPEG2000(_ request: FrameRequest) throws(MedicalFileError) -> [UInt16] {
    let codestream = try codestream(in: request)
    guard let header = JPEG2000Header(codestream) else {
        throw request.damaged("its headers are not regular")
    }
    try request.check(
        rows: header.rows, columns: header.columns, components: header.components,
        precision: header.precision)
    guard header.isUniform else { throw request.damaged("it mixes block coders") }
    let count = request.layout.extent.samplesPerFrame
    guard header.tiles <= max(64, count / 64) else { throw request.damaged("it has \(header.tiles) tiles") }

    var message = j2k_message()
    var status = J2K_OK
    var cells = [UInt16](capacity: count) { output in
        unsafe output.withUnsafeMutableBufferPointer { output, produced in
            status = unsafe codestream.withUnsafeBufferPointer { source in
                unsafe j2k_decode(source.baseAddress, source.count, output.baseAddress, count, &message)
            }
            if status == J2K_OK { produced = count }
        }
    }
    switch status {
    case J2K_OK: break
    case J2K_NO_MEMORY: throw .outOfMemory
    default: throw request.damaged(text(message))
    }
    if request.layout.isSigned, !header.isSigned {
        signExtend(&cells, precision: header.precision, cellBits: request.layout.cellBits)
    } else if header.isSigned {
        let bits = request.layout.isSigned ? request.layout.cellBits : header.precision
        let mask = UInt16.max >> UInt16(16 - bits)
        for index in cells.indices { cells[index] &= mask }
    }
    return cells
}

/// The codestream itself, which some writers leave in the boxes of a JP2 file.
private func codestream(in request: FrameRequest) throws(MedicalFileError) -> ArraySlice<UInt8> {
    let bytes = request.codestream
    guard bytes.starts(with: [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20]) else { return bytes }
    var at = bytes.startIndex
    while bytes.endIndex - at >= 8 {
        let length = bigEndian(bytes, at)
        if bytes[at + 4..<at + 8].elementsEqual("jp2c".utf8) {
            let end = length == 0 ? bytes.endIndex : min(at + length, bytes.endIndex)
            return bytes[at + 8..<max(end, at + 8)]
        }
        guard length >= 8, length <= bytes.endIndex - at else { break }
        at += length
    }
    throw request.damaged("its JP2 boxes hold no codestream")
}

private func bigEndian(_ bytes: ArraySlice<UInt8>, _ at: Int) -> Int {
    bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
}

/// The text of a message.
private func text(_ message: j2k_message) -> String {
    unsafe withUnsafeBytes(of: message.text) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// What the headers of a codestream state. (ITU-T T.800, annex A)
struct JPEG2000Header {
    var rows = 0
    var columns = 0
    var components = 0
    var precision = 0
    var isSigned = false
    var tiles = 0
    /// Whether all tiles use one block coder; OpenJPEG 2.5.0 writes beyond its memory where they do not.
    private(set) var isUniform = true
    /// Bits of the code-block style that choose the block coder; nil before the first style.
    private var blockCoder: UInt8?

    /// Walks the main header and the tile-part headers; nil if anything but marker segments stands in them,
    /// or if samples are not one a grid point.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= 45, bytes.starts(with: [0xFF, 0x4F, 0xFF, 0x51]) else { return nil }
        guard readSize(bytes) else { return nil }
        guard var tilePart = walkSegments(bytes, from: bytes.startIndex + 2, to: 0x90) else { return nil }
        while bytes.endIndex - tilePart >= 12, bytes[tilePart] == 0xFF, bytes[tilePart + 1] == 0x90 {
            let length = bigEndian(bytes, tilePart + 6)
            guard let data = walkSegments(bytes, from: tilePart, to: 0x93) else { return nil }
            // Zero: to the end of the codestream.
            if length == 0 { return }
            guard tilePart + length >= data + 2 else { return nil }
            tilePart = min(tilePart + length, bytes.endIndex)
        }
        // The end, or nothing but padding; where the rest is cut, OpenJPEG will say so.
        let rest = bytes[tilePart...]
        guard rest.starts(with: [0xFF, 0xD9]) || rest.allSatisfy({ $0 == 0 }) || rest.count < 2 else {
            return nil
        }
    }

    /// Reads the size marker segment, which stands first.
    private mutating func readSize(_ bytes: ArraySlice<UInt8>) -> Bool {
        let start = bytes.startIndex
        let field = { (index: Int) in bigEndian(bytes, start + 8 + 4 * index) }
        let tileOffset = (x: field(6), y: field(7))
        columns = field(0) - field(2)
        rows = field(1) - field(3)
        guard columns > 0, rows > 0, field(4) > 0, field(5) > 0, tileOffset.x <= field(2),
            tileOffset.y <= field(3)
        else { return false }
        let across = (field(0) - tileOffset.x + field(4) - 1) / field(4)
        let down = (field(1) - tileOffset.y + field(5) - 1) / field(5)
        tiles = across * down
        components = Int(bytes[start + 40]) << 8 | Int(bytes[start + 41])
        precision = Int(bytes[start + 42] & 0x7F) + 1
        isSigned = bytes[start + 42] & 0x80 != 0
        return components != 1 || bytes[start + 43] == 1 && bytes[start + 44] == 1
    }

    /// Walks marker segments up to a marker, and returns its place.
    private mutating func walkSegments(_ bytes: ArraySlice<UInt8>, from start: Int, to end: UInt8) -> Int? {
        var at = start
        while bytes.endIndex - at >= 4, bytes[at] == 0xFF {
            let marker = bytes[at + 1]
            if marker == end, at > start { return at }
            let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
            // Markers outside this range have no length, and none of them belongs here.
            guard 0x50...0x91 ~= marker, length >= 2, length <= bytes.endIndex - at - 2 else { return nil }
            // Coding style, default and of the component.
            if marker == 0x52, length >= 12 { note(style: bytes[at + 12]) }
            if marker == 0x53, length >= 9 { note(style: bytes[at + 9]) }
            at += 2 + length
        }
        // A tile-part may end with its data marker.
        return bytes.endIndex - at >= 2 && bytes[at] == 0xFF && bytes[at + 1] == end ? at : nil
    }

    private mutating func note(style: UInt8) {
        let coder = style & 0xC0
        // Both bits: each block chooses.
        if coder == 0xC0 || blockCoder.map({ $0 != coder }) ?? false { isUniform = false }
        blockCoder = coder
    }
}
