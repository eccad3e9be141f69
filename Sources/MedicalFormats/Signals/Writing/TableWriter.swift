// SPDX-License-Identifier: Apache-2.0
public import Samples

extension SignalWriter {
    /// Writes a group as a table: a comment with the rate, a line of names, a line for each instant.
    ///
    /// - Parameters:
    ///   - group: The signals; skew is undone.
    ///   - isPhysical: Whether values are in physical units, with one digit more than a stored unit needs;
    ///     otherwise they are stored values, and the names have no units.
    /// - Returns: The file; missing samples are "NaN".
    /// - Throws: ``SignalError/cannotWrite(_:reason:)`` for gains that cannot be written in 9 decimal digits.
    public static func csv(_ group: SignalGroup, isPhysical: Bool) throws(SignalError) -> [UInt8] {
        var table: [UInt8] = Array("# Sampling Rate (Hz):= \(group.rate)\n".utf8)
        let names = group.signals.enumerated().map { index, signal in
            let name = signal.name.isEmpty ? "signal \(index + 1)" : signal.name
            let plain = String(name.map { $0 == "," || $0.isNewline || $0 == ";" || $0 == "\t" ? " " : $0 })
            return isPhysical && !signal.units.isEmpty ? "\(plain) (\(signal.units))" : plain
        }
        table += names.joined(separator: ",").utf8
        table.append(0x0A)
        let digits = isPhysical ? try fractionDigits(group) : 0
        let text = DecimalText(fractionDigits: digits, separator: [], lineEnd: [])
        let power = (0..<digits).reduce(1.0) { power, _ in power * 10 }
        let columns = group.samples.extent.columns
        let values = try group.values(0..<columns, isAligned: true, count: columns) {
            row, value throws(SignalError) in
            let signal = group.signals[row]
            if value == signal.missing { return .min }
            guard isPhysical else { return value }
            let scaled = ((Double(value) - signal.baseline) / signal.gain * power).rounded()
            guard let number = Int(exactly: scaled), number != .min else {
                throw .cannotWrite(.csv, reason: "a physical value is too large")
            }
            return number
        }
        for column in 0..<columns {
            for row in group.signals.indices {
                if row > 0 { table.append(UInt8(ascii: ",")) }
                let value = values[row * columns + column]
                if value == .min { table += "NaN".utf8 } else { text.append(value, to: &table) }
            }
            table.append(0x0A)
        }
        return table
    }

    /// Digits behind the point that tell stored values apart.
    private static func fractionDigits(_ group: SignalGroup) throws(SignalError) -> Int {
        let gain = group.signals.map { abs($0.gain) }.max() ?? 1
        var (digits, power) = (0, 1.0)
        while power < gain * 2 {
            digits += 1
            power *= 10
        }
        guard digits <= DecimalText.mostFractionDigits else {
            throw .cannotWrite(.csv, reason: "a gain of \(shortText(gain)) needs too many digits")
        }
        return digits
    }
}
