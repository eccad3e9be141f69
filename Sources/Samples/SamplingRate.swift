// SPDX-License-Identifier: Apache-2.0

/// Instants in a second, as an exact fraction in lowest terms.
public struct SamplingRate: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// Above the line; at least 1.
    public let numerator: Int
    /// Below the line; at least 1.
    public let denominator: Int

    /// Makes a rate; nil if either number is below 1.
    public init?(_ numerator: Int, over denominator: Int = 1) {
        guard numerator >= 1, denominator >= 1 else { return nil }
        var (a, b) = (numerator, denominator)
        while b != 0 { (a, b) = (b, a % b) }
        self.numerator = numerator / a
        self.denominator = denominator / a
    }

    /// Reads a decimal number such as "360" or "62.4725"; nil for anything else, for 0, and for a number
    /// of more than 18 digits.
    public init?(decimal text: some StringProtocol) {
        guard let number = ExactDecimal(text) else { return nil }
        self.init(number: number)
    }

    /// Makes a rate of `count` instants in a number of seconds.
    public init?(_ count: Int, inSeconds seconds: ExactDecimal) {
        guard let duration = SamplingRate(number: seconds), count >= 1 else { return nil }
        let (above, overflow) = count.multipliedReportingOverflow(by: duration.denominator)
        guard !overflow else { return nil }
        self.init(above, over: duration.numerator)
    }

    /// This many times the rate; nil if that is out of range.
    public func times(_ factor: Int) -> SamplingRate? {
        let (above, overflow) = numerator.multipliedReportingOverflow(by: factor)
        return overflow ? nil : SamplingRate(above, over: denominator)
    }

    private init?(number: ExactDecimal) {
        if number.exponent >= 0 {
            let (above, overflow) = number.digits.multipliedReportingOverflow(by: powerOfTen(number.exponent))
            guard !overflow else { return nil }
            self.init(above)
        } else {
            self.init(number.digits, over: powerOfTen(-number.exponent))
        }
    }

    /// Instants in a second.
    public var hertz: Double { Double(numerator) / Double(denominator) }

    /// As a decimal number if it is one of few digits, otherwise as a fraction.
    public var description: String {
        var (digits, rest, below) = (0, denominator, 1)
        while digits < 9, rest != 1 {
            digits += 1
            below *= 10
            rest = denominator / greatestCommonDivisor(denominator, below)
        }
        let (scaled, overflow) = numerator.multipliedReportingOverflow(by: below)
        guard rest == 1, !overflow else { return "\(numerator)/\(denominator)" }
        var bytes: [UInt8] = []
        DecimalText(fractionDigits: digits, separator: [], lineEnd: []).append(
            scaled / denominator, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A decimal number without rounding: `digits` times ten to the power of `exponent`.
public struct ExactDecimal: Equatable, Sendable {
    /// All digits as one number, with the sign.
    public let digits: Int
    /// The power of ten, -18 to 18.
    public let exponent: Int

    /// Reads a number such as "-12.50" or "1.25e+04"; nil for anything else and for more than 18 digits.
    public init?(_ text: some StringProtocol) {
        var bytes = Array(text.utf8)
        var exponent = 0
        if let mark = bytes.firstIndex(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }) {
            guard let power = Int(String(decoding: bytes[(mark + 1)...], as: UTF8.self)),
                (-18...18).contains(power)
            else { return nil }
            exponent = power
            bytes.removeSubrange(mark...)
        }
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
        var digits = 0
        var count = 0
        var pointSeen = false
        for byte in bytes {
            if byte == UInt8(ascii: "."), !pointSeen {
                pointSeen = true
                continue
            }
            guard 0x30...0x39 ~= byte, digits < 100_000_000_000_000_000 else { return nil }
            digits = digits * 10 + Int(byte - 0x30)
            count += 1
            if pointSeen { exponent -= 1 }
        }
        // Zeros at the end of a fraction say nothing here.
        while exponent < 0, digits % 10 == 0 {
            digits /= 10
            exponent += 1
        }
        guard count > 0, (-18...18).contains(exponent) else { return nil }
        self.digits = isNegative ? -digits : digits
        self.exponent = exponent
    }

    /// The nearest binary number.
    public var value: Double {
        exponent >= 0
            ? Double(digits) * Double(powerOfTen(exponent)) : Double(digits) / Double(powerOfTen(-exponent))
    }
}

private func powerOfTen(_ exponent: Int) -> Int { (0..<exponent).reduce(1) { power, _ in power * 10 } }

private func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
    second == 0 ? first : greatestCommonDivisor(second, first % second)
}
