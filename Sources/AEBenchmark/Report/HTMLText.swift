// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Text and figures as they stand in a page.
enum HTMLText {
    /// A text without any meaning to a browser, in an element or in an attribute.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    /// A value as JSON that may stand in a script element: no tag can begin in it.
    static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { return "null" }
        return String(decoding: data, as: UTF8.self).replacingOccurrences(of: "<", with: "\\u003c")
    }

    /// A figure with some digits behind the point; a dash if there is none.
    static func number(_ value: Double?, _ digits: Int) -> String {
        guard let value, value.isFinite else { return "–" }
        let text = String(format: "%.\(digits)f", value)
        // No "-0.0".
        let isZero = !text.contains { "123456789".contains($0) }
        return text.replacingOccurrences(of: "-", with: isZero ? "" : "−")
    }

    /// A change in percent with its sign.
    static func change(_ value: Double?, _ digits: Int = 1) -> String {
        guard let value else { return "–" }
        let text = number(100 * value, digits)
        return (value > 0 && text.contains { "123456789".contains($0) } ? "+" : "") + text + " %"
    }

    /// A share in percent.
    static func percent(_ value: Double?, _ digits: Int = 1) -> String {
        value.map { number(100 * $0, digits) + " %" } ?? "–"
    }

    /// A factor, with digits enough to tell small ones apart.
    static func factor(_ value: Double?) -> String {
        value.map { number($0, $0 < 0.995 ? 2 : $0 < 9.95 ? 2 : 1) + " ×" } ?? "–"
    }

    /// A count with thin spaces between thousands.
    static func count(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        var result = value < 0 ? "−" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result += "\u{202F}" }
            result.append(digit)
        }
        return result
    }

    /// "1 image", "3 images".
    static func images(_ count: Int) -> String { count == 1 ? "1 image" : "\(Self.count(count)) images" }
}

/// A table of a page.
struct HTMLTable {
    /// Over the table; for those who do not see it.
    var caption: String
    /// Heads of the columns; figures under all but the first ones are set to the right.
    var heads: [String]
    /// How many columns from the left hold words.
    var wordColumns = 1
    /// Attributes of the box around the table, escaped.
    var attributes = ""
    /// Bodies, each with a title over its rows.
    var bodies: [(title: String?, rows: [Row])] = []

    /// A row of cells.
    struct Row {
        /// Texts, not escaped.
        var cells: [String]
        /// Classes of cells by place.
        var classes: [Int: String] = [:]
        /// Whether the row is that of aecodec.
        var isOurs = false
    }

    /// The element, in a box that scrolls where the page is narrow.
    var html: String {
        var text = "<div class=\"scroll\"\(attributes.isEmpty ? "" : " " + attributes)><table>"
        text += "<caption>\(HTMLText.escaped(caption))</caption><thead><tr>"
        for (index, head) in heads.enumerated() {
            text += "<th scope=\"col\"\(index < wordColumns ? " class=\"word\"" : "")>"
            text += "\(HTMLText.escaped(head))</th>"
        }
        text += "</tr></thead>"
        for body in bodies where !body.rows.isEmpty {
            text += "<tbody>"
            if let title = body.title {
                text += "<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"\(heads.count)\">"
                text += "\(HTMLText.escaped(title))</th></tr>"
            }
            for row in body.rows { text += html(row) }
            text += "</tbody>\n"
        }
        return text + "</table></div>\n"
    }

    private func html(_ row: Row) -> String {
        var text = row.isOurs ? "<tr class=\"ours\">" : "<tr>"
        for (index, cell) in row.cells.enumerated() {
            let classes = [index < wordColumns ? "word" : nil, row.classes[index]].compactMap(\.self)
            let attribute = classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
            let tag = index == 0 ? "th" : "td"
            let scope = index == 0 ? " scope=\"row\"" : ""
            text += "<\(tag)\(scope)\(attribute)>\(HTMLText.escaped(cell))</\(tag)>"
        }
        return text + "</tr>"
    }
}
