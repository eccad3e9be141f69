// SPDX-License-Identifier: Apache-2.0
import CPNGShim
import Samples

extension MedicalFile {
    /// Reads a gray PNG of 8 or 16 bits; its samples are kept, its compressed bytes are not.
    static func readPNG(_ bytes: [UInt8]) throws(MedicalFileError) -> MedicalFile {
        let header = try pngHeader(bytes)
        let rows = Int(header.rows)
        let columns = Int(header.columns)
        guard columns <= PixelLayout.maximumSamples / rows else {
            throw .tooManySamples(count: rows * columns, limit: PixelLayout.maximumSamples)
        }
        // Deflate makes at most 1032 bytes of one: a header that states more than that is a lie.
        let depth = Int(header.bit_depth)
        let needed = rows * columns * (depth / 8)
        guard needed / 1032 <= bytes.count else {
            throw .truncatedPixelData(needed: needed, available: bytes.count)
        }
        var message = png_message()
        var status = PNG_SHIM_OK
        let samples = [UInt16](capacity: rows * columns) { target in
            unsafe target.withUnsafeMutableBufferPointer { target, count in
                status = unsafe png_shim_read(
                    bytes, bytes.count, target.baseAddress, rows * columns, &message)
                if status == PNG_SHIM_OK { count = rows * columns }
            }
        }
        try pngCheck(status, message)
        let source = SourceRecord(
            format: .png, isByteExact: false, byteCount: 0, digest: [UInt8](repeating: 0, count: 32),
            cuts: [],
            kept: [])
        var file = MedicalFile(
            samples: SampleArray(
                extent: Extent(rows: rows, columns: columns),
                format: SampleFormat(bitsStored: depth, isSigned: false), storage: .narrow(samples)),
            source: source)
        file.notes.append("PNG source: its samples are kept, its compressed bytes and other chunks are not")
        return file
    }
}

/// Reads the header and refuses what is not gray of 8 or 16 bits.
private func pngHeader(_ bytes: [UInt8]) throws(MedicalFileError) -> png_header {
    var header = png_header()
    var message = png_message()
    try pngCheck(unsafe png_shim_header(bytes, bytes.count, &header, &message), message)
    switch header.color_type {
    case 0: break
    case 3: throw .unsupportedPNG(.palette)
    case 4: throw .unsupportedPNG(.alpha)
    default: throw .unsupportedPNG(.color)
    }
    guard header.bit_depth >= 8 else { throw .unsupportedPNG(.lowBitDepth(Int(header.bit_depth))) }
    guard header.has_transparency == 0 else { throw .unsupportedPNG(.alpha) }
    return header
}

/// Turns a status of the shim into an error.
func pngCheck(_ status: png_shim_status, _ message: png_message) throws(MedicalFileError) {
    switch status {
    case PNG_SHIM_OK: return
    case PNG_SHIM_NO_MEMORY: throw .outOfMemory
    default:
        let reason = unsafe withUnsafeBytes(of: message.text) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        throw .damagedPNG(reason: reason)
    }
}
