// SPDX-License-Identifier: Apache-2.0
import AECodec

/// What main bytes cost in the sequences of each preset table, without packing them.
struct SequenceTables {
    /// By preset: bits of the lower half of a main byte, and of the upper one; no bits where a table lacks it.
    private let bits: [(lower: [Double], upper: [Double])?]

    static let all = SequenceTables(PresetTables.all)

    private init(_ presets: [PresetTables.Preset]) {
        bits = presets.map { preset in
            guard preset.isOfSequences else { return nil }
            let dictionary = preset.dictionary
            // Magic number, identifier, Huffman table; then offsets, matches and literals (RFC 8878, section 5).
            let huffman = Int(dictionary[8])
            var reader = TableReader(
                bytes: dictionary, at: 9 + (huffman < 128 ? huffman : (huffman - 126) / 2))
            _ = reader.next()
            let lower = Self.bits(reader.next())
            return (lower, Array(Self.bits(reader.next()).dropFirst()))
        }
    }

    /// The preset table of a kind in which main bytes cost least; nil if none has all of them.
    ///
    /// - Parameters:
    ///   - histogram: How often each main byte occurs.
    ///   - numbers: Presets to choose from, counted from 1.
    /// - Returns: Its number.
    func best(for histogram: [UInt32], among numbers: [Int]) -> Int? {
        var halves = (lower: [Double](repeating: 0, count: 16), upper: [Double](repeating: 0, count: 16))
        for (byte, count) in histogram.enumerated() {
            halves.lower[byte & 15] += Double(count)
            halves.upper[byte >> 4] += Double(count)
        }
        // Halves that are all the same take no table.
        let isUpperConstant = halves.upper.count { $0 > 0 } <= 1
        let costs = numbers.map { number -> Double in
            guard let bits = bits[number - 1] else { return .infinity }
            return Self.cost(halves.lower, bits.lower)
                + (isUpperConstant ? 0 : Self.cost(halves.upper, bits.upper))
        }
        guard let least = costs.indices.min(by: { costs[$0] < costs[$1] }) else { return nil }
        return numbers[least]
    }

    private static func cost(_ counts: [Double], _ bits: [Double]) -> Double {
        counts.enumerated().reduce(0) { sum, half in
            // A table of their own is what halves get that this one lacks.
            half.element > 0
                ? sum + half.element * (half.offset < bits.count ? min(16, bits[half.offset]) : 16) : sum
        }
    }

    private static func bits(_ table: (counts: [Int], log: Int)) -> [Double] {
        table.counts.map { $0 == 0 ? .infinity : Double(table.log) - log2(Double(max(1, $0))) }
    }
}

/// Reads tables of FSE. (RFC 8878, section 4.1.1)
private struct TableReader {
    let bytes: [UInt8]
    var at: Int
    private var bit = 0

    init(bytes: [UInt8], at: Int) {
        self.bytes = bytes
        self.at = at
    }

    private func peek(_ width: Int) -> Int {
        (0..<width).reduce(0) { value, k in
            let place = 8 * at + bit + k
            return place / 8 < bytes.count ? value | Int(bytes[place / 8] >> (place % 8) & 1) << k : value
        }
    }

    private mutating func take(_ width: Int) -> Int {
        let value = peek(width)
        bit += width
        return value
    }

    mutating func next() -> (counts: [Int], log: Int) {
        bit = 0
        let log = take(4) + 5
        var counts: [Int] = []
        var remaining = (1 << log) + 1
        while remaining > 1 {
            let width = Int.bitWidth - remaining.leadingZeroBitCount
            // Of the values of this width so many take a bit less.
            let short = (1 << width) - 1 - remaining
            var value = peek(width - 1)
            if value < short {
                bit += width - 1
            } else {
                value = take(width)
                if value >= 1 << (width - 1) { value -= short }
            }
            let count = value - 1
            remaining -= abs(count)
            counts.append(count)
            while count == 0 {
                let zeros = take(2)
                counts += [Int](repeating: 0, count: zeros)
                if zeros < 3 { break }
            }
        }
        at += (bit + 7) / 8
        return (counts, log)
    }
}
