// SPDX-License-Identifier: Apache-2.0
import Samples

/// Decodes a frame of the RLE transfer syntax: byte planes, most significant first, each packed by
/// PackBits. (PS3.5, annex G)
///
/// DCMTK 3.6.7 has a decoder too, but it fills short planes and reads beyond bad offsets.
func decodeRunLength(_ request: FrameRequest) throws(MedicalFileError) -> [UInt16] {
    let bytes = request.codestream
    let start = bytes.startIndex
    let planes = request.layout.cellBytes
    guard bytes.count >= 64 else { throw request.damaged("its header is cut") }
    func word(_ index: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(bytes[start + 4 * index + $1]) << (8 * $1) }
    }
    guard word(0) == planes else { throw request.damaged("it has \(word(0)) segments, \(planes) expected") }
    let count = request.layout.extent.samplesPerFrame
    // Two bytes make 128 at most: a frame that states more samples is a lie.
    guard count <= 64 * bytes.count else { throw request.damaged("it is cut") }
    var cells = [UInt16](repeating: 0, count: count)
    var span = cells.mutableSpan
    for plane in 0..<planes {
        let from = word(1 + plane)
        let to = plane + 1 < planes ? word(2 + plane) : bytes.count
        guard from >= 64, from <= to, to <= bytes.count else {
            throw request.damaged("a segment offset is wrong")
        }
        let done = unpack(bytes[start + from..<start + to], into: &span)
        guard done == count else { throw request.damaged("a segment holds \(done) bytes, \(count) expected") }
    }
    return cells
}

/// Shifts every cell by a byte and puts the unpacked bytes below.
///
/// - Returns: The cells that were reached.
private func unpack(_ segment: ArraySlice<UInt8>, into cells: inout MutableSpan<UInt16>) -> Int {
    let source = segment.span
    var at = 0
    var done = 0
    while at < source.count, done < cells.count {
        let control = Int(source[at])
        at += 1
        if control < 128 {
            let count = min(control + 1, source.count - at, cells.count - done)
            for offset in 0..<count {
                cells[done + offset] = cells[done + offset] << 8 | UInt16(source[at + offset])
            }
            at += count
            done += count
        } else if control > 128, at < source.count {
            let count = min(257 - control, cells.count - done)
            for offset in 0..<count { cells[done + offset] = cells[done + offset] << 8 | UInt16(source[at]) }
            at += 1
            done += count
        }
    }
    return done
}
