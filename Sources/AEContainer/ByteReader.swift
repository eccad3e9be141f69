// SPDX-License-Identifier: Apache-2.0

/// Reads little-endian fields one after the other; never past the end.
public struct ByteReader: Sendable {
    private let bytes: ArraySlice<UInt8>
    /// The position of the next byte, in the numbering of the slice it reads.
    public private(set) var offset: Int

    /// Starts at the first byte of a slice; offsets in errors are the indices of the slice.
    public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        offset = bytes.startIndex
    }

    /// Starts at the first byte of an array.
    public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    /// Bytes that are left.
    public var remaining: Int { bytes.endIndex - offset }

    /// The next byte.
    public mutating func u8() throws(ContainerError) -> UInt8 { try integer() }
    /// The next two bytes.
    public mutating func u16() throws(ContainerError) -> UInt16 { try integer() }
    /// The next four bytes.
    public mutating func u32() throws(ContainerError) -> UInt32 { try integer() }
    /// The next eight bytes.
    public mutating func u64() throws(ContainerError) -> UInt64 { try integer() }
    /// The next four bytes as a real number (IEEE 754 binary32); any bit pattern.
    public mutating func f32() throws(ContainerError) -> Float { Float(bitPattern: try integer()) }

    /// The next number of variable length: seven bits a byte, the lowest first, in as few bytes as it
    /// needs (unsigned LEB128). (Spec 1)
    ///
    /// - Returns: Any number of 64 bits.
    /// - Throws: ``ContainerError/invalidVarint(offset:)`` for another than the shortest form or more than
    ///   64 bits, ``ContainerError/truncated(offset:needed:available:)``; nothing is taken then.
    public mutating func varint() throws(ContainerError) -> UInt64 {
        var value: UInt64 = 0
        for (place, byte) in bytes[offset...].prefix(10).enumerated() {
            // A last byte of zero adds nothing; the tenth holds the 64th bit alone.
            guard place == 0 || byte != 0, place < 9 || byte <= 1 else {
                throw .invalidVarint(offset: offset)
            }
            value |= UInt64(byte & 0x7F) << (7 * place)
            if byte < 0x80 {
                offset += place + 1
                return value
            }
        }
        throw .truncated(offset: offset, needed: remaining + 1, available: remaining)
    }

    /// The next `count` bytes, without copying them; `count` may be any number.
    public mutating func bytes(_ count: Int) throws(ContainerError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else {
            throw .truncated(offset: offset, needed: count, available: remaining)
        }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    /// All bytes that are left, without copying them.
    public mutating func rest() -> ArraySlice<UInt8> {
        defer { offset = bytes.endIndex }
        return bytes[offset...]
    }

    private mutating func integer<Value: FixedWidthInteger & UnsignedInteger>() throws(ContainerError)
        -> Value
    {
        var value: Value = 0
        for byte in try bytes(Value.bitWidth / 8).reversed() {
            value = value << 8 | Value(byte)
        }
        return value
    }
}
