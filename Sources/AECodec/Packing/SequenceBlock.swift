// SPDX-License-Identifier: Apache-2.0
package import AEContainer
import CAEKernels

/// A compressed block of zstd whose sequences stand for main bytes, without what a reader knows of it: its literals are
/// ones, and its sequences are as many as the main bytes. (Spec/bitstream.md, section 6)
package struct SequenceBlock {
    /// Main bytes.
    let mainByteCount: Int
    /// Ones in front of matches.
    private let literalCount: Int
    private let modes: UInt8
    /// Where what stands behind the modes lies: tables, and the bits of the sequences.
    let rest: Range<Int>

    /// Main bytes that are always one block: none stands for more than 34 bytes.
    private static let oneBlock = Int(AE_RUN_BYTES) / 34

    /// Finds the next block.
    ///
    /// - Parameters:
    ///   - packed: All blocks of a stream.
    ///   - at: Where it starts; then where it ends.
    ///   - left: Main bytes that are still to come.
    ///   - all: Main bytes of the stream.
    init?(_ packed: UnsafeRawBufferPointer, at: inout Int, left: Int, of all: Int) {
        var end = packed.count
        var count = left
        if all > Self.oneBlock {
            guard let size = unsafe Self.number(packed, &at), size <= packed.count - at,
                let main = unsafe Self.number(packed, &at), (1...left).contains(main)
            else { return nil }
            count = main
            end = at + size
        }
        guard end <= packed.count, end - at > 3 else { return nil }
        modes = unsafe packed[at]
        at += 1
        // Literal lengths that are all the same stand behind the modes.
        if modes >> 6 == 1 {
            literalCount = unsafe count * Int(packed[at])
        } else {
            guard let literals = unsafe Self.number(packed, &at), at < end else { return nil }
            literalCount = literals
        }
        guard literalCount <= Int(AE_RUN_BYTES) else { return nil }
        mainByteCount = count
        rest = at..<end
        at = end
    }

    /// What a decompressor needs in front of the rest: literals (RFC 8878, section 3.1.1.3.1), the number of sequences
    /// and the modes of their tables (section 3.1.1.3.2.1).
    var head: [UInt8] {
        let literals = literalCount << 4 | 0xD
        let count = mainByteCount
        let sequences =
            count < 128
            ? [UInt8(count)]
            : count < 0x7F00
                ? [UInt8(count >> 8 + 128), UInt8(count & 255)]
                : [255, UInt8((count - 0x7F00) & 255), UInt8((count - 0x7F00) >> 8)]
        return [UInt8(literals & 255), UInt8(literals >> 8 & 255), UInt8(literals >> 16), 1] + sequences + [
            modes
        ]
    }

    /// Writes a block without what a reader knows.
    ///
    /// - Parameters:
    ///   - block: A compressed block as zstd writes it.
    ///   - count: Its main bytes.
    ///   - all: Main bytes of the stream.
    ///   - writer: Takes it.
    /// - Returns: False if the block is not of the kind that can be written.
    package static func write(
        _ block: ArraySlice<UInt8>, count: Int, of all: Int, to writer: inout ByteWriter
    )
        -> Bool
    {
        guard let first = block.first, first & 3 < 2 else { return false }
        let start = block.startIndex
        let width = first & 4 == 0 ? 1 : first & 8 == 0 ? 2 : 3
        guard block.count > width + 8 else { return false }
        let field = (0..<3).reduce(0) { $0 | ($1 < width ? Int(block[start + $1]) << (8 * $1) : 0) }
        let literals = field >> (width == 1 ? 3 : 4)
        var at = start + width + (first & 3 == 1 ? 1 : literals)
        guard at + 4 < block.endIndex else { return false }
        at += block[at] < 128 ? 1 : block[at] < 255 ? 2 : 3
        let modes = block[at]
        // Offsets are all the same.
        guard modes >> 4 & 3 == 1 else { return false }
        var body = ByteWriter()
        body.u8(modes)
        if modes >> 6 != 1 {
            body.varint(literals)
        } else if Int(block[at + 1]) * count != literals {
            return false
        }
        body.bytes(block[(at + 1)...])
        if all > oneBlock {
            writer.varint(body.bytes.count)
            writer.varint(count)
        }
        writer.bytes(body.bytes)
        return true
    }

    /// A number of at most 17 bits in the form of varints.
    private static func number(_ packed: UnsafeRawBufferPointer, _ at: inout Int) -> Int? {
        var number = 0
        for shift in [0, 7, 14] {
            guard at < packed.count else { return nil }
            let byte = unsafe Int(packed[at])
            at += 1
            number |= (byte & 127) << shift
            // The shortest form only.
            if byte < 128 { return byte == 0 && shift > 0 ? nil : number }
        }
        return nil
    }
}
