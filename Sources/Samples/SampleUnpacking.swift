// SPDX-License-Identifier: Apache-2.0

extension SourceRecord.Cut {
    /// Reads the samples of the cut; the inverse of rebuilding.
    ///
    /// - Parameters:
    ///   - file: The file; the cut lies inside. Text is not read here.
    ///   - values: The samples of all parts, one after the other, each in its flat order.
    ///   - starts: Where the samples of each part start in `values`.
    ///   - isSigned: Whether integers are two's complement.
    public func extract(from file: [UInt8], into values: inout [Int32], starts: [Int], isSigned: Bool) {
        precondition(offset >= 0 && byteCount <= file.count - offset && statedByteCount == byteCount)
        var unpacker = SampleUnpacker(packing, file, at: offset, isSigned: isSigned)
        for turn in 0..<repeats {
            for slot in slots {
                switch slot {
                case .kept(let count): unpacker.offset += count
                case .samples(let part, let first, let count, let origin):
                    let start = starts[part] + first + turn * count
                    for index in start..<start + count {
                        if packing == .differences8 {
                            let before = turn == 0 && index == start ? origin : values[index - 1]
                            values[index] = before &+ unpacker.next()
                        } else {
                            values[index] = unpacker.next()
                        }
                    }
                }
            }
        }
    }
}

/// Reads a stream of samples in a packing; differences are handed out as such.
private struct SampleUnpacker {
    private let packing: SamplePacking
    private let file: [UInt8]
    private let isSigned: Bool
    private var place = 0
    var offset: Int

    init(_ packing: SamplePacking, _ file: [UInt8], at offset: Int, isSigned: Bool) {
        self.packing = packing
        self.file = file
        self.offset = offset
        self.isSigned = isSigned
    }

    mutating func next() -> Int32 {
        switch packing {
        case .integers(let count, let isBigEndian): return integer(count, isBigEndian)
        case .offsetBinary(let count):
            var bits: Int32 = 0
            for byte in 0..<count { bits |= Int32(file[offset + byte]) << Int32(8 * byte) }
            offset += count
            return bits - 1 << Int32(8 * count - 1)
        case .differences8:
            offset += 1
            return Int32(Int8(bitPattern: file[offset - 1]))
        case .pairs12:
            let bits =
                place == 0
                ? UInt32(file[offset]) | UInt32(file[offset + 1]) << 8
                : UInt32(file[offset + 2]) | UInt32(file[offset + 1] >> 4) << 8
            step(of: 2, byteCount: 3)
            return signExtended(bits << 20, 20)
        case .triples10InWords:
            let bits =
                switch place {
                case 0: word(0) >> 1
                case 1: word(2) >> 1
                default: word(0) >> 11 | (word(2) >> 11) << 5
                }
            step(of: 3, byteCount: 4)
            return signExtended(bits << 22, 22)
        case .triples10:
            // Sample n begins at bit 10 n, in byte n, at bit 2 n of it.
            let bits = word(place) >> UInt32(2 * place)
            step(of: 3, byteCount: 4)
            return signExtended(bits << 22, 22)
        case .text: return 0
        }
    }

    private func word(_ byte: Int) -> UInt32 {
        UInt32(file[offset + byte]) | UInt32(file[offset + byte + 1]) << 8
    }

    private mutating func step(of size: Int, byteCount: Int) {
        place += 1
        if place == size {
            place = 0
            offset += byteCount
        }
    }

    private mutating func integer(_ count: Int, _ isBigEndian: Bool) -> Int32 {
        var bits: UInt32 = 0
        for byte in 0..<count {
            let place = isBigEndian ? count - 1 - byte : byte
            bits |= UInt32(file[offset + byte]) << UInt32(8 * place)
        }
        offset += count
        let unused = 32 - 8 * count
        return isSigned ? signExtended(bits << UInt32(unused), unused) : Int32(bitPattern: bits)
    }
}

/// A number whose sign is the highest of 32 bits, moved down.
private func signExtended(_ bits: UInt32, _ unused: Int) -> Int32 { Int32(bitPattern: bits) >> Int32(unused) }
