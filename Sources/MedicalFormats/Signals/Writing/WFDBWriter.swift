// SPDX-License-Identifier: Apache-2.0
public import Samples

extension SignalWriter {
    /// How samples are stored in a WFDB record that is written.
    public enum WFDBStorage: Int, Sendable, CaseIterable {
        /// 12 bits.
        case format212 = 212
        /// 16 bits.
        case format16 = 16
        /// 24 bits.
        case format24 = 24
        /// 32 bits.
        case format32 = 32

        /// The values of samples; the lowest value of the format is that of a missing one.
        var range: ClosedRange<Int> {
            let bits = self == .format212 ? 12 : rawValue
            return 1 - 1 << (bits - 1)...1 << (bits - 1) - 1
        }

        var missing: Int { range.lowerBound - 1 }

        var packing: SamplePacking {
            self == .format212 ? .pairs12 : .integers(byteCount: rawValue / 8, isBigEndian: false)
        }
    }

    /// Writes a WFDB record: a header and a signal file, or several segments where there are gaps.
    ///
    /// - Parameters:
    ///   - recording: The signals.
    ///   - name: The record's name: letters, digits, "_" and "-".
    ///   - storage: How samples are stored; nil takes the smallest that holds them.
    /// - Returns: The files.
    /// - Throws: ``SignalError/cannotWrite(_:reason:)``.
    public static func wfdb(
        _ recording: Recording, name: String, storage: WFDBStorage? = nil
    ) throws(SignalError) -> Output {
        guard !name.isEmpty, name.utf8.allSatisfy({ isNameByte($0) }) else {
            throw .cannotWrite(.wfdb, reason: "a record name has letters, digits, \"_\" and \"-\" only")
        }
        guard let first = recording.spans.first else { throw .noSignals(.wfdb) }
        var writer = WFDBRecordWriter(recording, storage: storage)
        if recording.spans.count == 1 {
            try writer.write(first, name: name)
        } else {
            try writer.writeSegments(name: name)
        }
        return writer.output
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte || byte == 0x5F || byte == 0x2D
    }
}

private struct WFDBRecordWriter {
    let recording: Recording
    let storage: SignalWriter.WFDBStorage?
    var output = SignalWriter.Output()

    init(_ recording: Recording, storage: SignalWriter.WFDBStorage?) {
        self.recording = recording
        self.storage = storage
        let rounded = recording.groups.flatMap(\.signals).filter { $0.baseline != $0.baseline.rounded() }
        if !rounded.isEmpty {
            output.notes.append("baselines are rounded to whole stored units, as WFDB has them")
        }
    }

    /// Segments with gaps between, as a record of variable layout.
    mutating func writeSegments(name: String) throws(SignalError) {
        let base = try frameRate(recording.spans.flatMap(\.pieces))
        var lines: [String] = []
        var position = 0
        for (index, span) in recording.spans.enumerated() {
            let start = Int((span.start * base.hertz).rounded())
            guard start >= position else { throw .cannotWrite(.wfdb, reason: "segments overlap in time") }
            if start > position { lines.append("~ \(start - position)") }
            let segment = "\(name)_\(index + 1)"
            let frames = try write(span, name: segment, base: base)
            lines.append("\(segment) \(frames)")
            position = start + frames
        }
        var signals: [SignalDescription] = []
        for signal in recording.groups.flatMap(\.signals)
        where !signals.contains(where: { $0.name == signal.name }) {
            signals.append(signal)
        }
        let layout = "\(name)_layout"
        let rate = base.description
        var text = "\(layout) \(signals.count) \(rate) 0\n"
        for signal in signals {
            text += "~ 0 \(conversion(signal)) 0 0 0 \(signalName(signal))\n"
        }
        let header =
            (["\(name)/\(lines.count + 1) \(signals.count) \(rate) \(position)", "\(layout) 0"] + lines)
        output.files.insert(("\(layout).hea", Array(text.utf8)), at: 0)
        output.files.insert(("\(name).hea", Array((header.joined(separator: "\n") + "\n").utf8)), at: 0)
    }

