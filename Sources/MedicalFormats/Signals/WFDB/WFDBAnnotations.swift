// SPDX-License-Identifier: Apache-2.0
public import Samples

/// One annotation of a WFDB record.
public struct WFDBAnnotation: Equatable, Sendable {
    /// Instants from the start of the record, in units of ``WFDBAnnotations/rate`` or, without it, of the
    /// record.
    public var time: Int
    /// The code, 1 to 49 for those that WFDB defines. (ecgcodes.h of the WFDB library)
    public var code: Int
    /// A number whose meaning depends on the code.
    public var subtype = 0
    /// The signal that is meant.
    public var channel = 0
    /// A number that holds until another one is stated.
    public var number = 0
    /// A string without its length, such as "(AFIB".
    public var note: [UInt8] = []

    /// Makes an annotation.
    public init(time: Int, code: Int) {
        self.time = time
        self.code = code
    }

    /// What kind of beat it marks; nil for anything but a beat.
    public var beat: BeatKind? { BeatKind(code: code) }
}

/// The classes of beats of ANSI/AAMI EC57, with what each code of WFDB belongs to.
public enum BeatKind: String, Sendable, CaseIterable {
    /// Normal beats, bundle branch blocks, escape beats of the atria and the node.
    case normal = "N"
    /// Premature beats from above the ventricles.
    case supraventricular = "S"
    /// Beats of the ventricles.
    case ventricular = "V"
    /// Fusion of a normal beat and one of the ventricles.
    case fusion = "F"
    /// Paced beats, fusion with them, and what nobody could classify.
    case unknown = "Q"

    /// The class of a code; nil for codes of other things than beats.
    public init?(code: Int) {
        switch code {
        // N L R, node escape j, B, atrial escape e, supraventricular escape n
        case 1, 2, 3, 11, 25, 34, 35: self = .normal
        // a J A S
        case 4, 7, 8, 9: self = .supraventricular
        // V E, R on T
        case 5, 10, 41: self = .ventricular
        case 6: self = .fusion
        // / Q f, and ? of learning
        case 12, 13, 30, 38: self = .unknown
        default: return nil
        }
    }

    /// Whether the beat is not one of the ordinary course: premature, of the ventricles, or a fusion.
    public var isEctopic: Bool { self == .supraventricular || self == .ventricular || self == .fusion }
}

/// An annotation file of WFDB in the MIT format. (WFDB Applications Guide, annot(5))
public struct WFDBAnnotations: Equatable, Sendable {
    /// The annotations in the order of the file, which is that of their times.
    public private(set) var annotations: [WFDBAnnotation] = []
    /// Units of time in a second, where the file states them.
    public private(set) var rate: SamplingRate?

    /// Reads a file.
    ///
    /// - Parameter bytes: The whole file.
    /// - Throws: ``SignalError`` if it ends in the middle of an annotation, steps out of the range of
    ///   times, or qualifies an annotation where there is none.
    public init(_ bytes: [UInt8]) throws(SignalError) {
        var words = Words(bytes)
        var time = 0
        var pending: WFDBAnnotation?
        var number = 0
        var channel = 0
        while let word = try words.next() {
            let code = word >> 10
            let value = word & 0x3FF
            // 59 to 63 qualify or move; everything else is an annotation. (annot(5))
            switch code {
            case 0 where value == 0:
                finish(pending)
                return
            case 59:
                time = try Self.moved(time, by: words.skip())
                continue
            case 60...63:
                guard pending != nil || code == 60 || code == 62 else {
                    throw .invalidHeader(.wfdb, field: "a qualifier without annotation", line: 0)
                }
            default:
                finish(pending)
                time = try Self.moved(time, by: value)
                var annotation = WFDBAnnotation(time: time, code: code)
                annotation.number = number
                annotation.channel = channel
                pending = annotation
            }
            let signed = Int(Int8(truncatingIfNeeded: value))
            switch code {
            case 60:
                number = signed
                pending?.number = signed
            case 61: pending?.subtype = signed
            case 62:
                channel = value & 0xFF
                pending?.channel = channel
            case 63: pending?.note = try words.string(value)
            default: break
            }
        }
        finish(pending)
    }

