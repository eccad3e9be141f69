// SPDX-License-Identifier: Apache-2.0

/// The texts that say how an image lost information, step by step; all of them ASCII.
struct LossyHistory: Sendable {
    /// Values of Lossy Image Compression Ratio (0028,2112), by step.
    var ratios: [UInt8]
    /// Values of Lossy Image Compression Method (0028,2114), by step.
    var methods: [UInt8]

    /// The history with one more step.
    ///
    /// Value n of one attribute belongs to value n of the other (PS3.3, C.7.6.1.1.5), so both must have as
    /// many values. Where the source has fewer of one, its last steps are filled up: with the method
    /// UNKNOWN, and with the ratio 1, which claims nothing and leaves the product of all ratios as it is;
    /// an empty ratio would be read as the invalid 0. A source that is lossy but has neither attribute gets
    /// one such step.
    ///
    /// - Parameters:
    ///   - ratios: The source's values, separated by backslashes; empty if there are none.
    ///   - methods: Likewise.
    ///   - isLossy: Whether the source's Lossy Image Compression (0028,2110) is 01.
    ///   - ratio: Of the new step.
    ///   - method: Of the new step.
    init(ratios: [UInt8], methods: [UInt8], isLossy: Bool, ratio: String, method: String) {
        let steps = max(Self.count(ratios), Self.count(methods), isLossy ? 1 : 0)
        self.ratios = Self.appended(ratios, steps: steps, filler: "1", ratio)
        self.methods = Self.appended(methods, steps: steps, filler: "UNKNOWN", method)
    }

    private static let backslash = UInt8(ascii: "\\")

    private static func count(_ values: [UInt8]) -> Int {
        values.isEmpty ? 0 : 1 + values.count { $0 == backslash }
    }

    private static func appended(_ values: [UInt8], steps: Int, filler: String, _ new: String) -> [UInt8] {
        let fillers = [String](repeating: filler, count: steps - count(values))
        let added = (fillers + [new]).joined(separator: "\\").utf8
        return values + (values.isEmpty ? [] : [backslash]) + added
    }
}

/// A positive ratio as a decimal string of at most 16 characters: a point in every locale, four digits
/// after it for ratios from 1, ten below.
///
/// - Returns: Nil for what is no ratio: not finite, or not from 10⁻⁹ to 10⁹.
func decimalString(ratio: Double) -> String? {
    guard ratio >= 1e-9, ratio <= 1e9 else { return nil }
    let places = ratio < 1 ? 10 : 4
    let unit = ratio < 1 ? 10_000_000_000 : 10_000
    let scaled = Int((ratio * Double(unit)).rounded())
    let digits = String(scaled % unit)
    var fraction = String(repeating: "0", count: places - digits.count) + digits
    while fraction.last == "0" { fraction.removeLast() }
    return "\(scaled / unit)" + (fraction.isEmpty ? "" : "." + fraction)
}

/// A text as a code string: capitals, digits, blanks and underscores, at most 16 characters; any other
/// character becomes an underscore. (PS3.5, 6.2)
func codeString(_ text: String) -> String {
    let fits: (Character) -> Bool = { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == " ") }
    return String(text.uppercased().prefix(16).map { fits($0) ? $0 : "_" })
}

/// A text of any one line as ASCII, which every character set of DICOM holds at the end of a text.
func plainText(_ text: String) -> String {
    String(text.map { $0.isASCII && !$0.isNewline && $0 >= " " && $0 != "\u{7F}" ? $0 : "?" })
}

/// A Derivation Description (ST, 1024 characters) with a further remark.
///
/// Where both are too long the remark is cut: cutting the earlier text could tear one of its characters,
/// and what the remark says of ratio and method stands in attributes of their own.
func derivationDescription(_ earlier: [UInt8], adding remark: String) -> [UInt8] {
    let limit = 1024
    let added = (earlier.isEmpty ? "" : "; ") + plainText(remark)
    let room = max(0, limit - earlier.count)
    // Less than a word is no remark.
    if room < 16, !earlier.isEmpty { return earlier }
    return earlier + added.utf8.prefix(room)
}

/// An Image Type or Frame Type whose first value is DERIVED; the others are kept.
///
/// - Parameters:
///   - value: The source's, without padding.
///   - absent: What stands for an empty one.
/// - Returns: Values separated by backslashes.
func derivedType(_ value: [UInt8], ifEmpty absent: String) -> [UInt8] {
    guard !value.isEmpty else { return Array(absent.utf8) }
    let rest = value.drop { $0 != UInt8(ascii: "\\") }
    return Array("DERIVED".utf8) + rest
}
