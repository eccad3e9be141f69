// SPDX-License-Identifier: Apache-2.0
import Samples

/// The samples of an image as they go into an archive.
struct CodedSamples: Sendable {
    var samples: SampleArray
    /// Whether whole cells are coded because bits outside the samples are in use.
    var holdsWholeCells: Bool

    /// Decides between samples and whole cells.
    ///
    /// A cell is *plain* if the sample in its lowest bits, sign- or zero-extended, gives the cell. If
    /// every cell is plain the samples are coded; otherwise (overlays in unused bits, samples in
    /// high bits, no sign extension) the cells are, as unsigned numbers: either way the cells can be
    /// restored exactly.
    ///
    /// - Parameters:
    ///   - cells: One a sample; 8-bit cells are zero-extended.
    ///   - layout: What the data set says of them.
    init(cells: consuming [UInt16], layout: PixelLayout) {
        var cells = cells
        let isWhole = !layout.isInLowBits || !Self.arePlain(&cells, layout)
        let format = SampleFormat(
            bitsStored: isWhole ? layout.cellBits : layout.bitsStored,
            isSigned: !isWhole && layout.isSigned)
        samples = SampleArray(extent: layout.extent, format: format, storage: .narrow(cells))
        holdsWholeCells = isWhole
    }

    /// Whether all cells are plain; 8-bit cells of signed samples are then sign-extended to 16.
    private static func arePlain(_ cells: inout [UInt16], _ layout: PixelLayout) -> Bool {
        let unused = UInt16(layout.cellBits - layout.bitsStored)
        let top = UInt16(16 - layout.cellBits)
        var differences: UInt16 = 0
        var span = cells.mutableSpan
        if layout.isSigned {
            for index in span.indices {
                let cell = Int16(bitPattern: span[index] << top)
                differences |= UInt16(bitPattern: ((cell << Int16(unused)) >> Int16(unused)) ^ cell)
            }
            guard differences == 0 else { return false }
            if top > 0 {
                for index in span.indices {
                    span[index] = UInt16(bitPattern: Int16(bitPattern: span[index] << top) >> Int16(top))
                }
            }
            return true
        }
        for index in span.indices { differences |= span[index] }
        return layout.bitsStored == 16 || differences >> UInt16(layout.bitsStored) == 0
    }
}

/// The cells of native pixel data, one a sample.
///
/// - Parameters:
///   - bytes: A file.
///   - offset: Where the first cell stands; all cells lie inside the bytes.
///   - layout: Count and size of the cells.
///   - swapsBytes: Whether the pairs of bytes have their most significant byte first.
/// - Returns: The cells; those of 8 bits are zero-extended.
func nativeCells(_ bytes: [UInt8], at offset: Int, layout: PixelLayout, swapsBytes: Bool) -> [UInt16] {
    let count = layout.extent.sampleCount
    precondition(offset >= 0 && layout.byteCount <= bytes.count - offset)
    return [UInt16](capacity: count) { cells in
        let source = bytes.span
        if layout.cellBytes == 1 {
            // A big-endian word of two 8-bit cells has the second one first.
            let swap = swapsBytes ? 1 : 0
            for index in 0..<count { cells.append(UInt16(source[offset + (index ^ swap)])) }
        } else {
            let (low, high) = swapsBytes ? (1, 0) : (0, 1)
            for index in 0..<count {
                let at = offset + 2 * index
                cells.append(UInt16(source[at + low]) | UInt16(source[at + high]) << 8)
            }
        }
    }
}
