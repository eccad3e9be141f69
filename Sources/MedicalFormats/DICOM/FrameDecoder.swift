// SPDX-License-Identifier: Apache-2.0
import Samples

/// Decodes the frames of encapsulated pixel data, one after the other.
struct FrameDecoder {
    let file: [UInt8]
    let transferSyntax: TransferSyntax
    let layout: PixelLayout
    private let frames: [ArraySlice<Range<Int>>]

    /// Finds the fragments of each frame.
    init(
        _ reader: DatasetReader, fragments: Fragments, extendedOffsets: [Int], transferSyntax: TransferSyntax,
        layout: PixelLayout
    ) throws(MedicalFileError) {
        file = reader.bytes
        self.transferSyntax = transferSyntax
        self.layout = layout
        let bytes = reader.bytes
        frames = try fragments.frames(layout.extent.frames, extendedOffsets: extendedOffsets) { range in
            startsCodestream(bytes[range], transferSyntax.coding)
        }
    }

    /// The cells of all frames, one a sample; 8-bit cells are zero-extended.
    func cells() throws(MedicalFileError) -> [UInt16] {
        if frames.count == 1 { return try cells(ofFrame: 0) }
        // A small file that lies about its size fails at its first frame.
        var all = try cells(ofFrame: 0)
        all.reserveCapacity(layout.extent.sampleCount)
        for frame in frames.indices.dropFirst() { all += try cells(ofFrame: frame) }
        return all
    }

    private func cells(ofFrame frame: Int) throws(MedicalFileError) -> [UInt16] {
        let fragments = frames[frame]
        let codestream =
            if fragments.count == 1, let only = fragments.first { file[only] } else {
                fragments.reduce(into: [UInt8]()) { $0 += file[$1] }[...]
            }
        let request = FrameRequest(
            codestream: codestream, frame: frame, transferSyntax: transferSyntax, layout: layout)
        switch transferSyntax.coding {
        case .runLength: return try decodeRunLength(request)
        case .jpeg, .jpegLS: return try decodeJPEG(request)
        case .jpeg2000: return try decodeJPEG2000(request)
        case .native, .deflated, nil:
            throw .unsupportedTransferSyntax(uid: transferSyntax.uid, name: transferSyntax.name)
        }
    }
}

/// One frame to decode.
struct FrameRequest {
    let codestream: ArraySlice<UInt8>
    let frame: Int
    let transferSyntax: TransferSyntax
    let layout: PixelLayout

    func damaged(_ reason: String) -> MedicalFileError {
        .damagedCodestream(transferSyntax: transferSyntax.name, frame: frame, reason: reason)
    }

    /// Throws unless a codestream has the size and depth that the data set states.
    func check(rows: Int, columns: Int, components: Int, precision: Int) throws(MedicalFileError) {
        let facts: [(CodestreamProperty, Int, Int)] = [
            (.components, 1, components), (.rows, layout.extent.rows, rows),
            (.columns, layout.extent.columns, columns),
        ]
        for (property, expected, found) in facts where expected != found {
            throw .codestreamMismatch(frame: frame, property: property, expected: expected, found: found)
        }
        guard 1...layout.cellBits ~= precision else {
            throw .codestreamMismatch(
                frame: frame, property: .precision, expected: layout.cellBits, found: precision)
        }
    }
}

/// Whether a codestream starts with these bytes.
private func startsCodestream(_ bytes: ArraySlice<UInt8>, _ coding: TransferSyntax.Coding?) -> Bool {
    switch coding {
    case .jpeg, .jpegLS: bytes.starts(with: [0xFF, 0xD8])
    case .jpeg2000:
        bytes.starts(with: [0xFF, 0x4F, 0xFF, 0x51])
            || bytes.starts(with: [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20])
    case .runLength:
        bytes.count >= 64 && bytes.dropFirst().starts(with: [0, 0, 0, 64, 0, 0, 0])
            && 1...15 ~= bytes[bytes.startIndex]
    case .native, .deflated, nil: false
    }
}

/// Sign-extends the samples of a codestream to their cells; 8-bit cells stay zero-extended.
///
/// - Parameters:
///   - cells: Samples in their lowest bits.
///   - precision: Bits of a sample.
///   - cellBits: 8 or 16.
func signExtend(_ cells: inout [UInt16], precision: Int, cellBits: Int) {
    guard precision < cellBits else { return }
    var cells = cells.mutableSpan
    let shift = Int16(16 - precision)
    let mask: UInt16 = cellBits == 8 ? 0xFF : 0xFFFF
    for index in cells.indices {
        cells[index] = UInt16(bitPattern: Int16(bitPattern: cells[index] << UInt16(shift)) >> shift) & mask
    }
}
