// SPDX-License-Identifier: Apache-2.0

/// The code tables of an SCP-ECG file, and the decoding of numbers written with them. (EN 1064, 5.5, annex C)
struct SCPHuffman {
    struct Code {
        /// Bits that tell the code, and those bits, first one highest.
        var prefixLength: Int
        var prefix: UInt32
        /// Bits of the code and the number that follows in it.
        var length: Int
        /// The table that is used from here on; nil if the code stands for a number.
        var nextTable: Int?
        var value: Int
    }

    /// Codes of one table, found by their bits.
    private struct Table {
        var codes: [UInt64: Code] = [:]
        /// Lengths of codes, shortest first.
        var lengths: [Int] = []

        init(_ list: [Code]) {
            for code in list where codes[Self.key(code.prefixLength, UInt64(code.prefix))] == nil {
                codes[Self.key(code.prefixLength, UInt64(code.prefix))] = code
            }
            lengths = Set(list.map(\.prefixLength)).sorted()
        }

        private static func key(_ length: Int, _ prefix: UInt64) -> UInt64 { UInt64(length) << 32 | prefix }

        /// The code that bits from the top of a window are.
        func code(_ window: UInt64) -> Code? {
            for length in lengths {
                if let code = codes[Self.key(length, window >> UInt64(64 - length))] { return code }
            }
            return nil
        }
    }

    private let tables: [Table]

    /// Reads section 2.
    init(_ file: SCPSections, _ content: Range<Int>) throws(SignalError) {
        let count = file.uint16(content.lowerBound)
        if count == 19999 {
            tables = [Table(Self.standard)]
            return
        }
        var tables: [Table] = []
        var at = content.lowerBound + 2
        func need(_ bytes: Int) throws(SignalError) {
            guard bytes <= content.upperBound - at else {
                throw .truncated(
                    .scp, structure: "a code table", needed: bytes, available: content.upperBound - at)
            }
        }
        for _ in 0..<count {
            try need(2)
            let codes = file.uint16(at)
            at += 2
            try need(9 * codes)
            var table: [Code] = []
            for place in stride(from: at, to: at + 9 * codes, by: 9) {
                table.append(try Self.code(file, at: place))
            }
            at += 9 * codes
            tables.append(Table(table))
        }
        guard !tables.isEmpty else { throw .invalidHeader(.scp, field: "there is no code table", line: 0) }
        self.tables = tables
    }

    private static func code(_ file: SCPSections, at place: Int) throws(SignalError) -> Code {
        let prefixLength = Int(file.bytes[place])
        let length = Int(file.bytes[place + 1])
        let base = Int(Int16(truncatingIfNeeded: file.uint16(place + 3)))
        guard (1...32).contains(prefixLength), (prefixLength...prefixLength + 32).contains(length) else {
            throw .invalidHeader(.scp, field: "a code of \(prefixLength) bits", line: 0)
        }
        return Code(
            prefixLength: prefixLength, prefix: reversed(UInt32(file.uint32(place + 5)), prefixLength),
            length: length, nextTable: file.bytes[place + 2] == 0 ? base - 1 : nil, value: base)
    }

    /// Tables have the first bit of a code lowest.
    private static func reversed(_ code: UInt32, _ length: Int) -> UInt32 {
        (0..<length).reduce(0) { $0 << 1 | code >> UInt32($1) & 1 }
    }

    /// The table that files name instead of giving it: small numbers in unary with a sign, two escapes.
    private static let standard: [Code] = {
        func code(_ length: Int, _ prefix: UInt32, _ value: Int, extra: Int = 0) -> Code {
            Code(prefixLength: length, prefix: prefix, length: length + extra, nextTable: nil, value: value)
        }
        var codes = [code(1, 0, 0)]
        for value in 1...8 {
            let ones: UInt32 = (1 << UInt32(value) - 1) << 2
            codes.append(code(value + 2, ones, value))
            codes.append(code(value + 2, ones | 1, -value))
        }
        return codes + [code(10, 0b11_1111_1110, 0, extra: 8), code(10, 0b11_1111_1111, 0, extra: 16)]
    }()

    /// Decodes numbers; each takes at least one bit.
    func decode(_ bytes: ArraySlice<UInt8>, count: Int) throws(SignalError) -> [Int32] {
        guard count <= 8 * bytes.count else {
            throw .truncated(
                .scp, structure: "coded samples", needed: (count + 7) / 8, available: bytes.count)
        }
        var bits = BitReader(bytes)
        var values: [Int32] = []
        values.reserveCapacity(count)
        var table = 0
        while values.count < count {
            let window = bits.window
            guard let code = tables[table].code(window) else {
                throw .damagedSamples(.scp, structure: "an unknown code")
            }
            guard code.length <= bits.left else {
                throw .truncated(
                    .scp, structure: "coded samples", needed: bytes.count + 1, available: bytes.count)
            }
            let extra = code.length - code.prefixLength
            bits.skip(code.prefixLength)
            let number = extra == 0 ? code.value : Int(Int64(bitPattern: bits.window) >> Int64(64 - extra))
            bits.skip(extra)
            if let next = code.nextTable {
                guard tables.indices.contains(next) else {
                    throw .damagedSamples(.scp, structure: "a code of a table that is not there")
                }
                table = next
            } else {
                values.append(Int32(truncatingIfNeeded: number))
            }
        }
        return values
    }
}

/// Reads bits, highest first.
private struct BitReader {
    private let bytes: ArraySlice<UInt8>
    private var at = 0

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    var left: Int { 8 * bytes.count - at }

    /// The next 57 bits at least, from the top; zeros behind the end.
    var window: UInt64 {
        var window: UInt64 = 0
        let first = bytes.startIndex + at / 8
        for index in first..<first + 8 {
            window = window << 8 | (index < bytes.endIndex ? UInt64(bytes[index]) : 0)
        }
        return window << UInt64(at % 8)
    }

    mutating func skip(_ count: Int) { at += count }
}
