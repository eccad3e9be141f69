// SPDX-License-Identifier: Apache-2.0
import AEBenchmark

/// Sizes of lossless and bounded coding.
struct SizeTables {
    private let report: BenchmarkReport
    /// The codec that sizes are held against: the densest that is in wide use.
    static let reference = "CharLS"

    init(_ report: BenchmarkReport) { self.report = report }

    /// Bytes of every image, then what they come to in groups.
    var lossless: [String] {
        let codecs = report.measured(.lossless)
        var images = TextTable(["bytes (m: of mapped samples)"] + codecs)
        for image in report.images {
            images.add(
                [image.name]
                    + codecs.map { codec in
                        guard let point = image.smallest(codec, .lossless) else { return "failed" }
                        return "\(point.byteCount)\(point.isMapped ? "m" : "")"
                    })
        }
        return [images.text, means(.lossless, setting: nil)]
    }

    /// A table of each bound.
    var bounded: [String] {
        let points = report.images.flatMap(\.points).filter { $0.mode == .bounded }
        return Set(points.compactMap(\.setting)).sorted().map { means(.bounded, setting: $0) }
    }

    private func means(_ mode: CodecDescription.Mode, setting: Double?) -> String {
        let what = setting.map { "error at most \(Int($0))" } ?? "lossless"
        var table = TextTable([
            "\(what), bytes over those of \(Self.reference)", "images", "bits", "mean", "median", "worst",
        ])
        for group in report.groups {
            for codec in report.measured(mode) {
                let points = group.images.compactMap { $0.smallest(codec, mode, setting: setting) }
                let ratios = group.images.compactMap { image -> Double? in
                    guard let ours = image.smallest(codec, mode, setting: setting),
                        let theirs = image.smallest(Self.reference, mode, setting: setting)
                    else { return nil }
                    return Double(ours.byteCount) / Double(theirs.byteCount)
                }
                let summary = GroupSummary(ratios)
                table.add([
                    "\(group.name): \(codec)", "\(points.count)",
                    TextTable.number(mean(points.map(\.bitsPerSample)), 3),
                    TextTable.number(summary?.mean, 4), TextTable.number(summary?.median, 4),
                    TextTable.number(summary?.worst, 4),
                ])
            }
        }
        return table.text
    }
}

extension ImageResult {
    /// The smaller of a codec's results on stored and on mapped samples.
    func smallest(_ codec: String, _ mode: CodecDescription.Mode, setting: Double? = nil) -> Point? {
        points.filter {
            $0.codec == codec && $0.mode == mode && $0.setting == setting && $0.failure == nil
        }.min { $0.byteCount < $1.byteCount }
    }
}
