// SPDX-License-Identifier: Apache-2.0
package import AEContainer

extension ByteReader {
    /// The next unsigned LEB128 number: seven bits a byte, lowest first, at most five bytes.
    package mutating func varint(field: String, atMost limit: Int) throws -> Int {
        var value = 0
        for shift in stride(from: 0, through: 28, by: 7) {
            let byte = Int(try u8())
            value |= (byte & 0x7F) << shift
            if byte & 0x80 == 0 {
                guard value <= limit else { throw DecodeError.fieldOutOfRange(field: field, value: value) }
                return value
            }
        }
        throw DecodeError.fieldOutOfRange(field: field, value: value)
    }
}

extension ByteWriter {
    /// Writes an unsigned LEB128 number below 2^35.
    package mutating func varint(_ value: Int) {
        var rest = value
        while rest > 0x7F {
            u8(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        u8(UInt8(rest))
    }
}
