// SPDX-License-Identifier: Apache-2.0
import Samples

/// A WFDB header: its record line and the lines of signals or segments. (WFDB Applications Guide, header(5))
struct WFDBHeader {
    struct Segment {
        var name: String
        var frames: Int
    }

    var signals: [WFDBSignal] = []
    /// Empty for a record of one segment.
    var segments: [Segment] = []
    /// Frames in a second.
    var rate: SamplingRate
    /// Frames of every signal; 0 if the header does not say.
    var frames: Int
    private var signalCount: Int

    /// Reads a header; lines end with LF or CRLF, bytes are Latin-1.
    init(_ bytes: [UInt8]) throws(SignalError) {
        let lines = Self.lines(bytes)
        guard let first = lines.first else {
            throw .invalidHeader(.wfdb, field: "there is no record line", line: 0)
        }
        let line = WFDBLine(first)
        let name = try line.field(0, "record name").split(separator: "/", omittingEmptySubsequences: false)
        let signalCount = try line.number(1, "number of signals", in: 0...65535)
        // 250 is what the format prescribes.
        let rateText = line.optional(2)?.split(separator: "/", omittingEmptySubsequences: false)[0] ?? "250"
        guard let rate = SamplingRate(decimal: rateText) else { throw line.invalid("sampling frequency") }
        self.rate = rate
        self.signalCount = signalCount
        frames = line.optional(3) == nil ? 0 : try line.number(3, "number of samples", in: 0...1 << 48)

        if name.count == 2 {
            guard let count = Int(name[1]), count >= 1, count == lines.count - 1 else {
                throw line.invalid("number of segments")
            }
            for line in lines.dropFirst().map(WFDBLine.init) {
                segments.append(
                    Segment(
                        name: String(try line.field(0, "segment name")),
                        frames: try line.number(1, "segment length", in: 0...1 << 48)))
            }
        } else {
            guard name.count == 1 else { throw .unsafeName }
            guard lines.count - 1 >= signalCount else {
                throw .invalidHeader(
                    .wfdb, field: "\(signalCount) signals, \(lines.count - 1) lines", line: 0)
            }
            for line in lines[1...].prefix(signalCount) { signals.append(try WFDBSignal(WFDBLine(line))) }
        }
    }

    /// Lines that are neither empty nor comments, with their numbers.
    static func lines(_ bytes: [UInt8]) -> [(number: Int, text: String)] {
        var lines: [(Int, String)] = []
        let pieces = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, piece) in pieces.enumerated() {
            let text = String(String.UnicodeScalarView(piece.map { Unicode.Scalar($0) }))
            let line = text.drop(while: \.isWhitespace)
            if !line.isEmpty, line.first != "#" { lines.append((index + 1, String(line))) }
        }
        return lines
    }

    /// Whether bytes begin like a header: a name, a small number, a positive rate if there is one.
    static func recognizes(_ bytes: [UInt8]) -> Bool {
        let start = bytes.prefix(4096)
        guard !start.contains(where: { $0 < 0x09 || 0x0E..<0x20 ~= $0 }),
            let first = lines(Array(start)).first
        else { return false }
        let fields = first.text.split(whereSeparator: \.isWhitespace)
        guard fields.count >= 2, let count = Int(fields[1]), 0...65535 ~= count else { return false }
        let name = fields[0].split(separator: "/", omittingEmptySubsequences: false)
        guard name.count <= 2, name[0].contains(where: { $0.isLetter || $0.isNumber }),
            name.count == 1 || Int(name[1]) != nil
        else { return false }
        guard fields.count >= 3 else { return true }
        return SamplingRate(decimal: fields[2].split(separator: "/", omittingEmptySubsequences: false)[0])
            != nil
            && !fields[0].contains(",")
    }
}

/// A line of a header, taken apart at white space.
struct WFDBLine {
    let number: Int
    let fields: [Substring]
    let text: String

    init(_ line: (number: Int, text: String)) {
        number = line.number
        text = line.text
        fields = line.text.split(whereSeparator: \.isWhitespace)
    }

    func optional(_ index: Int) -> Substring? { index < fields.count ? fields[index] : nil }

    func field(_ index: Int, _ meaning: String) throws(SignalError) -> Substring {
        guard let field = optional(index) else { throw invalid("\(meaning) is missing") }
        return field
    }

    func number(_ index: Int, _ meaning: String, in range: ClosedRange<Int>) throws(SignalError) -> Int {
        guard let value = Int(try field(index, meaning)), range.contains(value) else {
            throw invalid(meaning)
        }
        return value
    }

    /// The rest of the line from a field on, without white space around it.
    func rest(from index: Int) -> String {
        guard index < fields.count else { return "" }
        let rest = text[fields[index].startIndex...]
        return String(rest.reversed().drop(while: \.isWhitespace).reversed())
    }

    func invalid(_ field: String) -> SignalError { .invalidHeader(.wfdb, field: field, line: number) }
}
