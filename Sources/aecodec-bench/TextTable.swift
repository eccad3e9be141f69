// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Cells of the tables for people.
enum TextTable {
    /// A number with a fixed count of decimals; a dash for none.
    static func number(_ value: Double?, _ digits: Int) -> String {
        value.map { String(format: "%.\(digits)f", $0) } ?? "-"
    }

    /// A share as a signed percentage; a dash for none.
    static func percent(_ value: Double?) -> String {
        value.map { String(format: "%+.2f", 100 * $0) } ?? "-"
    }

    /// Text at the left of a cell.
    static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 1))
    }

    /// Text at the right of a cell.
    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(width - text.count, 1)) + text
    }
}

/// The model of the processor, as the system names it.
func processorName() -> String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown CPU"
}
