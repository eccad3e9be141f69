// SPDX-License-Identifier: Apache-2.0

/// Streams read word by word as Spec/bitstream.md, section 6, describes them.
struct SpecifiedSymbols {
    private let packed: PackedSymbols
    private var escapes: ArraySlice<UInt16>
    private var extraBit = 0

    /// The residuals of a stream of `count` symbols, or nil if the specification refuses it.
    static func residuals(_ packed: PackedSymbols, count: Int) -> [Int16]? {
        var reader = SpecifiedSymbols(packed)
        guard let symbols = reader.symbols(count), symbols.count == count, reader.escapes.isEmpty,
            reader.extraBit == packed.extraBits
        else { return nil }
        return symbols.enumerated().map { index, u in
            let rest = u % 2 == 0 ? u / 2 : -(u + 1) / 2
            let raw = bits(packed.raw, from: index * packed.rawBits, count: packed.rawBits)
            return Int16(truncatingIfNeeded: rest << packed.rawBits + raw)
        }
    }

    private init(_ packed: PackedSymbols) {
        self.packed = packed
        escapes = packed.escapes[...]
    }

    /// u of every symbol.
    private mutating func symbols(_ count: Int) -> [Int]? {
        switch packed.form {
        case .constant:
            return packed.main.isEmpty ? [Int](repeating: Int(packed.first), count: count) : nil
        case .bytes:
            guard packed.main.count == count else { return nil }
            return escaped(packed.main.map { Int($0) }, last: 255)
        case .digits(let radix):
            return digits(count, radix: Int(radix))
        case .runs:
            return runs(atMost: count)
        }
    }

    /// The last value of an alphabet takes the next escape.
    private mutating func escaped(_ values: [Int], last: Int) -> [Int]? {
        var symbols: [Int] = []
        for value in values {
            guard value == last else {
                symbols.append(value)
                continue
            }
            guard let escape = escapes.popFirst() else { return nil }
            symbols.append(last + Int(escape))
        }
        return symbols
    }

    private mutating func digits(_ count: Int, radix: Int) -> [Int]? {
        var perByte = 1
        var bound = radix
        while bound * radix <= 256 {
            perByte += 1
            bound *= radix
        }
        guard packed.main.count == (count + perByte - 1) / perByte, packed.main.allSatisfy({ $0 < bound })
        else {
            return nil
        }
        var values: [Int] = []
        for byte in packed.main {
            var rest = Int(byte)
            for _ in 0..<perByte {
                values.append(rest % radix)
                rest /= radix
            }
        }
        return escaped(Array(values.prefix(count)), last: radix - 1)
    }

    private mutating func runs(atMost count: Int) -> [Int]? {
        var symbols: [Int] = []
        for token in packed.main {
            let bucket = Int(token >> 4)
            if bucket > 0 {
                guard extraBit + bucket - 1 <= packed.extraBits else { return nil }
                let extra = Self.bits(packed.extra, from: extraBit, count: bucket - 1)
                extraBit += bucket - 1
                symbols += [Int](repeating: 0, count: 1 << (bucket - 1) + extra)
            }
            let level = Int(token & 15)
            if level > 0 {
                guard let symbol = escaped([level], last: 15) else { return nil }
                symbols += symbol
            }
            guard symbols.count <= count else { return nil }
        }
        return symbols
    }

    /// A field of a bit string, least significant bit first.
    private static func bits(_ bytes: [UInt8], from first: Int, count: Int) -> Int {
        (0..<count).reduce(0) { value, bit in
            value | Int(bytes[(first + bit) / 8] >> ((first + bit) % 8) & 1) << bit
        }
    }
}
