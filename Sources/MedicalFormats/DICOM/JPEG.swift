// SPDX-License-Identifier: Apache-2.0
import CDCMTKShim
import Samples

/// Decodes a frame of JPEG or JPEG-LS by DCMTK's codecs.
func decodeJPEG(_ request: FrameRequest) throws(MedicalFileError) -> [UInt16] {
    let isLS = request.transferSyntax.coding == .jpegLS
    guard let header = JPEGFrameHeader(request.codestream, isLS: isLS) else {
        throw request.damaged("it has no frame header")
    }
    try request.check(
        rows: header.rows, columns: header.columns, components: header.components, precision: header.precision
    )
    let cellBytes = header.precision > 8 ? 2 : 1
    var cells = try decode(request, cellBytes: cellBytes)
    if request.layout.isSigned {
        // JPEG has no signed samples: the bit patterns of two's complement stand in it. (PS3.5, 8.2.1)
        // Where a codestream has fewer bits than Bits Stored, JPEG-LS writers mean a sign in its highest bit
        // and others that all samples are positive; pydicom reads both so.
        let precision = isLS ? header.precision : max(header.precision, request.layout.bitsStored)
        signExtend(&cells, precision: precision, cellBits: request.layout.cellBits)
    }
    return cells
}

/// Calls the shim; single bytes are written to the upper half of the cells' memory and spread from there.
private func decode(_ request: FrameRequest, cellBytes: Int) throws(MedicalFileError) -> [UInt16] {
    var message = dcm_message()
    var status = DCM_OK
    let extent = request.layout.extent
    let cells = [UInt16](capacity: extent.samplesPerFrame) { output in
        unsafe output.withUnsafeMutableBufferPointer { output, count in
            let cells = unsafe UnsafeMutableBufferPointer(rebasing: output[..<extent.samplesPerFrame])
            let memory = UnsafeMutableRawBufferPointer(cells)
            let target = unsafe UnsafeMutableRawBufferPointer(
                rebasing: memory[((2 - cellBytes) * cells.count)...])
            status = unsafe request.codestream.withUnsafeBufferPointer { codestream in
                unsafe dcm_decode_frame(
                    request.transferSyntax.uid, UInt16(extent.rows), UInt16(extent.columns),
                    UInt16(8 * cellBytes),
                    codestream.baseAddress, codestream.count, target.baseAddress, target.count, &message)
            }
            guard status == DCM_OK else { return }
            if cellBytes == 1 {
                // Cell i takes bytes 2i and 2i + 1, never beyond the byte count + i that it is made of.
                for index in cells.indices { unsafe cells[index] = UInt16(memory[cells.count + index]) }
            }
            count = cells.count
        }
    }
    switch status {
    case DCM_OK: return cells
    case DCM_NO_MEMORY: throw .outOfMemory
    case DCM_UNSUPPORTED:
        throw .unsupportedTransferSyntax(uid: request.transferSyntax.uid, name: request.transferSyntax.name)
    default: throw request.damaged(text(message))
    }
}

/// The text of a message.
private func text(_ message: dcm_message) -> String {
    unsafe withUnsafeBytes(of: message.text) { bytes in
        String(decoding: unsafe bytes.prefix { $0 != 0 }.map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self)
    }
}

/// What the frame header (SOF) of a JPEG or JPEG-LS codestream states. (ITU-T T.81, B.2.2)
struct JPEGFrameHeader: Equatable {
    var precision: Int
    var rows: Int
    var columns: Int
    var components: Int

    /// Finds the first frame header; nil if anything but segments stands before it.
    ///
    /// That is strict on purpose: DCMTK 3.6.7 looks for the header in the same way, and never returns from
    /// a TEM marker.
    ///
    /// - Parameters:
    ///   - bytes: The codestream.
    ///   - isLS: Whether it is JPEG-LS, whose frame header has a marker of its own.
    init?(_ bytes: ArraySlice<UInt8>, isLS: Bool) {
        var at = bytes.startIndex
        guard bytes.starts(with: [0xFF, 0xD8]) else { return nil }
        at += 2
        while bytes.endIndex - at >= 4 {
            let marker = bytes[at + 1]
            let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
            guard bytes[at] == 0xFF, 0xC0...0xFE ~= marker, !(0xD0...0xDA ~= marker), length >= 2 else {
                return nil
            }
            let isFrame =
                isLS ? marker == 0xF7 : 0xC0...0xCF ~= marker && ![0xC4, 0xC8, 0xCC].contains(marker)
            if isFrame {
                guard bytes.endIndex - at >= 10 else { return nil }
                precision = Int(bytes[at + 4])
                rows = Int(bytes[at + 5]) << 8 | Int(bytes[at + 6])
                columns = Int(bytes[at + 7]) << 8 | Int(bytes[at + 8])
                components = Int(bytes[at + 9])
                return
            }
            at += 2 + length
        }
        return nil
    }
}
