// SPDX-License-Identifier: Apache-2.0

/// Walks the elements of an XML document in UTF-8 or another superset of ASCII, and says where text stands.
///
/// Foundation's parser for Linux traps on damaged documents and has no byte offsets, so this is ours: no
/// entities but the five and numbers, no internal subset, nesting limited.
struct XMLScanner {
    enum Event {
        /// A start tag; an empty element gives an end as well.
        case start(name: Substring, attributes: [Substring: String])
        case end
        /// Where text or the content of a CDATA section stands.
        case text(Range<Int>)
    }

    /// Deepest nesting that is followed.
    static let maximumDepth = 200

    private let bytes: [UInt8]
    private var at = 0
    private var open: [Substring] = []
    private var isEmptyElement = false
    private var hasRoot = false

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    }

    struct Malformed: Error {}

    /// The next event; nil behind the root element.
    mutating func next() throws(Malformed) -> Event? {
        if isEmptyElement {
            isEmptyElement = false
            open.removeLast()
            return .end
        }
        while at < bytes.count {
            if bytes[at] != UInt8(ascii: "<") {
                if let text = try text() { return text }
                continue
            }
            if starts("<!--") {
                try skip(past: "-->")
            } else if starts("<![CDATA[") {
                guard !open.isEmpty else { throw Malformed() }
                let start = at + 9
                try skip(past: "]]>")
                return .text(start..<at - 3)
            } else if starts("<?") {
                try skip(past: "?>")
            } else if starts("<!") {
                try skipDeclaration()
            } else if starts("</") {
                return try endTag()
            } else {
                return try startTag()
            }
        }
        guard open.isEmpty, hasRoot else { throw Malformed() }
        return nil
    }

    private func starts(_ text: String) -> Bool { bytes[at...].starts(with: text.utf8) }

    private mutating func skip(past end: String) throws(Malformed) {
        let end = Array(end.utf8)
        while at < bytes.count {
            if bytes[at] == end[0], bytes[at...].starts(with: end) {
                at += end.count
                return
            }
            at += 1
        }
        throw Malformed()
    }

    /// A document type without internal subset.
    private mutating func skipDeclaration() throws(Malformed) {
        guard let end = bytes[at...].firstIndex(of: UInt8(ascii: ">")),
            !bytes[at..<end].contains(UInt8(ascii: "["))
        else { throw Malformed() }
        at = end + 1
    }

    /// The text up to the next tag; nil outside the root element, where only white space may stand.
    private mutating func text() throws(Malformed) -> Event? {
        let start = at
        at = bytes[at...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        if open.isEmpty {
            guard bytes[start..<at].allSatisfy(isWhitespace) else { throw Malformed() }
            return nil
        }
        return .text(start..<at)
    }

    private mutating func endTag() throws(Malformed) -> Event {
        at += 2
        let name = try self.name()
        skipWhitespace()
        guard at < bytes.count, bytes[at] == UInt8(ascii: ">"), open.popLast() == name else {
            throw Malformed()
        }
        at += 1
        return .end
    }

    private mutating func startTag() throws(Malformed) -> Event {
        guard !open.isEmpty || !hasRoot, open.count < Self.maximumDepth else { throw Malformed() }
        hasRoot = true
        at += 1
        let name = try self.name()
        var attributes: [Substring: String] = [:]
        while true {
            skipWhitespace()
            guard at < bytes.count else { throw Malformed() }
            if bytes[at] == UInt8(ascii: ">") { break }
            if starts("/>") {
                isEmptyElement = true
                at += 1
                break
            }
            let key = try self.name()
            skipWhitespace()
            guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "=") else { throw Malformed() }
            at += 1
            skipWhitespace()
            guard attributes.updateValue(try value(), forKey: key) == nil else { throw Malformed() }
        }
        at += 1
        open.append(name)
        return .start(name: name.split(separator: ":").last ?? name, attributes: attributes)
    }

    private mutating func skipWhitespace() {
        while at < bytes.count, isWhitespace(bytes[at]) { at += 1 }
    }

    private mutating func name() throws(Malformed) -> Substring {
        let start = at
        while at < bytes.count, Self.isNameByte(bytes[at]) { at += 1 }
        guard at > start else { throw Malformed() }
        return String(decoding: bytes[start..<at], as: UTF8.self)[...]
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        0x30...0x3A ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte || byte >= 0x80 || byte == 0x5F
            || byte == 0x2D || byte == 0x2E
    }

    /// A quoted value with its references replaced.
    private mutating func value() throws(Malformed) -> String {
        guard at < bytes.count, bytes[at] == 0x22 || bytes[at] == 0x27,
            let end = bytes[(at + 1)...].firstIndex(of: bytes[at])
        else { throw Malformed() }
        let raw = String(decoding: bytes[at + 1..<end], as: UTF8.self)
        at = end + 1
        guard !raw.contains("<") else { throw Malformed() }
        guard raw.contains("&") else { return raw }
        var value = ""
        var rest = raw[...]
        while let mark = rest.firstIndex(of: "&") {
            guard let end = rest[mark...].firstIndex(of: ";"),
                let character = Self.reference(rest[rest.index(after: mark)..<end])
            else { throw Malformed() }
            value += rest[..<mark]
            value.append(character)
            rest = rest[rest.index(after: end)...]
        }
        return value + rest
    }

    private static func reference(_ name: Substring) -> Character? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.first == "#" else { return nil }
            let digits = name.dropFirst()
            let code = digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            return code.flatMap(Unicode.Scalar.init).map { Character($0) }
        }
    }
}
