// SPDX-License-Identifier: Apache-2.0
import Samples

/// Reads tables of numbers: a line for each instant, a column for each signal.
///
/// Lines that begin with "#" are comments; the first other line may hold names, such as "MLII (mV)". Columns
/// stand between commas, semicolons, tabs or spaces.
struct TableReader {
    private let bytes: [UInt8]
    private var names: [String] = []
    private var separator: UInt8 = 0x2C
    private var statedRate: Substring?
    private var numbers = DecimalNumbers()
    private var columns = 0
    /// Columns of times, which are no signal.
    private var timeColumn: Int?
    /// From the first number to the end of the last.
    private var data = 0..<0
    /// The line number of each row, needed to name a number that does not fit.
    private var lineOfRow: [Int] = []

    static func recognizes(name: String) -> Bool {
        let name = name.lowercased()
        return [".csv", ".tsv", ".txt"].contains { name.hasSuffix($0) }
    }

    init(_ bytes: [UInt8]) throws(SignalError) {
        self.bytes = bytes
        var at = 0
        var line = 0
        while at < bytes.count {
            let end = bytes[at...].firstIndex(of: 0x0A) ?? bytes.count
            line += 1
            var content = at..<end
            while let last = bytes[content].last, isWhitespace(last) { content.removeLast() }
            while let first = bytes[content].first, isWhitespace(first) { content.removeFirst() }
            if !content.isEmpty { try read(content, line: line) }
            at = end + 1
        }
        guard columns > (timeColumn == nil ? 0 : 1), !lineOfRow.isEmpty else { throw .noSignals(.csv) }
    }

    private mutating func read(_ line: Range<Int>, line number: Int) throws(SignalError) {
        if bytes[line.lowerBound] == UInt8(ascii: "#") {
            let text = String(decoding: bytes[line].prefix(200), as: UTF8.self)
            if text.contains("(Hz)"), let mark = text.lastIndex(where: { $0 == "=" || $0 == ":" }) {
                statedRate = text[text.index(after: mark)...].drop(while: \.isWhitespace)
            }
            return
        }
        if columns == 0 {
            separator =
                [UInt8(ascii: ";"), 0x09, UInt8(ascii: ",")].first { bytes[line].contains($0) } ?? 0x20
        }
        let fields = fields(line)
        if columns == 0, names.isEmpty, fields.contains(where: { !startsNumber($0) }) {
            names = fields.map { field in
                String(
                    String.UnicodeScalarView(bytes[field].map { Unicode.Scalar($0) }).filter { $0 != "\"" })
            }
            timeColumn = names.firstIndex { Self.timeNames.contains($0.lowercased()) }
            return
        }
        if columns == 0 {
            columns = fields.count
            data = line
            guard names.isEmpty || names.count == columns else {
                throw .invalidHeader(.csv, field: "\(names.count) names, \(columns) columns", line: number)
            }
        }
        guard fields.count == columns else {
            throw .invalidNumber(line: number, column: min(fields.count, columns) + 1)
        }
        for (column, field) in fields.enumerated() where column != timeColumn {
            guard numbers.append(bytes[field]) else { throw .invalidNumber(line: number, column: column + 1) }
        }
        lineOfRow.append(number)
        data = data.lowerBound..<line.upperBound
    }

    private static let timeNames: Set<String> = [
        "time", "t", "time (s)", "time_s", "seconds", "time (ms)", "time_ms", "sample", "index",
    ]

    private func startsNumber(_ field: Range<Int>) -> Bool {
        guard let first = bytes[field].first else { return true }
        // NaN is a number that is missing, no name.
        return 0x30...0x39 ~= first || first == 0x2D || first == 0x2B || first == 0x2E
            || bytes[field].elementsEqual("nan".utf8) || bytes[field].elementsEqual("NaN".utf8)
    }

    /// The fields of a line, without white space around them.
    private func fields(_ line: Range<Int>) -> [Range<Int>] {
        bytes[line].split(separator: separator, omittingEmptySubsequences: separator == 0x20).map { field in
            var range = field.startIndex..<field.endIndex
            while let last = bytes[range].last, isWhitespace(last) { range.removeLast() }
            while let first = bytes[range].first, isWhitespace(first) { range.removeFirst() }
            return range
        }
    }

    func read(name: String, rate declared: String?) throws(SignalError) -> Recording {
        guard let text = declared.map({ $0[...] }) ?? statedRate else {
            throw .unsupported(.csv, feature: "a table without a sampling rate")
        }
        guard let rate = SamplingRate(decimal: text) else {
            throw .invalidHeader(.csv, field: "sampling rate", line: 0)
        }
        let digits = numbers.mostFractionDigits
        let places = (0..<columns).filter { $0 != timeColumn }
        guard digits <= DecimalText.mostFractionDigits else { throw misfit(0, places) }
        let (scaled, wrong) = numbers.integers(fractionDigits: digits)
        if let wrong { throw misfit(wrong, places) }

        let rows = lineOfRow.count
        var values = [Int32](repeating: 0, count: scaled.count)
        for (place, column) in places.indices.enumerated() {
            for row in 0..<rows { values[place * rows + row] = scaled[row * places.count + column] }
        }
        let gain = (0..<digits).reduce(1.0) { power, _ in power * 10 }
        let signals = places.map { Self.description(names.isEmpty ? "" : names[$0], gain: gain) }
        var builder = RecordingBuilder()
        let part = try builder.add(
            RecordingBuilder.Group(
                columns: rows, format: SampleFormat(bitsStored: 16, isSigned: true), rate: rate,
                signals: signals,
                values: values))
        builder.addSpan(of: part, start: 0)
        builder.add(name: name, bytes, cuts: timeColumn == nil ? [cut(part, rows: rows, digits: digits)] : [])
        if timeColumn != nil { builder.notes.append("\(name) is kept whole: it has a column of times") }
        return builder.recording()
    }

    private func misfit(_ index: Int, _ places: [Int]) -> SignalError {
        .invalidNumber(line: lineOfRow[index / places.count], column: places[index % places.count] + 1)
    }

    private func cut(_ part: Int, rows: Int, digits: Int) -> SourceRecord.Cut {
        let first = bytes[data.lowerBound...].firstIndex(of: 0x0A) ?? bytes.count
        let hasReturn = first > data.lowerBound && first < bytes.count && bytes[first - 1] == 0x0D
        let text = DecimalText(
            fractionDigits: digits, separator: [separator], lineEnd: hasReturn ? [0x0D, 0x0A] : [0x0A])
        return SourceRecord.Cut(
            offset: data.lowerBound, packing: .text(text), repeats: rows,
            slots: (0..<columns).map { .samples(part: part, first: $0 * rows, count: 1) },
            byteCount: data.count)
    }

    /// A name with its unit in brackets behind it.
    private static func description(_ name: String, gain: Double) -> SignalDescription {
        guard name.last == ")", let open = name.lastIndex(of: "(") else {
            return SignalDescription(name: name, units: "", gain: gain, baseline: 0)
        }
        return SignalDescription(
            name: String(name[..<open].reversed().drop(while: \.isWhitespace).reversed()),
            units: String(name[name.index(after: open)...].dropLast()), gain: gain, baseline: 0)
    }
}
