// SPDX-License-Identifier: Apache-2.0
import COpenJPEG
import Samples

/// Decodes a frame of JPEG 2000 or HTJ2K by OpenJPEG.
///
/// Pixel Representation decides about signs, whatever the codestream says: some writers mark signed
/// samples as unsigned, and the bit patterns are right.
func decodeJPEG2000(_ request: FrameRequest) throws(MedicalFileError) -> [UInt16] {
    let codestream = try codestream(in: request)
    guard let size = JPEG2000Size(codestream) else { throw request.damaged("it has no size marker") }
    try request.check(
        rows: size.rows, columns: size.columns, components: size.components, precision: size.precision)
    let count = request.layout.extent.samplesPerFrame
    guard size.tiles <= max(64, count / 64) else { throw request.damaged("it has \(size.tiles) tiles") }

    let decoder = JPEG2000Decoder(codestream)
    guard var cells = decoder.decode(count: count) else {
        throw request.damaged(decoder.message ?? "OpenJPEG gives no reason")
    }
    if request.layout.isSigned, !size.isSigned {
        signExtend(&cells, precision: size.precision, cellBits: request.layout.cellBits)
    } else if size.isSigned {
        let bits = request.layout.isSigned ? request.layout.cellBits : size.precision
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

/// What the size marker of a codestream states. (ITU-T T.800, A.5.1)
struct JPEG2000Size {
    var rows: Int
    var columns: Int
    var components: Int
    var precision: Int
    var isSigned: Bool
    var tiles: Int

    /// Reads the marker; nil if it is not whole, or if the samples are not one a grid point.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= 45, bytes.starts(with: [0xFF, 0x4F, 0xFF, 0x51]) else { return nil }
        let field = { (index: Int) in bigEndian(bytes, bytes.startIndex + 8 + 4 * index) }
        let start = bytes.startIndex
        let tileOffset = (x: field(6), y: field(7))
        columns = field(0) - field(2)
        rows = field(1) - field(3)
        guard columns > 0, rows > 0, field(4) > 0, field(5) > 0, tileOffset.x <= field(2),
            tileOffset.y <= field(3)
        else { return nil }
        let across = (field(0) - tileOffset.x + field(4) - 1) / field(4)
        let down = (field(1) - tileOffset.y + field(5) - 1) / field(5)
        tiles = across * down
        components = Int(bytes[start + 40]) << 8 | Int(bytes[start + 41])
        precision = Int(bytes[start + 42] & 0x7F) + 1
        isSigned = bytes[start + 42] & 0x80 != 0
        if components == 1, bytes[start + 43] != 1 || bytes[start + 44] != 1 { return nil }
    }
}

/// A codestream in memory, as OpenJPEG's callbacks see it.
private final class JPEG2000Decoder {
    private let codestream: ArraySlice<UInt8>
    private var position: Int
    /// The first error that OpenJPEG reported.
    private(set) var message: String?

    init(_ codestream: ArraySlice<UInt8>) {
        self.codestream = codestream
        position = codestream.startIndex
    }

    /// The low 16 bits of every sample; nil if OpenJPEG fails or makes another number of them.
    func decode(count: Int) -> [UInt16]? {
        guard let stream = unsafe opj_stream_create(1 << 16, 1) else { return nil }
        defer { unsafe opj_stream_destroy(stream) }
        guard let codec = unsafe opj_create_decompress(OPJ_CODEC_J2K) else { return nil }
        defer { unsafe opj_destroy_codec(codec) }
        let me = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe connect(stream, codec, me)

        var parameters = opj_dparameters_t()
        unsafe opj_set_default_decoder_parameters(&parameters)
        guard unsafe opj_setup_decoder(codec, &parameters) == 1,
            unsafe opj_decoder_set_strict_mode(codec, 1) == 1
        else { return nil }
        var image: UnsafeMutablePointer<opj_image_t>?
        defer { if let image = unsafe image { unsafe opj_image_destroy(image) } }
        guard unsafe opj_read_header(stream, codec, &image) == 1, let image = unsafe image,
            unsafe opj_decode(codec, stream, image) == 1, message == nil,
            unsafe opj_end_decompress(codec, stream) == 1, unsafe image.pointee.numcomps == 1,
            let component = unsafe image.pointee.comps, let samples = unsafe component.pointee.data,
            unsafe Int(component.pointee.w) * Int(component.pointee.h) == count
        else { return nil }
        return [UInt16](capacity: count) { cells in
            for index in 0..<count { cells.append(unsafe UInt16(truncatingIfNeeded: samples[index])) }
        }
    }

    private func connect(
        _ stream: UnsafeMutablePointer<opj_stream_t?>, _ codec: UnsafeMutablePointer<opj_codec_t?>,
        _ me: UnsafeMutableRawPointer
    ) {
        unsafe opj_stream_set_user_data(stream, me, nil)
        unsafe opj_stream_set_user_data_length(stream, UInt64(codestream.count))
        unsafe opj_stream_set_read_function(stream) { target, count, me in
            unsafe decoder(me).read(into: target, count: count)
        }
        unsafe opj_stream_set_skip_function(stream) { count, me in unsafe decoder(me).skip(Int(count)) }
        unsafe opj_stream_set_seek_function(stream) { offset, me in
            unsafe decoder(me).seek(Int(offset)) ? 1 : 0
        }
        unsafe opj_set_error_handler(
            codec,
            { text, me in
                if let text = unsafe text { unsafe decoder(me).note(String(cString: text)) }
            }, me)
    }

    /// OpenJPEG's "no more bytes".
    private static let end = -1

    private func read(into target: UnsafeMutableRawPointer?, count: Int) -> Int {
        let part = codestream[position...].prefix(max(count, 0))
        guard !part.isEmpty, let target = unsafe target else { return Self.end }
        unsafe part.withUnsafeBytes { source in
            if let base = source.baseAddress { unsafe target.copyMemory(from: base, byteCount: part.count) }
        }
        position += part.count
        return part.count
    }

    private func skip(_ count: Int) -> Int64 {
        guard count >= 0, position < codestream.endIndex else { return -1 }
        let step = min(count, codestream.endIndex - position)
        position += step
        return Int64(step)
    }

    private func seek(_ offset: Int) -> Bool {
        guard 0...codestream.count ~= offset else { return false }
        position = codestream.startIndex + offset
        return true
    }

    private func note(_ text: String) {
        if message == nil { message = String(text.prefix(200).filter { $0 != "\n" }) }
    }
}

/// The object behind OpenJPEG's user data.
private func decoder(_ me: UnsafeMutableRawPointer?) -> JPEG2000Decoder {
    guard let me = unsafe me else { preconditionFailure("OpenJPEG lost its user data") }
    return unsafe Unmanaged<JPEG2000Decoder>.fromOpaque(me).takeUnretainedValue()
}
