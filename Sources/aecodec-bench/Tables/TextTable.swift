// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A table for people: the first column at the left, the others at the right of theirs.
struct TextTable {
    private var rows: [[String]]

    /// Begins with the heads of the columns.
    init(_ heads: [String]) { rows = [heads] }

    /// Adds a line; missing cells at its end stay empty.
    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// Whether there is anything under the heads.
    var isEmpty: Bool { rows.count == 1 }

    /// The lines, two spaces between columns.
    var text: String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// A number with a fixed count of decimals; a dash for none.
    static func number(_ value: Double?, _ digits: Int) -> String {
        value.map { String(format: "%.\(digits)f", $0) } ?? "-"
    }

    /// A number with as few digits as it needs.
    static func short(_ value: Double) -> String { String(format: "%g", value) }

    /// A share as a signed percentage; a dash for none.
    static func percent(_ value: Double?) -> String {
        value.map { String(format: "%+.2f", 100 * $0) } ?? "-"
    }
}

/// The mean; nil without any value.
func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}
