// SPDX-License-Identifier: Apache-2.0
import Foundation
import FoundationXML

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
        /// Which element named digits of the document holds the samples; nil for other sequences.
        var digits: Int?
    }

    var sets: [[Sequence]] = []
    /// Elements named digits.
    var digitsCount = 0

    /// Parses a document; nil if it is not well-formed, or no annotated ECG.
    init?(_ bytes: [UInt8]) {
        let parser = XMLParser(data: Data(bytes))
        parser.shouldResolveExternalEntities = false
        let delegate = DocumentDelegate()
        parser.delegate = delegate
        guard parser.parse(), delegate.isAnnotatedECG else { return nil }
        sets = delegate.sets
        digitsCount = delegate.digitsCount
    }
}

/// Collects the attributes of the elements that matter.
private final class DocumentDelegate: NSObject, XMLParserDelegate {
    var isAnnotatedECG = false
    var sets: [[AnnotatedECGDocument.Sequence]] = []
    var digitsCount = 0
    private var path: [String] = []
    private var sequence: AnnotatedECGDocument.Sequence?

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        let name = String(elementName.split(separator: ":").last ?? "")
        if path.isEmpty { isAnnotatedECG = name == "AnnotatedECG" }
        // Deeper documents are none of this kind.
        guard path.count < 200 else { return parser.abortParsing() }
        let value = attributes["value"] ?? ""
        let unit = attributes["unit"] ?? ""
        switch name {
        case "sequenceSet": sets.append([])
        case "sequence": sequence = AnnotatedECGDocument.Sequence()
        case "code" where path.last == "sequence": sequence?.code = attributes["code"] ?? ""
        case "head": sequence?.head = value
        case "increment":
            sequence?.increment = value
            sequence?.incrementUnit = unit
        case "origin": sequence?.origin = value
        case "scale":
            sequence?.scale = value
            sequence?.scaleUnit = unit
        case "digits":
            sequence?.digits = digitsCount
            digitsCount += 1
        default: break
        }
        path.append(name)
    }

    func parser(
        _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName: String?
    ) {
        if path.popLast() == "sequence", let sequence, !sets.isEmpty {
            sets[sets.count - 1].append(sequence)
            self.sequence = nil
        }
    }
}
