// SPDX-License-Identifier: Apache-2.0
import Samples

/// The header of an EDF or BDF file.
///
/// Sources: Kemp and others 1992, Kemp and Olivan 2003; BioSemi for 24 bits.
struct EDFHeader {
    struct Signal {
        var label: String
        var units: String
        /// As written: minimum and maximum of physical and of digital values.
        var physical: (String, String)
        var digital: (String, String)
        var samplesPerRecord: Int
        /// Whether its bytes are annotations.
        var isAnnotation: Bool
    }

    var format: SignalFormat
    /// Bytes of a sample.
    var cellBytes: Int { format == .bdf ? 3 : 2 }
    /// Bytes of the header.
    var byteCount: Int
    /// Data records that the header states; nil if it was written before the recording ended.
    var recordCount: Int?
    /// Seconds of a data record.
    var recordDuration: ExactDecimal
    /// Whether there may be time between data records (EDF+D).
    var isDiscontinuous: Bool
    var signals: [Signal] = []

    /// Whether a file begins like one of these formats.
    static func recognizes(_ bytes: [UInt8]) -> SignalFormat? {
        guard bytes.count >= 256 else { return nil }
        if bytes.starts(with: [0xFF] + "BIOSEMI".utf8) { return .bdf }
        guard bytes.starts(with: "0       ".utf8), number(bytes, 184, 8) != nil, number(bytes, 252, 4) != nil
        else { return nil }
        return .edf
    }

    init(_ bytes: [UInt8], format: SignalFormat) throws(SignalError) {
        self.format = format
        func invalid(_ field: String) -> SignalError { .invalidHeader(format, field: field, line: 0) }
        guard bytes.count >= 256, let count = Self.number(bytes, 252, 4), count >= 0 else {
            throw invalid("number of signals")
        }
        byteCount = 256 * (count + 1)
        guard byteCount <= bytes.count else {
            throw .truncated(format, structure: "the header", needed: byteCount, available: bytes.count)
        }
        guard Self.number(bytes, 184, 8) == byteCount else { throw invalid("length of the header") }
        guard let records = Self.number(bytes, 236, 8), records >= -1 else {
            throw invalid("number of data records")
        }
        recordCount = records == -1 ? nil : records
        guard let duration = ExactDecimal(Self.text(bytes, 244, 8)), duration.digits >= 0 else {
            throw invalid("duration of a data record")
        }
        recordDuration = duration
        isDiscontinuous = Self.text(bytes, 192, 5).hasSuffix("+D")
        let annotations = format == .bdf ? "BDF Annotations" : "EDF Annotations"
        for index in 0..<count {
            /// The field of this signal; the fields of all signals stand together.
            func field(_ before: Int, _ width: Int) -> String {
                Self.text(bytes, 256 + count * before + index * width, width)
            }
            guard let samples = Int(field(216, 8)), samples >= 0 else {
                throw invalid("samples of signal \(index + 1) in a data record")
            }
            let label = field(0, 16)
            signals.append(
                Signal(
                    label: label, units: field(96, 8), physical: (field(104, 8), field(112, 8)),
                    digital: (field(120, 8), field(128, 8)), samplesPerRecord: samples,
                    isAnnotation: label == annotations))
        }
    }

    private static func text(_ bytes: [UInt8], _ offset: Int, _ width: Int) -> String {
        let field = bytes[offset..<offset + width]
        let text = String(String.UnicodeScalarView(field.map { Unicode.Scalar($0) }))
        return String(
            text.drop(while: \.isWhitespace).reversed().drop { $0.isWhitespace || $0 == "\0" }.reversed())
    }

    private static func number(_ bytes: [UInt8], _ offset: Int, _ width: Int) -> Int? {
        Int(text(bytes, offset, width))
    }
}

extension EDFHeader.Signal {
    /// What a recording says of the signal, and whether its ranges give a gain.
    var described: (SignalDescription, hasGain: Bool) {
        var description = SignalDescription(name: label, units: units, gain: 1, baseline: 0)
        guard let least = ExactDecimal(physical.0)?.value, let most = ExactDecimal(physical.1)?.value,
            let low = ExactDecimal(digital.0)?.value, let high = ExactDecimal(digital.1)?.value,
            least != most, low < high
        else {
            description.units = ""
            return (description, false)
        }
        description.gain = (high - low) / (most - least)
        description.baseline = low - least * description.gain
        description.gainText = "\(digital.0)...\(digital.1) for \(physical.0)...\(physical.1)"
        return (description, true)
    }
}
