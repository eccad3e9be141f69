// SPDX-License-Identifier: Apache-2.0

/// What of an HL7 annotated ECG is needed: its sets of sequences. (HL7 V3 aECG, sequenceSet)
struct AnnotatedECGDocument {
    /// A sequence of a set: times, or the samples of a lead.
    struct Sequence {
        var code = ""
        /// Start and step of times, as written.
        var head = ""
        var increment = ""
        var incrementUnit = ""
        /// Offset and step of samples, as written.
        var origin = ""
        var scale = ""
        var scaleUnit = ""
        /// The runs of text that hold the samples; none for other sequences.
        var digits: [Range<Int>] = []
    }

    private(set) var sets: [[Sequence]] = []
    private var path: [Substring] = []
    private var sequence = Sequence()

    /// Whether bytes begin like such a document.
    static func recognizes(_ bytes: [UInt8]) -> Bool {
        let start = String(decoding: bytes.prefix(4096), as: UTF8.self)
        return start.contains("<") && start.contains("AnnotatedECG")
    }

    /// Parses a document.
    init(_ bytes: [UInt8]) throws(SignalError) {
        do throws(XMLScanner.Malformed) {
            try scan(bytes)
        } catch {
            throw .invalidHeader(.annotatedECG, field: "no well-formed XML", line: 0)
        }
    }

    private mutating func scan(_ bytes: [UInt8]) throws(XMLScanner.Malformed) {
        var scanner = XMLScanner(bytes)
        while let event = try scanner.next() {
            switch event {
            case .start(let name, let attributes):
                if path.isEmpty, name != "AnnotatedECG" { throw XMLScanner.Malformed() }
                begin(name, attributes)
                path.append(name)
            case .text(let range):
                if path.last == "digits" { sequence.digits.append(range) }
            case .end:
                if path.popLast() == "sequence", !sets.isEmpty { sets[sets.count - 1].append(sequence) }
            }
        }
    }

    private mutating func begin(_ name: Substring, _ attributes: [Substring: String]) {
        let value = attributes["value"] ?? ""
        let unit = attributes["unit"] ?? ""
        switch name {
        case "sequenceSet": sets.append([])
        case "sequence": sequence = Sequence()
        case "code" where path.last == "sequence": sequence.code = attributes["code"] ?? ""
        case "head": sequence.head = value
        case "increment": (sequence.increment, sequence.incrementUnit) = (value, unit)
        case "origin": sequence.origin = value
        case "scale": (sequence.scale, sequence.scaleUnit) = (value, unit)
        default: break
        }
    }
}
