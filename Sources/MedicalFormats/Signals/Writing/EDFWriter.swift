// SPDX-License-Identifier: Apache-2.0
public import Samples

extension SignalWriter {
    /// Writes EDF+ (16 bits) or BDF+ (24 bits), discontinuous where the recording has gaps.
    ///
    /// Patient, recorder and date are left out as the format prescribes for unknown ones; skew is undone.
    ///
    /// - Parameters:
    ///   - recording: The signals.
    ///   - format: ``SignalFormat/edf`` or ``SignalFormat/bdf``.
    ///   - name: The file's name.
    /// - Returns: The file.
    /// - Throws: ``SignalError/cannotWrite(_:reason:)``.
    public static func edf(
        _ recording: Recording, format: SignalFormat = .edf, name: String
    ) throws(SignalError) -> Output {
        precondition(format == .edf || format == .bdf, "EDF+ and BDF+ are written here")
        guard !recording.spans.isEmpty else { throw .noSignals(format) }
        return try EDFPlusWriter(recording, format: format).output(name: name)
    }
}

private struct EDFPlusWriter {
    let recording: Recording
    let format: SignalFormat
    let duration: EDFRecordDuration
    /// Bytes of the time stamps of a data record; a multiple of the cells of both formats.
    private static let stampBytes = 48

    private var cellBytes: Int { format == .bdf ? 3 : 2 }
    private var digitalRange: ClosedRange<Int> {
        SampleFormat(bitsStored: 8 * cellBytes, isSigned: true).range
    }

    init(_ recording: Recording, format: SignalFormat) throws(SignalError) {
        self.recording = recording
        self.format = format
        duration = try EDFRecordDuration(recording, format: format)
        // Every data record has all signals.
        guard recording.spans.allSatisfy({ $0.pieces.count == recording.groups.count }) else {
            throw .cannotWrite(format, reason: "not all signals were recorded all the time")
        }
        guard
            recording.groups.allSatisfy({
                digitalRange.contains($0.samples.format.range.lowerBound)
                    && digitalRange.contains($0.samples.format.range.upperBound)
            })
        else { throw .cannotWrite(format, reason: "the samples have too many bits") }
    }

    func output(name: String) throws(SignalError) -> SignalWriter.Output {
        var output = SignalWriter.Output()
        var records = 0
        var stamps: [UInt8] = []
        var padding = 0
        var counts: [Int] = []
        var end = -Double.infinity
        for span in recording.spans {
            guard span.start > end - duration.seconds * 1e-3 else {
                throw .cannotWrite(format, reason: "a part before a gap does not fill its data records")
            }
            let piece = span.pieces[0]
            let samples = duration.samplesPerRecord[piece.group]
            let count = (piece.columns.count + samples - 1) / samples
            padding += count * samples - piece.columns.count
            for record in 0..<count { stamps += stamp(span.start + Double(record) * duration.seconds) }
            counts.append(count)
            end = span.start + Double(count) * duration.seconds
            records += count
        }
        if padding > 0 {
            output.notes.append(
                "data records are filled up with the last sample: \(padding) instants are added")
        }
        if recording.groups.contains(where: \.hasMissingSamples) {
            output.notes.append(
                "\(format.rawValue) knows no missing samples: their stored value stands for them")
        }
        var parts: [SampleArray] = []
        for (index, group) in recording.groups.enumerated() {
            let samples = duration.samplesPerRecord[index]
            var rows = [[Int]](repeating: [], count: group.signals.count)
            for (span, count) in zip(recording.spans, counts) {
                guard let piece = span.pieces.first(where: { $0.group == index }) else { continue }
                guard abs(piece.columns.count - count * samples) < samples else {
                    throw .cannotWrite(format, reason: "the signals are not equally long")
                }
                let columns = count * samples
                let values = try group.values(piece.columns, isAligned: true, count: columns) { $1 }
                for row in rows.indices { rows[row] += values[row * columns..<(row + 1) * columns] }
            }
            parts.append(
                SampleArray(
                    extent: Extent(rows: group.signals.count, columns: records * samples),
                    format: group.samples.format, values: rows.flatMap { $0 }))
        }
        let slots = recording.groups.enumerated().flatMap { part, group in
            group.signals.indices.map { row in
                let samples = duration.samplesPerRecord[part]
                return SourceRecord.Cut.Slot.samples(
                    part: part, first: row * records * samples, count: samples)
            }
        }
        let header = header(records: records)
        let cut = SourceRecord.Cut(
            offset: header.count, packing: .integers(byteCount: cellBytes, isBigEndian: false),
            repeats: records,
            slots: slots + [.kept(byteCount: Self.stampBytes)])
        let record = SourceRecord(
            format: .other, isByteExact: false, byteCount: header.count + cut.byteCount, digest: [],
            cuts: [cut],
            kept: header + stamps)
        guard let file = try? record.rebuilt(from: parts) else {
            throw .cannotWrite(format, reason: "the samples do not fit")
        }
        output.files = [(name, file)]
        return output
    }

