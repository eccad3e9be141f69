// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import AEMetrics

/// What a run on recordings found, as text.
struct SignalTables {
    private let report: SignalReport

    init(_ report: SignalReport) { self.report = report }

    var text: String {
        SignalSummary.groups(report).map { summary in
            let count = summary.recordings.count
            let parts = [ratios(summary), lossless(summary), beats(summary)].compactMap(\.self)
            return "\(summary.group): \(count) recording\(count == 1 ? "" : "s")\n\n"
                + parts.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private func names(_ mode: CodecDescription.Mode) -> [String] {
        report.codecs.filter { $0.mode == mode && $0.version != nil }.map(\.name)
    }

    /// Arithmetic and geometric means of ratios at every target.
    private func ratios(_ summary: SignalSummary) -> String? {
        let targets = report.targets.filter { target in
            names(.lossy).contains { summary.ratio($0, target) != nil }
        }
        guard !targets.isEmpty else { return nil }
        var table = TextTable(
            ["mean ratio (geometric)"]
                + targets.map { "\($0.measure.rawValue) \(TextTable.short($0.percent)) %" })
        for codec in names(.lossy) {
            table.add(
                [codec]
                    + targets.map { target in
                        guard let mean = summary.ratio(codec, target) else { return "-" }
                        let all = mean.count == summary.recordings.count ? "" : " of \(mean.count)"
                        return TextTable.number(mean.arithmetic, 2) + " ("
                            + TextTable.number(mean.geometric, 2) + ")"
                            + all
                    })
        }
        return table.text + "\n"
    }

    private func lossless(_ summary: SignalSummary) -> String? {
        let codecs = names(.lossless).filter { summary.losslessRatio($0) != nil }
        guard !codecs.isEmpty else { return nil }
        var table = TextTable([
            "lossless", "mean ratio", "bytes / FLAC", "least", "most", "encode / FLAC", "decode / FLAC",
        ])
        for codec in codecs {
            let bytes = summary.bytesOverFLAC(codec)
            let encode = summary.timeOverFLAC({ $0.lossless(codec)?.encode }, \.encode)
            let decode = summary.timeOverFLAC({ $0.lossless(codec)?.decode }, \.decode)
            table.add([
                codec, TextTable.number(summary.losslessRatio(codec)?.arithmetic, 3),
                TextTable.number(bytes?.geometric, 4), TextTable.number(bytes?.least, 3),
                TextTable.number(bytes?.greatest, 3), TextTable.number(encode?.geometric, 2),
                TextTable.number(decode?.geometric, 2),
            ])
        }
        return table.text + "\n"
    }

    private func beats(_ summary: SignalSummary) -> String? {
        let targets = report.targets.filter { $0.measure == .prdn }
        var table = TextTable([
            "beats", "PRDN", "F1 least", "F1 mean", "RMSSD median", "most", "normal p95", "worst",
            "ectopic p95",
            "worst",
            "10 s p95", "worst",
        ])
        var isEmpty = true
        for codec in names(.lossy) {
            for target in targets {
                let found = BeatSummary(summary, codec: codec, target: target)
                guard let found else { continue }
                isEmpty = false
                table.add(
                    [
                        codec, TextTable.short(target.percent), TextTable.number(found.leastF1, 4),
                        TextTable.number(found.meanF1, 4),
                        percent(found.rmssdChange?.median), percent(found.rmssdChange?.worst),
                    ]
                        + [found.normal, found.ectopic, found.windows].flatMap {
                            [TextTable.number($0?.percentile95, 1), TextTable.number($0?.worst, 1)]
                        })
            }
        }
        return isEmpty ? nil : table.text + "\n"
    }

    private func percent(_ share: Double?) -> String {
        share.map { TextTable.number(100 * $0, 2) + " %" } ?? "-"
    }
}
