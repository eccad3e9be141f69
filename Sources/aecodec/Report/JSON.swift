// SPDX-License-Identifier: Apache-2.0

/// A JSON value (RFC 8259); keys keep the order in which they are written.
indirect enum JSON {
    case null
    case bool(Bool)
    case integer(Int)
    /// Written as `null` if not finite.
    case real(Double)
    case string(String)
    case array([JSON])
    case object([(key: String, value: JSON)])

    /// The value as text, two spaces a level; arrays of plain numbers stay on one line.
    var text: String {
        var output = ""
        write(to: &output, indentation: "")
        return output
    }

    private func write(to output: inout String, indentation: String) {
        let inner = indentation + "  "
        switch self {
        case .null: output += "null"
        case .bool(let value): output += value ? "true" : "false"
        case .integer(let value): output += "\(value)"
        case .real(let value): output += value.isFinite ? "\(value)" : "null"
        case .string(let value): Self.write(value, to: &output)
        case .array(let values):
            let isFlat = values.allSatisfy(\.isNumber)
            output += "["
            for (index, value) in values.enumerated() {
                if index > 0 { output += isFlat ? ", " : "," }
                if !isFlat { output += "\n" + inner }
                value.write(to: &output, indentation: inner)
            }
            output += isFlat ? "]" : "\n\(indentation)]"
        case .object(let members):
            output += "{"
            for (index, member) in members.enumerated() {
                output += (index > 0 ? "," : "") + "\n" + inner
                Self.write(member.key, to: &output)
                output += ": "
                member.value.write(to: &output, indentation: inner)
            }
            output += "\n\(indentation)}"
        }
    }

    private var isNumber: Bool {
        switch self {
        case .integer, .real: true
        default: false
        }
    }

    private static func write(_ string: String, to output: inout String) {
        output += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\t": output += "\\t"
            case "\0"..<" ", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }
}

/// Bytes as lower-case hexadecimal digits.
func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
