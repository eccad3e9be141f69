// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Mean curves of a group, ratio over PRDN, both axes logarithmic; drawn without a script.
struct SignalChart {
    private let group: String
    private let curves: [SignalCurve]
    private let across: LogAxis
    private let up: LogAxis

    private static let left = 48.0
    private static let right = 560.0
    private static let top = 30.0
    private static let bottom = 330.0

    /// The chart; nil if no codec has a curve.
    init?(_ summary: SignalSummary, codecs: [String]) {
        group = summary.group
        curves = codecs.compactMap { SignalCurve($0, summary.recordings) }
        let points = curves.flatMap(\.points)
        guard let least = points.map(\.prdn).min(), let most = points.map(\.prdn).max(),
            let low = points.map(\.ratio).min(), let high = points.map(\.ratio).max()
        else { return nil }
        across = LogAxis(least: 0.95 * least, most: 1.05 * most, from: Self.left, to: Self.right)
        up = LogAxis(least: 0.9 * low, most: 1.1 * high, from: Self.bottom, to: Self.top)
    }

    var svg: String {
        let label = "Ratio over PRDN, geometric mean of \(group)"
        return
            "<svg class=\"chart\" viewBox=\"0 0 720 372\" role=\"img\" aria-label=\"\(HTMLText.escaped(label))\">"
            + axes + lines + "</svg>"
    }

    private var axes: String {
        var text = ""
        for tick in across.ticks {
            let x = Self.text(across.place(tick))
            text += "<line class=\"grid\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(Self.top)\" y2=\"\(Self.bottom)\"/>"
            text +=
                "<text class=\"tick\" x=\"\(x)\" y=\"\(Self.bottom + 18)\" text-anchor=\"middle\">\(Self.short(tick))</text>"
        }
        for tick in up.ticks {
            let y = Self.text(up.place(tick))
            text += "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.right)\" y1=\"\(y)\" y2=\"\(y)\"/>"
            text +=
                "<text class=\"tick\" x=\"\(Self.left - 8)\" y=\"\(Self.text(up.place(tick) + 4.5))\" text-anchor=\"end\">"
            text += "\(Self.short(tick))</text>"
        }
        text += "<text class=\"axis\" x=\"0\" y=\"14\">ratio</text>"
        return text
            + "<text class=\"axis\" x=\"\((Self.left + Self.right) / 2)\" y=\"368\" text-anchor=\"middle\">PRDN, %</text>"
    }

    private var lines: String {
        // Names stand at the ends of curves, none on another.
        let ends = curves.map { up.place($0.points[$0.points.count - 1].ratio) }
        var places = ends
        var last = -Double.infinity
        for index in ends.indices.sorted(by: { ends[$0] < ends[$1] }) {
            places[index] = max(ends[index], last + 17)
            last = places[index]
        }
        return curves.indices.map { index in
            let curve = curves[index]
            let ours = curve.codec == SignalCatalog.ours ? " ours" : ""
            let path = curve.points.map {
                "\(Self.text(across.place($0.prdn))),\(Self.text(up.place($0.ratio)))"
            }.joined(separator: " ")
            let marks = curve.points.map { point in
                "<circle class=\"point\" cx=\"\(Self.text(across.place(point.prdn)))\" "
                    + "cy=\"\(Self.text(up.place(point.ratio)))\" r=\"3\"><title>"
                    + HTMLText.escaped(
                        "\(curve.codec): \(HTMLText.number(point.ratio, 1)):1 at \(Self.short(point.prdn)) %")
                    + "</title></circle>"
            }
            return
                "<g class=\"s\(index % 7)\"><polyline class=\"line\(ours)\" points=\"\(path)\"/>\(marks.joined())"
                + "<text class=\"name\(ours)\" x=\"\(Self.right + 10)\" y=\"\(Self.text(places[index] + 4.5))\" "
                + "style=\"fill: var(--s)\">\(HTMLText.escaped(curve.codec))</text></g>"
        }.joined(separator: "\n")
    }

    private static func text(_ value: Double) -> String { String(format: "%.1f", value) }
    private static func short(_ value: Double) -> String { String(format: "%g", value) }
}
