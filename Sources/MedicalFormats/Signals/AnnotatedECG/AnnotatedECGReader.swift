// SPDX-License-Identifier: Apache-2.0
import Samples

/// Reads HL7 annotated ECG: one group for each sequence set, the text of the samples cut out where it is
/// plain.
struct AnnotatedECGReader {
    private let bytes: [UInt8]
    private let document: AnnotatedECGDocument

    init(_ bytes: [UInt8]) throws(SignalError) {
        self.bytes = bytes
        document = try AnnotatedECGDocument(bytes)
    }

    func read(name: String) throws(SignalError) -> Recording {
        var builder = RecordingBuilder()
        var cuts: [SourceRecord.Cut] = []
        var begin: Double?
        for set in document.sets {
            guard let times = set.first(where: { $0.code.hasPrefix("TIME_") }), let rate = Self.rate(times)
            else {
                throw .invalidHeader(.annotatedECG, field: "a sequence set without a time step", line: 0)
            }
            var start = 0.0
            if times.code == "TIME_ABSOLUTE", let seconds = secondsOfTimestamp(times.head) {
                start = seconds - (begin ?? seconds)
                begin = begin ?? seconds
            }
            var leads: [Lead] = []
            for sequence in set {
                if let lead = try lead(sequence) { leads.append(lead) }
            }
            for length in Set(leads.map(\.values.count)).sorted(by: >) {
                let rows = leads.filter { $0.values.count == length }
                let part = try builder.add(
                    RecordingBuilder.Group(
                        columns: length, format: SampleFormat(bitsStored: 16, isSigned: true), rate: rate,
                        signals: rows.map(\.description), values: rows.flatMap(\.values)))
                builder.addSpan(of: part, start: start)
                for (row, lead) in rows.enumerated() {
                    cuts.append(
                        SourceRecord.Cut(
                            offset: lead.text.lowerBound,
                            packing: .text(
                                DecimalText(
                                    fractionDigits: lead.fractionDigits, separator: [], lineEnd: [0x20])),
                            repeats: length, slots: [.samples(part: part, first: row * length, count: 1)],
                            byteCount: lead.text.count))
                }
            }
        }
        guard !builder.groups.isEmpty else { throw .noSignals(.annotatedECG) }
        builder.add(name: name, bytes, cuts: cuts.sorted { $0.offset < $1.offset })
        return builder.recording()
    }

    private struct Lead {
        var description: SignalDescription
        var values: [Int32]
        var text: Range<Int>
        var fractionDigits: Int
    }

    /// A sequence of samples; nil for one that has none.
    private func lead(_ sequence: AnnotatedECGDocument.Sequence) throws(SignalError) -> Lead? {
        guard var text = sequence.digits.first else { return nil }
        guard sequence.digits.count == 1 else {
            throw .unsupported(.annotatedECG, feature: "samples with other things between them")
        }
        while let first = bytes[text].first, isWhitespace(first) { text.removeFirst() }
        while let last = bytes[text].last, isWhitespace(last) { text.removeLast() }
        var numbers = DecimalNumbers()
        for token in bytes[text].split(whereSeparator: isWhitespace) {
            guard numbers.append(token) else { throw invalidNumber(in: text, numbers.count) }
        }
        guard numbers.count >= 1 else { return nil }
        let fractionDigits = numbers.mostFractionDigits
        let (values, misfit) = numbers.integers(fractionDigits: fractionDigits)
        if let misfit { throw invalidNumber(in: text, misfit) }
        guard fractionDigits <= DecimalText.mostFractionDigits else { throw invalidNumber(in: text, 0) }
        guard let step = ExactDecimal(sequence.scale)?.value, step != 0,
            let origin = ExactDecimal(sequence.origin.isEmpty ? "0" : sequence.origin)?.value
        else { throw .invalidHeader(.annotatedECG, field: "the scale of a sequence", line: 0) }
        let power = (0..<fractionDigits).reduce(1.0) { power, _ in power * 10 }
        let prefix = "MDC_ECG_LEAD_"
        var description = SignalDescription(
            name: String(
                sequence.code.hasPrefix(prefix) ? sequence.code.dropFirst(prefix.count) : sequence.code[...]),
            units: sequence.scaleUnit, gain: power / step, baseline: -origin / step * power)
        description.gainText = "1/\(sequence.scale)"
        return Lead(description: description, values: values, text: text, fractionDigits: fractionDigits)
    }

    private func invalidNumber(in text: Range<Int>, _ index: Int) -> SignalError {
        let line = bytes[..<text.lowerBound].count { $0 == 0x0A } + 1
        return .invalidNumber(line: line, column: index + 1)
    }

    private static func rate(_ times: AnnotatedECGDocument.Sequence) -> SamplingRate? {
        guard let step = ExactDecimal(times.increment), let rate = SamplingRate(1, inSeconds: step) else {
            return nil
        }
        switch times.incrementUnit {
        case "s", "": return rate
        case "ms": return rate.times(1000)
        case "us": return rate.times(1_000_000)
        default: return nil
        }
    }
}

/// Seconds of a time stamp such as "20250923103550.123"; nil for anything else.
private func secondsOfTimestamp(_ text: String) -> Double? {
    let stamp = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
    let digits = stamp.prefix { $0 != "." }
    guard digits.count >= 14 else { return nil }
    let fields = [4, 2, 2, 2, 2, 2].reduce(into: (rest: digits, values: [Int]())) { state, width in
        state.values.append(Int(state.rest.prefix(width)) ?? 0)
        state.rest = state.rest.dropFirst(width)
    }.values
    // Days since a March 1st, from the proleptic Gregorian calendar.
    let year = fields[1] <= 2 ? fields[0] - 1 : fields[0]
    let month = (fields[1] + 9) % 12
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + fields[2]
    let seconds = days * 86400 + fields[3] * 3600 + fields[4] * 60 + fields[5]
    return Double(seconds) + (Double("0" + stamp.dropFirst(digits.count)) ?? 0)
}
