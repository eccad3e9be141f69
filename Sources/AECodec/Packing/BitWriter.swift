// SPDX-License-Identifier: Apache-2.0

/// Packs fields of bits, the first in the least significant place.
package struct BitWriter {
    package private(set) var bytes: [UInt8] = []
    private var word = 0
    private var filled = 0

    package init() {}

    package mutating func append(_ value: Int, width: Int) {
        word |= value << filled
        filled += width
        while filled >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: word))
            word >>= 8
            filled -= 8
        }
    }

    /// The bytes, the last one filled up with zeros.
    package mutating func finish() -> [UInt8] {
        if filled > 0 {
            bytes.append(UInt8(truncatingIfNeeded: word))
            word = 0
            filled = 0
        }
        return bytes
    }
}
