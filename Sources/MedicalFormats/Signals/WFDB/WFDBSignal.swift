// SPDX-License-Identifier: Apache-2.0
import Samples

/// What a signal line of a WFDB header says.
struct WFDBSignal {
    /// The name of the file that holds the samples.
    var file: String
    var format: WFDBFormat
    var samplesPerFrame = 1
    var skew = 0
    /// Bytes of the file before its samples.
    var byteOffset = 0
    var description: SignalDescription
    /// Where the format field stands, in characters of its line.
    let line: WFDBLine

    /// What differences begin from: the initial value, or the zero level of the converter.
    var origin: Int { description.initialValue ?? description.converterZero ?? 0 }

    init(_ line: WFDBLine) throws(SignalError) {
        self.line = line
        file = String(try line.field(0, "file name"))
        description = SignalDescription(name: line.rest(from: 8), units: "mV", gain: 200, baseline: 0)
        let field = try line.field(1, "format")
        let digits = field.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { throw line.invalid("format") }
        guard let format = WFDBFormat(rawValue: number) else {
            throw .unsupported(.wfdb, feature: "signal format \(number)")
        }
        self.format = format
        try readModifiers(field.dropFirst(digits.count))
        try readConversion()
    }

    /// Samples per frame, skew and byte offset, as in "212x4:3+24".
    private mutating func readModifiers(_ text: Substring) throws(SignalError) {
        var rest = text
        while let mark = rest.first {
            let digits = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            guard let value = Int(digits), value <= 1 << 40 else { throw line.invalid("format") }
            switch mark {
            case "x" where 1...65535 ~= value: samplesPerFrame = value
            case ":": skew = value
            case "+": byteOffset = value
            default: throw line.invalid("format")
            }
            rest = rest.dropFirst(1 + digits.count)
        }
        description.skew = skew
    }

    /// Gain, baseline, units and the numbers behind them.
    private mutating func readConversion() throws(SignalError) {
        description.resolutionBits = try optionalNumber(3, "ADC resolution", in: 0...32)
        if description.resolutionBits == 0 { description.resolutionBits = nil }
        description.converterZero = try optionalNumber(4, "ADC zero")
        description.initialValue = try optionalNumber(5, "initial value")
        description.checksum = try optionalNumber(6, "checksum").map { UInt16(truncatingIfNeeded: $0) }
        description.baseline = Double(description.converterZero ?? 0)
        description.missing = format.missing
        guard let field = line.optional(2) else { return }
        var number = field
        if let slash = field.firstIndex(of: "/") {
            description.units = String(field[field.index(after: slash)...])
            number = field[..<slash]
        }
        if let open = number.firstIndex(of: "(") {
            guard number.last == ")",
                let baseline = ExactDecimal(number[number.index(after: open)...].dropLast())
            else { throw line.invalid("baseline") }
            description.baseline = baseline.value
            number = number[..<open]
        }
        guard let gain = ExactDecimal(number) else { throw line.invalid("gain") }
        description.gainText = String(number)
        // Zero means that nobody knows: the format prescribes 200 units in a millivolt.
        if gain.digits != 0 { description.gain = gain.value }
    }

    private func optionalNumber(
        _ index: Int, _ meaning: String, in range: ClosedRange<Int> = -1 << 33...1 << 33
    ) throws(SignalError) -> Int? {
        line.optional(index) == nil ? nil : try line.number(index, meaning, in: range)
    }
}

/// The storage formats of WFDB. (WFDB Applications Guide, signal(5))
enum WFDBFormat: Int {
    case none = 0
    case differences8 = 8
    case signed16 = 16
    case signed24 = 24
    case signed32 = 32
    case bigEndian16 = 61
    case offsetBinary8 = 80
    case offsetBinary16 = 160
    case pairs12 = 212
    case triples10InWords = 310
    case triples10 = 311
    case flac8 = 508
    case flac16 = 516
    case flac24 = 524

    /// How samples are stored; compressed ones as they are restored.
    var packing: SamplePacking {
        switch self {
        case .none, .signed16, .flac16: .integers(byteCount: 2, isBigEndian: false)
        case .bigEndian16: .integers(byteCount: 2, isBigEndian: true)
        case .signed24, .flac24: .integers(byteCount: 3, isBigEndian: false)
        case .signed32: .integers(byteCount: 4, isBigEndian: false)
        case .differences8: .differences8
        case .offsetBinary8, .flac8: .offsetBinary(byteCount: 1)
        case .offsetBinary16: .offsetBinary(byteCount: 2)
        case .pairs12: .pairs12
        case .triples10InWords: .triples10InWords
        case .triples10: .triples10
        }
    }

    var isCompressed: Bool { self == .flac8 || self == .flac16 || self == .flac24 }

    /// The format that compressed samples are restored in.
    var restored: WFDBFormat {
        switch self {
        case .flac8: .offsetBinary8
        case .flac16: .signed16
        case .flac24: .signed24
        default: self
        }
    }

    /// Bits of a sample.
    var bits: Int {
        switch self {
        case .offsetBinary8, .flac8: 8
        case .triples10InWords, .triples10: 10
        case .pairs12: 12
        case .signed24, .flac24: 24
        case .signed32: 32
        case .none, .differences8, .signed16, .bigEndian16, .offsetBinary16, .flac16: 16
        }
    }

    /// The stored value that stands for a missing sample: the lowest, but for differences, which have none.
    var missing: Int? { self == .differences8 || self == .none ? nil : -1 << (bits - 1) }
}
