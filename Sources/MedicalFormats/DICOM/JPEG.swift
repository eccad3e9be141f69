// SPDX-License-Identifier: Apache-2.0
import CDCMTKShim
import Samples

/// Decodes a frame of JPEG or JPEG-LS by DCMTK's codecs.
func decodeJPEG(_ request: FrameRequest) throws(MedicalFileError) -> [UInt16] {
    guard let header = JPEGFrameHeader(request.codestream) else {
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
        let isLS = request.transferSyntax.coding == .jpegLS
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

    /// Finds the first frame header; nil if there is none before the first scan.
    init?(_ bytes: ArraySlice<UInt8>) {
        var at = bytes.startIndex
        guard bytes.count >= 4, bytes[at] == 0xFF, bytes[at + 1] == 0xD8 else { return nil }
        at += 2
        while bytes.endIndex - at >= 4 {
            guard bytes[at] == 0xFF else { return nil }
            let marker = bytes[at + 1]
            if marker == 0xFF {
                at += 1
                continue
            }
            let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
            let isFrame = 0xC0...0xCF ~= marker && ![0xC4, 0xC8, 0xCC].contains(marker) || marker == 0xF7
            if isFrame {
                guard bytes.endIndex - at >= 10, length >= 8 else { return nil }
                precision = Int(bytes[at + 4])
                rows = Int(bytes[at + 5]) << 8 | Int(bytes[at + 6])
                columns = Int(bytes[at + 7]) << 8 | Int(bytes[at + 8])
                components = Int(bytes[at + 9])
                return
            }
            guard marker != 0xDA, marker != 0xD9, length >= 2 else { return nil }
            at += 2 + length
        }
        return nil
    }
}