    /// One segment; returns its frames.
    @discardableResult mutating func write(
        _ span: SignalSpan, name: String, base: SamplingRate? = nil
    ) throws(SignalError) -> Int {
        let rate = if let base { base } else { try frameRate(span.pieces) }
        var parts: [SampleArray] = []
        var slots: [SourceRecord.Cut.Slot] = []
        var header: [String] = []
        var frames: Int?
        let storage = if let asked = self.storage { asked } else { try smallestStorage(span) }
        for piece in span.pieces {
            let group = recording.groups[piece.group]
            guard let perFrame = multiple(group.rate, of: rate), piece.columns.count % perFrame == 0,
                frames ?? piece.columns.count / perFrame == piece.columns.count / perFrame
            else { throw .cannotWrite(.wfdb, reason: "the signals are not equally long") }
            let columns = piece.columns.count
            frames = columns / perFrame
            // WFDB knows late signals only.
            let isAligned = group.signals.contains { $0.skew < 0 }
            let values = try group.values(piece.columns, isAligned: isAligned, count: columns) {
                row, value throws(SignalError) in
                if value == group.signals[row].missing { return storage.missing }
                guard storage.range.contains(value) else {
                    throw .cannotWrite(
                        .wfdb,
                        reason:
                            "a sample does not fit format \(storage.rawValue), or means a missing one there")
                }
                return value
            }
            let bits = storage == .format212 ? 12 : storage.rawValue
            parts.append(
                SampleArray(
                    extent: Extent(rows: group.signals.count, columns: columns),
                    format: SampleFormat(bitsStored: bits, isSigned: true), values: values))
            for (row, signal) in group.signals.enumerated() {
                slots.append(.samples(part: parts.count - 1, first: row * columns, count: perFrame))
                let row = values[row * columns..<(row + 1) * columns]
                let checksum = UInt16(truncatingIfNeeded: row.reduce(0, &+))
                let format =
                    "\(storage.rawValue)\(perFrame > 1 ? "x\(perFrame)" : "")\(signal.skew > 0 && !isAligned ? ":\(signal.skew)" : "")"
                header.append(
                    "\(name).dat \(format) \(conversion(signal)) \(row.first ?? 0) \(checksum) 0 \(signalName(signal))"
                )
            }
        }
        guard let frames else { throw .noSignals(.wfdb) }
        header.insert("\(name) \(header.count) \(rate) \(frames)", at: 0)
        let cut = SourceRecord.Cut(offset: 0, packing: storage.packing, repeats: frames, slots: slots)
        let record = SourceRecord(
            format: .other, isByteExact: false, byteCount: cut.byteCount, digest: [], cuts: [cut], kept: [])
        guard let data = try? record.rebuilt(from: parts) else {
            throw .cannotWrite(.wfdb, reason: "the samples do not fit")
        }
        output.files.append(("\(name).hea", Array((header.joined(separator: "\n") + "\n").utf8)))
        output.files.append(("\(name).dat", data))
        return frames
    }

    /// The rate of which all rates are multiples.
    private func frameRate(_ pieces: [SignalSpan.Piece]) throws(SignalError) -> SamplingRate {
        let rates = pieces.map { recording.groups[$0.group].rate }
        guard let least = rates.min(by: { $0.hertz < $1.hertz }) else { throw .noSignals(.wfdb) }
        guard rates.allSatisfy({ multiple($0, of: least) != nil }) else {
            throw .cannotWrite(.wfdb, reason: "the sampling rates are no multiples of the lowest")
        }
        return least
    }

    private func multiple(_ rate: SamplingRate, of base: SamplingRate) -> Int? {
        let (above, manyAbove) = rate.numerator.multipliedReportingOverflow(by: base.denominator)
        let (below, manyBelow) = rate.denominator.multipliedReportingOverflow(by: base.numerator)
        guard !manyAbove, !manyBelow, above % below == 0 else { return nil }
        return above / below
    }

    private func smallestStorage(_ span: SignalSpan) throws(SignalError) -> SignalWriter.WFDBStorage {
        var (least, most) = (0, 0)
        for piece in span.pieces {
            let group = recording.groups[piece.group]
            for (row, signal) in group.signals.enumerated() {
                let start = row * group.samples.extent.columns
                for column in piece.columns {
                    let value = group.samples[start + column]
                    if value != signal.missing { (least, most) = (min(least, value), max(most, value)) }
                }
            }
        }
        guard
            let storage = SignalWriter.WFDBStorage.allCases.first(
                where: { $0.range.contains(least) && $0.range.contains(most) })
        else { throw .cannotWrite(.wfdb, reason: "a sample has the value that means a missing one") }
        return storage
    }

    /// Gain, baseline, units, resolution and zero as fields of a signal line.
    private func conversion(_ signal: SignalDescription) -> String {
        let units = signal.units.isEmpty ? "NU" : String(signal.units.map { $0.isWhitespace ? "_" : $0 })
        let baseline = Int(exactly: signal.baseline.rounded()) ?? 0
        return
            "\(shortText(signal.gain))(\(baseline))/\(units) \(signal.resolutionBits ?? 0) \(signal.converterZero ?? 0)"
    }

    /// A name without line breaks.
    private func signalName(_ signal: SignalDescription) -> String {
        String(signal.name.map { $0.isNewline ? " " : $0 })
    }
}