    /// Whether there is time between spans.
    private var hasGaps: Bool {
        zip(recording.spans, recording.spans.dropFirst()).contains { before, after in
            abs(before.start + before.duration - after.start) > duration.seconds * 1e-3
        }
    }

    /// The annotation that says when a data record begins.
    private func stamp(_ seconds: Double) -> [UInt8] {
        let text = "\(seconds < 0 ? "" : "+")\(shortText((seconds * 1e6).rounded() / 1e6))"
        let bytes = Array(text.utf8.prefix(40)) + [0x14, 0x14]
        return bytes + [UInt8](repeating: 0, count: Self.stampBytes - bytes.count)
    }

    private func header(records: Int) -> [UInt8] {
        let signals = recording.groups.flatMap(\.signals)
        let count = signals.count + 1
        let name = format == .bdf ? "BDF" : "EDF"
        var header: [UInt8] = format == .bdf ? [0xFF] + "BIOSEMI".utf8 : edfField("0", 8)
        header += edfField("X X X X", 80) + edfField("Startdate X X X X", 80)
        header += edfField("01.01.85", 8) + edfField("00.00.00", 8) + edfField("\(256 * (count + 1))", 8)
        header += edfField("\(name)+\(hasGaps ? "D" : "C")", 44)
        header += edfField("\(records)", 8) + edfField(duration.text, 8) + edfField("\(count)", 4)
        var fields = recording.groups.enumerated().flatMap { index, group in
            group.signals.map { signal in
                let range = EDFPhysicalRange(signal, stored: group.samples.format.range)
                return [
                    edfField(signal.name, 16), edfField("", 80), edfField(signal.units, 8),
                    edfField(range.physical.0, 8), edfField(range.physical.1, 8),
                    edfField("\(range.digital.lowerBound)", 8), edfField("\(range.digital.upperBound)", 8),
                    edfField("", 80), edfField("\(duration.samplesPerRecord[index])", 8), edfField("", 32),
                ]
            }
        }
        fields.append([
            edfField("\(name) Annotations", 16), edfField("", 80), edfField("", 8), edfField("-1", 8),
            edfField("1", 8),
            edfField("\(digitalRange.lowerBound)", 8), edfField("\(digitalRange.upperBound)", 8),
            edfField("", 80),
            edfField("\(Self.stampBytes / cellBytes)", 8), edfField("", 32),
        ])
        for field in fields[0].indices { for signal in fields { header += signal[field] } }
        return header
    }
}

/// Text of a fixed width; what is not printable ASCII becomes a letter that is.
private func edfField(_ text: String, _ width: Int) -> [UInt8] {
    let plain = text.unicodeScalars.map { scalar -> UInt8 in
        if scalar == "µ" || scalar == "μ" { return UInt8(ascii: "u") }
        return 0x20..<0x7F ~= scalar.value ? UInt8(scalar.value) : UInt8(ascii: "?")
    }
    return Array((plain + [UInt8](repeating: 0x20, count: width)).prefix(width))
}
