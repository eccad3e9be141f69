// SPDX-License-Identifier: Apache-2.0
import Samples

/// Decimal numbers read from text, to become integers with a common number of fraction digits.
struct DecimalNumbers {
    /// The digits of each number, without its point.
    private var digits: [Int] = []
    private var fractionDigits: [UInt8] = []
    /// Most digits behind a point so far.
    private(set) var mostFractionDigits = 0

    var count: Int { digits.count }

    /// Appends a number such as "-12.5" or "1e3"; false for anything else, NaN included.
    mutating func append(_ text: ArraySlice<UInt8>) -> Bool {
        guard let (value, fraction) = Self.plain(text) ?? Self.scientific(text) else { return false }
        digits.append(value)
        fractionDigits.append(UInt8(fraction))
        mostFractionDigits = max(mostFractionDigits, fraction)
        return true
    }

    private static func plain(_ text: ArraySlice<UInt8>) -> (Int, Int)? {
        var value = 0
        var (count, fraction) = (0, 0)
        var pointSeen = false
        var rest = text
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        for byte in rest {
            if byte == UInt8(ascii: "."), !pointSeen {
                pointSeen = true
                continue
            }
            guard 0x30...0x39 ~= byte, count < 18 else { return nil }
            value = value * 10 + Int(byte - 0x30)
            count += 1
            if pointSeen { fraction += 1 }
        }
        return count > 0 ? (isNegative ? -value : value, fraction) : nil
    }

    private static func scientific(_ text: ArraySlice<UInt8>) -> (Int, Int)? {
        guard let number = ExactDecimal(String(decoding: text, as: UTF8.self)) else { return nil }
        guard number.exponent > 0 else { return (number.digits, -number.exponent) }
        var value = number.digits
        for _ in 0..<number.exponent {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            value = product
        }
        return (value, 0)
    }

    /// The numbers times ten to the power of `fractionDigits`; nil where one does not fit, with its place.
    func integers(fractionDigits wanted: Int) -> (values: [Int32], misfit: Int?) {
        var values: [Int32] = []
        values.reserveCapacity(count)
        for index in digits.indices {
            var value = digits[index]
            for _ in 0..<max(0, wanted - Int(fractionDigits[index])) {
                let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                if overflow { return (values, index) }
                value = product
            }
            guard let fitting = Int32(exactly: value) else { return (values, index) }
            values.append(fitting)
        }
        return (values, nil)
    }
}
