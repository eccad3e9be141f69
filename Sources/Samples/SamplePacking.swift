// SPDX-License-Identifier: Apache-2.0

/// How consecutive samples become bytes of a file.
///
/// The packings that are named by bits treat all samples of a run as one stream, whichever rows they
/// belong to. Bytes that a run does not fill are zero.
public enum SamplePacking: Equatable, Sendable {
    /// Integers of 1 to 4 bytes, sign- or zero-extended.
    case integers(byteCount: Int, isBigEndian: Bool)
    /// Unsigned integers of 1 or 2 bytes, little-endian, to which half their range was added.
    case offsetBinary(byteCount: Int)
    /// Two samples of 12 bits in three bytes: the low bytes around a byte of two high nibbles.
    case pairs12
    /// Three samples of 10 bits in two little-endian words of 16: bits 1 to 10 of either, and the third
    /// sample in bits 11 to 15 of both.
    case triples10InWords
    /// Three samples of 10 bits in a little-endian word of 32, lowest bits first.
    case triples10
    /// The low 8 bits of the difference from the sample before.
    case differences8
    /// Decimal numbers.
    case text(DecimalText)

    /// Bytes of a number of samples; nil where that depends on their values, and for cells of no size.
    public func byteCount(of samples: Int) -> Int? {
        let (whole, rest) = samples.quotientAndRemainder(dividingBy: 3)
        switch self {
        case .integers(let count, _), .offsetBinary(let count): return 1...4 ~= count ? samples * count : nil
        case .pairs12: return (3 * samples + 1) / 2
        case .triples10InWords: return 4 * whole + 2 * rest
        case .triples10: return 4 * whole + (rest == 0 ? 0 : rest + 1)
        case .differences8: return samples
        case .text: return nil
        }
    }

    /// Whole samples in a number of bytes; nil where that depends on their values, and for cells of no size.
    public func samples(in byteCount: Int) -> Int? {
        let (words, rest) = byteCount.quotientAndRemainder(dividingBy: 4)
        switch self {
        case .integers(let count, _), .offsetBinary(let count):
            return 1...4 ~= count ? byteCount / count : nil
        case .pairs12: return byteCount / 3 * 2 + byteCount % 3 / 2
        case .triples10InWords: return 3 * words + rest / 2
        case .triples10: return 3 * words + max(0, rest - 1)
        case .differences8: return byteCount
        case .text: return nil
        }
    }

    /// Whether every sample begins at a byte of its own, so that other bytes may stand between.
    public var isByteAligned: Bool {
        switch self {
        case .integers, .offsetBinary, .differences8: true
        case .pairs12, .triples10InWords, .triples10, .text: false
        }
    }

    /// Whether samples of a format survive the packing.
    public func holds(_ format: SampleFormat) -> Bool {
        switch self {
        case .integers(let count, _): (1...4).contains(count) && format.bitsStored <= 8 * count
        case .offsetBinary(let count):
            (1...2).contains(count) && format.bitsStored <= 8 * count && format.isSigned
        case .pairs12: format.bitsStored <= 12
        case .triples10InWords, .triples10: format.bitsStored <= 10
        // Differences that do not fit cannot be seen from the format.
        case .differences8: true
        case .text(let text): (0...DecimalText.mostFractionDigits).contains(text.fractionDigits)
        }
    }
}

/// How samples are written as decimal numbers.
public struct DecimalText: Equatable, Sendable {
    /// The largest ``fractionDigits``.
    public static let mostFractionDigits = 9

    /// Digits behind the point.
    ///
    /// The sample is the number times ten to this power. Without any there is no point either.
    public var fractionDigits: Int
    /// What stands between two numbers of a line.
    public var separator: [UInt8]
    /// What stands between two lines.
    public var lineEnd: [UInt8]

    /// Makes a layout.
    public init(fractionDigits: Int, separator: [UInt8], lineEnd: [UInt8]) {
        self.fractionDigits = fractionDigits
        self.separator = separator
        self.lineEnd = lineEnd
    }

    /// Appends one number.
    public func append(_ value: Int, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var digits = Array(String(value.magnitude).utf8)
        if fractionDigits > 0 {
            if digits.count <= fractionDigits {
                digits.insert(
                    contentsOf: [UInt8](
                        repeating: UInt8(ascii: "0"), count: fractionDigits + 1 - digits.count),
                    at: 0)
            }
            digits.insert(UInt8(ascii: "."), at: digits.count - fractionDigits)
        }
        bytes += digits
    }
}
