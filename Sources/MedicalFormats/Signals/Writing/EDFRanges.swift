// SPDX-License-Identifier: Apache-2.0
import Samples

/// The length of the data records of an EDF file that is written.
struct EDFRecordDuration {
    /// Seconds, as a decimal number of at most eight characters.
    let text: String
    let seconds: Double
    /// Samples of each signal of a group in a data record.
    let samplesPerRecord: [Int]

    /// Longest data record, in seconds.
    private static let longest = 60.0

    /// Finds a length that holds whole samples of every group: one that divides the recording if there is
    /// one between a tenth of a second and ten, or else one near a second.
    init(_ recording: Recording, format: SignalFormat) throws(SignalError) {
        // Whole samples of all rates fit into multiples of lcm(denominators) / gcd(numerators) seconds.
        var (above, below) = (1, 0)
        for rate in recording.groups.map(\.rate) {
            let (multiple, overflow) = (above / Self.divisor(above, rate.denominator))
                .multipliedReportingOverflow(by: rate.denominator)
            guard !overflow, multiple < 1 << 40 else {
                throw .cannotWrite(format, reason: "no data record holds whole samples of all rates")
            }
            above = multiple
            below = Self.divisor(rate.numerator, below)
        }
        let unit = Double(above) / Double(below)
        let most = max(1, Int((Self.longest / unit).rounded(.down)))
        let columns = recording.spans.flatMap(\.pieces)
        var best: (text: String, multiple: Int, cost: Double)?
        for multiple in 1...min(most, 1 << 17) {
            guard let text = Self.decimal(multiple, above, below) else { continue }
            let seconds = unit * Double(multiple)
            let divides = columns.allSatisfy {
                $0.columns.count % Self.samples(recording.groups[$0.group].rate, multiple, above, below) == 0
            }
            let distance = seconds > 1 ? seconds : 1 / seconds
            let cost = distance + (divides && 0.1...10 ~= seconds ? 0 : 1000)
            if best == nil || cost < best?.cost ?? 0 { best = (text, multiple, cost) }
        }
        guard let best else {
            throw .cannotWrite(format, reason: "no data record holds whole samples of all rates")
        }
        text = best.text
        seconds = unit * Double(best.multiple)
        samplesPerRecord = recording.groups.map { Self.samples($0.rate, best.multiple, above, below) }
    }

    private static func samples(_ rate: SamplingRate, _ multiple: Int, _ above: Int, _ below: Int) -> Int {
        rate.numerator / below * (above / rate.denominator) * multiple
    }

    /// multiple * above / below as a decimal number of at most eight characters; nil if it is none.
    private static func decimal(_ multiple: Int, _ above: Int, _ below: Int) -> String? {
        let (product, overflow) = multiple.multipliedReportingOverflow(by: above)
        guard !overflow else { return nil }
        let common = divisor(product, below)
        var (number, rest) = (product / common, below / common)
        var digits = 0
        while rest > 1 {
            guard digits < 6 else { return nil }
            let (tenfold, overflow) = number.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            let shared = divisor(tenfold, rest)
            (number, rest, digits) = (tenfold / shared, rest / shared, digits + 1)
        }
        var bytes: [UInt8] = []
        DecimalText(fractionDigits: digits, separator: [], lineEnd: []).append(number, to: &bytes)
        return bytes.count <= 8 ? String(decoding: bytes, as: UTF8.self) : nil
    }

    private static func divisor(_ first: Int, _ second: Int) -> Int {
        second == 0 ? first : divisor(second, first % second)
    }
}

/// Two stored values and their physical ones, which are the calibration of an EDF signal.
struct EDFPhysicalRange {
    var digital: ClosedRange<Int>
    var physical: (String, String)

    /// The ends of the stored range, with physical values rounded to the eight characters that there are.
    init(_ signal: SignalDescription, stored: ClosedRange<Int>) {
        func text(_ value: Int) -> String {
            let exact = (Double(value) - signal.baseline) / signal.gain
            let short = shortText(exact)
            if short.utf8.count <= 8, !short.contains("e") { return short }
            for digits in (0...6).reversed() {
                let power = (0..<digits).reduce(1.0) { power, _ in power * 10 }
                guard let number = Int(exactly: (exact * power).rounded()) else { continue }
                var bytes: [UInt8] = []
                DecimalText(fractionDigits: digits, separator: [], lineEnd: []).append(number, to: &bytes)
                if bytes.count <= 8 { return String(decoding: bytes, as: UTF8.self) }
            }
            return value == stored.lowerBound ? "-9999999" : "99999999"
        }
        digital = stored
        physical = (text(stored.lowerBound), text(stored.upperBound))
    }
}
