// SPDX-License-Identifier: Apache-2.0

/// Writes little-endian fields one after the other; the inverse of ``ByteReader``.
public struct ByteWriter: Sendable {
    /// What was written.
    public private(set) var bytes: [UInt8] = []

    /// Starts with nothing written.
    public init() {}

    /// Makes room for `count` bytes in all.
    public mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    /// Writes one byte.
    public mutating func u8(_ value: UInt8) { bytes.append(value) }
    /// Writes two bytes.
    public mutating func u16(_ value: UInt16) { integer(value) }
    /// Writes four bytes.
    public mutating func u32(_ value: UInt32) { integer(value) }
    /// Writes eight bytes.
    public mutating func u64(_ value: UInt64) { integer(value) }
    /// Writes a real number in four bytes (IEEE 754 binary32).
    public mutating func f32(_ value: Float) { integer(value.bitPattern) }

    /// Writes a number of variable length; negative ones are a mistake of the program. (Spec 1)
    public mutating func varint(_ value: some BinaryInteger) {
        var rest = UInt64(value)
        while rest > 0x7F {
            u8(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        u8(UInt8(rest))
    }

    /// The bytes that ``varint(_:)`` writes for a number, 1 to 10.
    static func varintByteCount(_ value: UInt64) -> Int {
        max(1, (UInt64.bitWidth - value.leadingZeroBitCount + 6) / 7)
    }
    /// Writes bytes as they are.
    public mutating func bytes(_ values: some Collection<UInt8>) { bytes.append(contentsOf: values) }

    private mutating func integer(_ value: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
