// SPDX-License-Identifier: Apache-2.0

/// Writes a stream of samples in a packing.
struct SamplePacker: Sendable {
    private let packing: SamplePacking
    /// Samples of a group that is not complete, lowest bits of each.
    private var held: (first: UInt32, second: UInt32) = (0, 0)
    private var heldCount = 0

    init(_ packing: SamplePacking) { self.packing = packing }

    /// Appends a sample; `previous` counts for differences only.
    mutating func append(_ value: Int, previous: Int, to bytes: inout [UInt8]) {
        let bits = UInt32(truncatingIfNeeded: value)
        switch packing {
        case .integers(let count, let isBigEndian):
            for byte in 0..<count {
                let place = isBigEndian ? count - 1 - byte : byte
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(8 * place)))
            }
        case .offsetBinary(let count):
            let moved = bits &+ 1 << UInt32(8 * count - 1)
            for byte in 0..<count { bytes.append(UInt8(truncatingIfNeeded: moved >> UInt32(8 * byte))) }
        case .differences8: bytes.append(UInt8(truncatingIfNeeded: value &- previous))
        case .pairs12, .triples10InWords, .triples10: hold(bits, &bytes)
        case .text(let text): text.append(value, to: &bytes)
        }
    }

    private mutating func hold(_ bits: UInt32, _ bytes: inout [UInt8]) {
        let size = packing == .pairs12 ? 2 : 3
        if heldCount == size - 1 {
            write(held.first, size == 2 ? bits : held.second, size == 2 ? 0 : bits, count: size, to: &bytes)
            heldCount = 0
            return
        }
        if heldCount == 0 { held.first = bits } else { held.second = bits }
        heldCount += 1
    }

    /// Writes what is held; the samples that are missing in the last group are no bytes where possible.
    mutating func finish(to bytes: inout [UInt8]) {
        guard heldCount > 0 else { return }
        write(held.first, heldCount > 1 ? held.second : 0, 0, count: heldCount, to: &bytes)
        heldCount = 0
    }

    private func write(_ a: UInt32, _ b: UInt32, _ c: UInt32, count: Int, to bytes: inout [UInt8]) {
        let word: UInt32
        switch packing {
        case .pairs12: word = a & 0xFF | (a >> 8 & 0xF) << 8 | (b >> 8 & 0xF) << 12 | (b & 0xFF) << 16
        case .triples10InWords:
            word = (a & 0x3FF) << 1 | (c & 0x1F) << 11 | (b & 0x3FF) << 17 | (c >> 5 & 0x1F) << 27
        default: word = a & 0x3FF | (b & 0x3FF) << 10 | (c & 0x3FF) << 20
        }
        for byte in 0..<(packing.byteCount(of: count) ?? 0) {
            bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(8 * byte)))
        }
    }
}