    /// The times of all beats in instants of a record, ascending, with their classes.
    ///
    /// - Parameter recordRate: Instants of the record in a second.
    /// - Returns: One entry for each beat; several may have one time.
    public func beats(recordRate: SamplingRate) -> [(time: Int, kind: BeatKind)] {
        let factor = rate.map { recordRate.hertz / $0.hertz } ?? 1
        return annotations.compactMap { annotation in
            annotation.beat.map { (Int((Double(annotation.time) * factor).rounded()), $0) }
        }.sorted { $0.time < $1.time }
    }

    /// Times of ventricular flutter or fibrillation, from "[" to "]", in instants of a record.
    ///
    /// Beats are not marked there.
    public func flutter(recordRate: SamplingRate) -> [ClosedRange<Int>] {
        let factor = rate.map { recordRate.hertz / $0.hertz } ?? 1
        var ranges: [ClosedRange<Int>] = []
        var start: Int?
        for annotation in annotations {
            let time = Int((Double(annotation.time) * factor).rounded())
            if annotation.code == 32 { start = start ?? time }
            if annotation.code == 33, let first = start, first <= time {
                ranges.append(first...time)
                start = nil
            }
        }
        // An episode that does not end lasts to the end.
        if let start { ranges.append(start...Int.max) }
        return ranges
    }

    /// Takes what is complete into the list; notes at the start that state the file's own terms do not
    /// belong to the record.
    private mutating func finish(_ annotation: WFDBAnnotation?) {
        // Code 0 is "no annotation": it ends the notes at the start, or moves the time.
        guard let annotation, annotation.code != 0 else { return }
        if annotation.code == 22, annotation.time == 0, annotation.subtype == 0,
            annotation.note.starts(with: Array("## ".utf8))
        {
            let text = String(decoding: annotation.note, as: UTF8.self)
            let label = "## time resolution: "
            if text.hasPrefix(label) {
                rate = SamplingRate(decimal: text.dropFirst(label.count).prefix { $0 != "\0" && $0 != " " })
            }
            return
        }
        annotations.append(annotation)
    }

    private static func moved(_ time: Int, by step: Int) throws(SignalError) -> Int {
        let (sum, overflow) = time.addingReportingOverflow(step)
        // Steps backwards occur; the end of the notes at the start is at -1.
        guard !overflow, -1...(1 << 48) ~= sum else {
            throw .invalidHeader(.wfdb, field: "the time of an annotation", line: 0)
        }
        return sum
    }

    /// The file as words of 16 bits, least significant byte first.
    private struct Words {
        private let bytes: [UInt8]
        private var position = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        /// The next word; nil at the end, which the format wants marked but old files leave out.
        mutating func next() throws(SignalError) -> Int? {
            guard position < bytes.count else { return nil }
            return try word()
        }

        /// A step of 32 bits, its higher half first.
        mutating func skip() throws(SignalError) -> Int {
            let high = try word()
            return Int(Int32(truncatingIfNeeded: high << 16 | (try word())))
        }

        /// Bytes, and one more where their number is odd.
        mutating func string(_ count: Int) throws(SignalError) -> [UInt8] {
            let room = count + count % 2
            try check(room)
            defer { position += room }
            return Array(bytes[position..<position + count])
        }

        private mutating func word() throws(SignalError) -> Int {
            try check(2)
            defer { position += 2 }
            return Int(bytes[position]) | Int(bytes[position + 1]) << 8
        }

        private func check(_ count: Int) throws(SignalError) {
            guard count <= bytes.count - position else {
                throw .truncated(
                    .wfdb, structure: "an annotation", needed: count, available: bytes.count - position)
            }
        }
    }
}
