// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Ten seconds of a signal on ECG paper: the original, what codecs made of it, and the differences.
///
/// 25 mm stand for a second and 10 mm for a millivolt, in the picture's own millimeters.
package struct SignalStrip: Sendable {
    /// A trace of the strip.
    struct Trace {
        enum Kind: String {
            case original
            case decoded
            case error
        }

        var kind: Kind
        /// What stands above it.
        var label: String
        /// Millivolts, one for each instant.
        var values: [Double]
    }

    static let seconds = 10.0
    private static let millimetersPerSecond = 25.0
    private static let millimetersPerMillivolt = 10.0
    private static let labelHeight = 5.0

    /// What it shows.
    package let title: String
    /// The drawing, for a page or a file.
    package let svg: String

    /// Draws a strip.
    ///
    /// - Parameters:
    ///   - title: What it shows.
    ///   - traces: From top to bottom; the last may be shorter than the paper.
    ///   - rate: Instants in a second.
    ///   - ectopic: Instants of beats to be marked.
    init(title: String, traces: [Trace], rate: Double, ectopic: [Int]) {
        self.title = title
        let width = Self.seconds * Self.millimetersPerSecond
        var body = ""
        var top = 0.0
        for trace in traces {
            let middle = Self.middle(trace)
            let up = ((trace.values.max() ?? 0) - middle) * Self.millimetersPerMillivolt
            let down = (middle - (trace.values.min() ?? 0)) * Self.millimetersPerMillivolt
            // Whole squares of 5 mm; what leaves the paper at 40 mm is cut off.
            let above = min(40, 5 * ((max(up, 1) + 1) / 5).rounded(.up))
            let below = min(40, 5 * ((max(down, 1) + 1) / 5).rounded(.up))
            let height = above + below
            body += "<text x=\"0\" y=\"\(Self.text(top + 3.6))\">\(HTMLText.escaped(trace.label))</text>"
            top += Self.labelHeight
            body += Self.paper(top: top, width: width, height: height)
            if trace.kind == .original {
                for place in ectopic {
                    let x = Double(place) / rate * Self.millimetersPerSecond
                    body +=
                        "<circle class=\"beat\" cx=\"\(Self.text(x))\" cy=\"\(Self.text(top + 1.6))\" r=\"0.9\"/>"
                }
            }
            body += Self.path(trace, rate: rate, zero: top + above, middle: middle, range: top...top + height)
            top += height + 2
        }
        svg = """
            <svg class="strip" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.text(width)) \(Self.text(top))" \
            width="\(Self.text(width))mm" height="\(Self.text(top))mm" role="img">
            <title>\(HTMLText.escaped(title))</title>\(Self.style)<rect width="100%" height="100%" fill="#fff"/>\
            \(body)</svg>

            """
    }

    /// Colors stand in the drawing itself, so that it needs no page around it.
    private static let style = """
        <defs><pattern id="small" width="1" height="1" patternUnits="userSpaceOnUse"><path d="M0 0H1M0 0V1" \
        fill="none" stroke="#f3c4c4" stroke-width=".12"/></pattern></defs><style>.strip text { font: 3.2px \
        system-ui, "Liberation Sans", "DejaVu Sans", sans-serif; fill: #59626a; } .strip .paper { fill: #fff8f7; } \
        .strip .large { fill: none; stroke: #e39b9b; stroke-width: .2; } .strip .trace { fill: none; \
        stroke-width: .28; stroke-linejoin: round; } .strip .original { stroke: #1b1e21; } \
        .strip .decoded { stroke: #0060a0; } .strip .error { stroke: #b03a00; } .strip .beat { fill: #b03a00; }</style>
        """

    private static func paper(top: Double, width: Double, height: Double) -> String {
        let box = "x=\"0\" y=\"\(text(top))\" width=\"\(text(width))\" height=\"\(text(height))\""
        var lines = ""
        for x in stride(from: 0, through: width, by: 5) {
            lines += "M\(text(x)) \(text(top))v\(text(height))"
        }
        for y in stride(from: 0, through: height, by: 5) { lines += "M0 \(text(top + y))h\(text(width))" }
        return
            "<rect class=\"paper\" \(box)/><rect fill=\"url(#small)\" \(box)/><path class=\"large\" d=\"\(lines)\"/>"
    }

    /// The trace in steps of whole hundredths of a millimeter.
    private static func path(
        _ trace: Trace, rate: Double, zero: Double, middle: Double, range: ClosedRange<Double>
    ) -> String {
        var last: (x: Int, y: Int)?
        var commands = ""
        for (index, value) in trace.values.enumerated() {
            let x = Int((100 * Double(index) / rate * millimetersPerSecond).rounded())
            let height = zero - (value - middle) * millimetersPerMillivolt
            let y = Int((100 * min(range.upperBound, max(range.lowerBound, height))).rounded())
            if let last {
                commands += "\(x - last.x)\(y < last.y ? "" : " ")\(y - last.y) "
            } else {
                commands += "M\(x) \(y)l"
            }
            last = (x, y)
        }
        return "<path class=\"trace \(trace.kind.rawValue)\" transform=\"scale(.01)\" "
            + "style=\"stroke-width:28\" d=\"\(commands)\"/>"
    }

    /// What stands at the middle line: the median, or zero for errors.
    private static func middle(_ trace: Trace) -> Double {
        guard trace.kind != .error, !trace.values.isEmpty else { return 0 }
        return trace.values.sorted()[trace.values.count / 2]
    }

    private static func text(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : String(format: "%.2f", value)
    }
}
