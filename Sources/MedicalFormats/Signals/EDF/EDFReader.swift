// SPDX-License-Identifier: Apache-2.0
import Samples

/// Reads EDF, EDF+, BDF and BDF+, contiguous or not.
///
/// EDFlib serves neither +D nor the bytes that must be kept, so the format, which is a header and
/// interleaved integers, is read here.
struct EDFReader {
    let header: EDFHeader
    let bytes: [UInt8]
    /// Bytes of a data record.
    private let recordBytes: Int
    /// Data records that are read.
    private var records = 0

    init(_ bytes: [UInt8], format: SignalFormat) throws(SignalError) {
        self.bytes = bytes
        header = try EDFHeader(bytes, format: format)
        // Fields of 8 digits and at most 9999 signals do not run over.
        recordBytes = header.signals.reduce(0) { $0 + $1.samplesPerRecord } * header.cellBytes
    }

    /// Reads the recording.
    mutating func read(name: String) throws(SignalError) -> Recording {
        var builder = RecordingBuilder()
        records = try recordCount(&builder)
        var rows: [Int: [Int]] = [:]
        var order: [Int] = []
        for (index, signal) in header.signals.enumerated()
        where !signal.isAnnotation && signal.samplesPerRecord > 0 {
            if rows[signal.samplesPerRecord] == nil { order.append(signal.samplesPerRecord) }
            rows[signal.samplesPerRecord, default: []].append(index)
        }
        guard !order.isEmpty else { throw .noSignals(header.format) }
        var slots: [Int: SourceRecord.Cut.Slot] = [:]
        for samples in order {
            let indices = rows[samples] ?? []
            let group = try addGroup(indices, samples, &builder)
            for (row, index) in indices.enumerated() {
                slots[index] = .samples(part: group, first: row * samples * records, count: samples)
            }
        }
        let pattern = header.signals.enumerated().map { index, signal in
            slots[index] ?? .kept(byteCount: signal.samplesPerRecord * header.cellBytes)
        }
        let cut = SourceRecord.Cut(
            offset: header.byteCount, packing: .integers(byteCount: header.cellBytes, isBigEndian: false),
            repeats: records, slots: pattern)
        builder.add(name: name, bytes, cuts: [cut])
        builder.spans = spans(samplesPerRecord: order, &builder.notes)
        return builder.recording()
    }

    private func addGroup(
        _ indices: [Int], _ samples: Int, _ builder: inout RecordingBuilder
    ) throws(SignalError) -> Int {
        guard let rate = SamplingRate(samples, inSeconds: header.recordDuration) else {
            throw .invalidHeader(header.format, field: "duration of a data record", line: 0)
        }
        var descriptions: [SignalDescription] = []
        for index in indices {
            let (description, hasGain) = header.signals[index].described
            descriptions.append(description)
            if !hasGain {
                builder.notes.append(
                    "signal \(index + 1): its physical and digital ranges contradict each other; it has no units"
                )
            }
        }
        return try builder.add(
            RecordingBuilder.Group(
                columns: samples * records,
                format: SampleFormat(bitsStored: 8 * header.cellBytes, isSigned: true), rate: rate,
                signals: descriptions))
    }

    /// Whole data records of the file; what a header states wrongly becomes a note.
    private func recordCount(_ builder: inout RecordingBuilder) throws(SignalError) -> Int {
        guard recordBytes > 0 else { throw .noSignals(header.format) }
        let available = (bytes.count - header.byteCount) / recordBytes
        guard available >= 1 else {
            throw .truncated(
                header.format, structure: "the first data record", needed: recordBytes,
                available: bytes.count - header.byteCount)
        }
        guard let stated = header.recordCount else {
            builder.notes.append(
                "the header does not state the number of data records; there are \(available)")
            return available
        }
        guard stated >= 1 else { throw .noSignals(header.format) }
        if stated > available {
            builder.notes.append(
                "the header states \(stated) data records, \(available) are there: those are read")
        } else if stated < available {
            builder.notes.append(
                "\(available) data records are there, the header states \(stated): the rest is kept as it is")
        }
        return min(stated, available)
    }

    /// Runs of data records without time between.
    private func spans(samplesPerRecord: [Int], _ notes: inout [String]) -> [SignalSpan] {
        let duration = header.recordDuration.value
        func span(_ range: Range<Int>, start: Double) -> SignalSpan {
            SignalSpan(
                start: start, duration: duration * Double(range.count),
                pieces: samplesPerRecord.enumerated().map {
                    SignalSpan.Piece(
                        group: $0, columns: range.lowerBound * $1..<range.upperBound * $1)
                })
        }
        guard header.isDiscontinuous else { return [span(0..<records, start: 0)] }
        var spans: [SignalSpan] = []
        var first = 0
        var start = 0.0
        for record in 0..<records {
            guard let onset = onset(of: record) else {
                notes.append(
                    "data record \(record + 1) does not state its time; it is taken to follow the last")
                continue
            }
            if record == 0 {
                start = onset
            } else if abs(onset - start - duration * Double(record - first)) > duration * 1e-3 {
                spans.append(span(first..<record, start: start))
                (first, start) = (record, onset)
            }
        }
        return spans + [span(first..<records, start: start)]
    }

    /// Seconds at which a data record begins: the time stamp that its annotations begin with.
    private func onset(of record: Int) -> Double? {
        var at = header.byteCount + record * recordBytes
        for signal in header.signals {
            let count = signal.samplesPerRecord * header.cellBytes
            if signal.isAnnotation {
                let stamp = bytes[at..<at + min(count, 32)].prefix { $0 != 0x14 && $0 != 0x15 && $0 != 0 }
                return ExactDecimal(String(decoding: stamp, as: UTF8.self))?.value
            }
            at += count
        }
        return nil
    }
}
