// SPDX-License-Identifier: Apache-2.0
import AEBenchmark

/// The report as tables on a terminal.
struct Tables {
    private let report: BenchmarkReport
    private let anchor: String

    init(_ report: BenchmarkReport, anchor: String) {
        self.report = report
        self.anchor = anchor
    }

    /// All tables that have something to say, and what was measured with.
    var text: String {
        var parts: [String] = []
        if report.images.contains(where: { $0.points.contains { $0.mode == .lossless } }) {
            parts += SizeTables(report).lossless
        }
        if report.images.contains(where: { $0.points.contains { $0.mode == .bounded } }) {
            parts += SizeTables(report).bounded
        }
        if report.images.contains(where: { $0.points.contains { $0.mode == .lossy } }) {
            parts += RateTables(report, anchor: anchor).text
        }
        parts += TimeTables(report, anchor: anchor).text
        parts.append(versions)
        return parts.joined(separator: "\n\n")
    }

    private var versions: String {
        var lines = [
            "\(report.program), \(report.date), \(report.machine.processor), \(report.machine.system), "
                + "\(report.machine.threads) thread\(report.machine.threads == 1 ? "" : "s")"
        ]
        var told: Set<String> = []
        for codec in report.codecs {
            // A codec that works in one mode and not in another says both.
            let words = codec.note.map { "\(codec.mode.rawValue) not measured, \($0)" } ?? codec.version ?? ""
            let line = "\(codec.name): \(words)"
            if told.insert(line).inserted { lines.append(line) }
        }
        return lines.joined(separator: "\n")
    }
}

extension BenchmarkReport {
    /// Names of the codecs that have points in a mode, in the order of the report.
    func measured(_ mode: CodecDescription.Mode) -> [String] {
        codecs.filter { codec in
            codec.mode == mode
                && images.contains { $0.points.contains { $0.codec == codec.name && $0.mode == mode } }
        }.map(\.name)
    }
}
