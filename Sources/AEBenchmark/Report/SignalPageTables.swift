// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Foundation

/// The tables of the page on recordings.
struct SignalPageTables {
    private let report: SignalReport
    private let groups: [SignalSummary]

    init(_ report: SignalReport) {
        self.report = report
        groups = SignalSummary.groups(report)
    }

    private func names(_ mode: CodecDescription.Mode) -> [String] {
        report.codecs.filter { $0.mode == mode && $0.version != nil }.map(\.name)
    }

    private func body(
        _ make: (SignalSummary) -> [HTMLTable.Row]
    ) -> [(title: String?, rows: [HTMLTable.Row])] {
        groups.map { ("\($0.group), \(SignalPage.recordings($0.recordings.count))", make($0)) }
    }

    private static func label(_ target: DistortionTarget) -> String {
        "\(target.measure.rawValue) \(String(format: "%g", target.percent)) %"
    }

    /// Ratios at the targets.
    var ratios: ReportPage.Section? {
        let codecs = names(.lossy)
        let targets = report.targets.filter { target in
            groups.contains { group in codecs.contains { group.ratio($0, target) != nil } }
        }
        guard !targets.isEmpty else { return nil }
        var table = HTMLTable(
            caption: "Mean ratios (geometric means); a figure of fewer recordings than the group has says so",
            heads: ["codec"] + targets.map(Self.label))
        table.bodies = body { summary in
            codecs.map { codec in
                HTMLTable.Row(
                    cells: [codec]
                        + targets.map { target in
                            guard let mean = summary.ratio(codec, target) else { return "–" }
                            let count = mean.count < summary.recordings.count ? " of \(mean.count)" : ""
                            return
                                "\(HTMLText.number(mean.arithmetic, 2)) (\(HTMLText.number(mean.geometric, 2)))\(count)"
                        }, isOurs: codec == SignalCatalog.ours)
            }
        }
        return ReportPage.Section(id: "ratios", title: "Ratio at equal distortion", body: table.html)
    }

    /// What became of beats.
    var beats: ReportPage.Section? {
        let targets = report.targets.filter { $0.measure == .prdn }
        var table = HTMLTable(
            caption: "PRDN in percent of normal beats, ectopic beats and windows of 10 s",
            heads: [
                "codec", "PRDN", "F1, least", "F1, mean", "RMSSD: median", "most", "normal: median", "95 %",
                "worst",
                "ectopic: median", "95 %", "worst", "10 s: median", "95 %", "worst",
            ])
        table.bodies = body { summary in
            names(.lossy).flatMap { codec in
                targets.compactMap { target in
                    BeatSummary(summary, codec: codec, target: target).map { found in
                        let local = [found.normal, found.ectopic, found.windows].flatMap {
                            [$0?.median, $0?.percentile95, $0?.worst].map { HTMLText.number($0, 1) }
                        }
                        return HTMLTable.Row(
                            cells: [
                                codec, "\(String(format: "%g", target.percent)) %",
                                HTMLText.number(found.leastF1, 4), HTMLText.number(found.meanF1, 4),
                                HTMLText.percent(found.rmssdChange?.median, 2),
                                HTMLText.percent(found.rmssdChange?.worst, 2),
                            ] + local, isOurs: codec == SignalCatalog.ours)
                    }
                }
            }
        }
        guard table.bodies.contains(where: { !$0.rows.isEmpty }) else { return nil }
        return ReportPage.Section(id: "beats", title: "Beats", body: table.html)
    }

    /// Sizes without loss, and times.
    var lossless: ReportPage.Section? {
        let codecs = names(.lossless)
        guard report.recordings.contains(where: { !$0.lossless.isEmpty }) else { return nil }
        var table = HTMLTable(
            caption: "Every decoded recording was compared with its source",
            heads: [
                "codec", "mean ratio", "bytes over FLAC", "least", "most", "encode, CPU over FLAC",
                "decode, CPU over FLAC",
            ])
        table.bodies = body { summary in
            codecs.compactMap { codec in
                guard let ratio = summary.losslessRatio(codec) else { return nil }
                let bytes = summary.bytesOverFLAC(codec)
                let encode = summary.timeOverFLAC({ $0.lossless(codec)?.encode }, \.encode)
                let decode = summary.timeOverFLAC({ $0.lossless(codec)?.decode }, \.decode)
                return HTMLTable.Row(
                    cells: [codec, HTMLText.number(ratio.arithmetic, 3)]
                        + [bytes?.geometric, bytes?.least, bytes?.greatest].map { HTMLText.number($0, 3) }
                        + [encode, decode].map { HTMLText.factor($0?.geometric) },
                    isOurs: codec == SignalCatalog.ours)
            }
        }
        return ReportPage.Section(id: "lossless", title: "Lossless", body: table.html)
    }

    /// Every recording by itself.
    var recordings: ReportPage.Section {
        let lossy = names(.lossy).flatMap { codec in
            report.targets.filter { $0.measure == .prdn }.map { (codec, $0) }
        }
        var table = HTMLTable(
            caption:
                "Recordings: how often the detector is right on the original, bytes over FLAC, and ratios",
            heads: ["recording", "signals", "Hz", "seconds", "bits", "detector F1"] + names(.lossless)
                + lossy.map { "\($0.0), \(String(format: "%g", $0.1.percent)) %" })
        table.bodies = [
            (
                title: nil,
                rows: report.recordings.map { recording in
                    let anchor = recording.lossless(SignalCatalog.anchor)?.byteCount
                    let sizes = names(.lossless).map { codec in
                        guard let bytes = recording.lossless(codec)?.byteCount, let anchor else { return "–" }
                        return HTMLText.number(Double(bytes) / Double(anchor), 3)
                    }
                    let ratios = lossy.map { codec, target in
                        let found = recording.targets.first { $0.codec == codec && $0.target == target }
                        return HTMLText.number(found?.ratio, 1)
                    }
                    return HTMLTable.Row(
                        cells: [
                            recording.name, "\(recording.signals)", HTMLText.number(recording.rate, 0),
                            HTMLText.number(Double(recording.length) / recording.rate, 0),
                            "\(recording.bits)",
                            HTMLText.number(recording.detector?.f1, 4),
                        ] + sizes + ratios)
                }
            )
        ]
        return ReportPage.Section(id: "recordings", title: "Recordings", body: table.html)
    }

    /// The versions that ran.
    var codecs: ReportPage.Section {
        PageNotes.codecs(report.codecs) { $0 == SignalCatalog.ours }
    }

    /// What went wrong; nil if nothing did.
    var failures: ReportPage.Section? {
        let rows = report.recordings.flatMap { recording in
            recording.lossless.compactMap { codec in
                codec.failure.map { HTMLTable.Row(cells: [recording.name, codec.codec, $0]) }
            }
        }
        guard !rows.isEmpty else { return nil }
        var table = HTMLTable(
            caption: "Codecs without a result; they are in no figure above",
            heads: ["recording", "codec", "what happened"], wordColumns: 3)
        table.bodies = [(title: nil, rows: rows)]
        return ReportPage.Section(id: "failures", title: "Failures", body: table.html)
    }
}
