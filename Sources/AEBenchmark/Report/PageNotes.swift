// SPDX-License-Identifier: Apache-2.0
import AEMetrics

/// The words of the page: codecs, machine, what went wrong, definitions.
enum PageNotes {
    static func subtitle(_ report: BenchmarkReport) -> String {
        let crops = report.images.count { $0.isCrop }
        let apart = report.images.count { $0.apart != nil }
        var parts = [
            report.program, report.date, HTMLText.images(report.images.count),
            report.orderedGroups.map(\.name).filter { $0 != "all" }.joined(separator: ", "),
        ].filter { !$0.isEmpty }
        if crops == report.images.count, crops > 0 {
            parts.append("most textured windows")
        } else if crops > 0 {
            parts.append("\(HTMLText.images(crops)) cut to the most textured window")
        }
        if apart > 0 { parts.append("\(HTMLText.images(apart)) apart, in no mean of all") }
        return parts.joined(separator: " · ")
    }

    static func machine(_ report: BenchmarkReport) -> String {
        let machine = report.machine
        return "\(machine.processor) · \(machine.system) · "
            + (machine.threads == 1 ? "1 thread" : "\(machine.threads) threads")
    }

    static func codecs(_ codecs: [CodecDescription], isOurs: (String) -> Bool) -> ReportPage.Section {
        var table = HTMLTable(
            caption: "Codecs and the versions that ran", heads: ["codec", "mode", "version", "note"],
            wordColumns: 4)
        table.bodies = [
            (
                title: nil,
                rows: codecs.map { codec in
                    HTMLTable.Row(
                        cells: [
                            codec.name, codec.mode == .bounded ? "near-lossless" : codec.mode.rawValue,
                            codec.version ?? "not installed", codec.note ?? "",
                        ],
                        isOurs: isOurs(codec.name))
                }
            )
        ]
        return ReportPage.Section(id: "codecs", title: "Codecs", body: table.html)
    }

    /// What went wrong; nil if nothing did.
    static func failures(_ report: BenchmarkReport) -> ReportPage.Section? {
        let rows = report.images.flatMap { image in
            image.points.compactMap { point -> HTMLTable.Row? in
                guard let failure = point.failure else { return nil }
                return HTMLTable.Row(cells: [
                    image.name, point.codec + (point.isMapped ? ", mapped" : ""), point.mode.rawValue,
                    HTMLText.number(point.setting, 3), failure,
                ])
            }
        }
        guard !rows.isEmpty else { return nil }
        var table = HTMLTable(
            caption: "Points without a result; they are in no figure above",
            heads: ["image", "codec", "mode", "setting", "what happened"], wordColumns: 5)
        table.bodies = [(title: nil, rows: rows)]
        return ReportPage.Section(id: "failures", title: "Failures", body: table.html)
    }

    static func definitions(_ report: BenchmarkReport) -> ReportPage.Section {
        let items = terms.map { term, words in
            "<dt>\(HTMLText.escaped(term))</dt><dd>\(HTMLText.escaped(words))</dd>"
        }
        return ReportPage.Section(
            id: "definitions", title: "Definitions", body: "<dl>\(items.joined())</dl>")
    }

    private static let terms = [
        (
            "rate",
            "Bits of the whole file or codestream, and of the sample map where one was applied, over samples."
        ),
        (
            "ratio",
            "Bits of the cells that the file stores (8 or 16 for each sample) over the bits of the result. Means "
                + "of groups and the dashed marks count 16."
        ),
        (
            "mean curve",
            "The mean over all images of a group at common rates, between the points of an image by monotone "
                + "piecewise cubics over the logarithm of the rate, and never beyond them. A codec without a curve "
                + "on every image of the group is not drawn but named."
        ),
        (
            "PSNR",
            "10 log10(peak² / mean squared error) of stored values, the peak 2^bits stored − 1. Foreground: "
                + "without the near-constant background at the border, found in the original alone."
        ),
        (
            "SSIM, MS-SSIM",
            "Wang, Bovik, Sheikh, Simoncelli 2004 and Wang, Simoncelli, Bovik 2003: a Gaussian window of 11 × 11, "
                + "K1 0.01, K2 0.03, the range of the stored depth, five scales. Shown as −10 log10(1 − value), "
                + "with the value itself behind it."
        ),
        (
            "contrast kept",
            "Small bright structures (dark ones in inverted images) of the original: the strongest local maxima of "
                + "a band-pass of 1.2 to 2.4 samples above five times the local noise. Their contrast against the "
                + "ring around them in the decoded image over that in the original, at most 1; mean and 10th "
                + "percentile over them."
        ),
        (
            "BD-rate, BD-PSNR",
            "Mean difference of log rate over PSNR, or of PSNR over log rate (VCEG-M33), curves by monotone "
                + "piecewise cubics through at least four points, for each image; then mean, median and worst. Over "
                + "the PSNR that the anchor has from 0.1 to 2 bits a sample, and not beyond a mean squared error of "
                + "1 on the grid of the values. Covered: the least part of it that both curves reach on an image."
        ),
        (
            "CPU time",
            "Medians of repeated runs in worker processes, codecs taking turns. Ratios are geometric means over "
                + "images; lossy points are held against the timed point of OpenJPEG with the nearest rate. Spread: "
                + "half the distance between the quartiles over the median. Peak memory is that of the whole worker."
        ),
    ]
}
