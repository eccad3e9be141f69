// SPDX-License-Identifier: Apache-2.0
import AEBenchmark

/// What coding costs, in groups.
struct TimeTables {
    private let report: BenchmarkReport
    private let anchor: String

    init(_ report: BenchmarkReport, anchor: String) {
        self.report = report
        self.anchor = anchor
    }

    /// A table of each mode that was timed.
    var text: [String] {
        CodecDescription.Mode.allCases.compactMap { mode in
            let reference =
                switch mode {
                case .lossless: CodecCatalog.losslessAnchor
                case .bounded: SizeTables.reference
                case .lossy: anchor
                }
            let table = table(mode, reference)
            return table.isEmpty ? nil : table.text
        }
    }

    private func table(_ mode: CodecDescription.Mode, _ reference: String) -> TextTable {
        var table = TextTable([
            "\(mode.rawValue): CPU ms a megasample, times of \(reference)", "images", "encode", "+-", "times",
            "decode", "+-", "times", "peak MB", "decode",
        ])
        for group in report.groups {
            for codec in report.measured(mode) {
                let timed = group.images.filter { !$0.timedPoints(of: codec, mode).isEmpty }
                guard !timed.isEmpty else { continue }
                table.add(
                    ["\(group.name): \(codec)", "\(timed.count)"]
                        + CodingDirection.allCases.flatMap { direction in
                            cells(timed, codec, mode, direction, reference)
                        }
                        + CodingDirection.allCases.map { direction in
                            let peaks = timed.flatMap { $0.timedPoints(of: codec, mode) }.compactMap {
                                $0.timing(direction)?.peakBytes
                            }
                            return TextTable.number(peaks.max().map { Double($0) * 1e-6 }, 1)
                        })
            }
        }
        return table
    }

    private func cells(
        _ images: [ImageResult], _ codec: String, _ mode: CodecDescription.Mode,
        _ direction: CodingDirection, _ reference: String
    ) -> [String] {
        // Seconds to milliseconds a megasample.
        func scaled(_ value: (Timing) -> Double) -> Double? {
            mean(
                images.flatMap { image in
                    image.timedPoints(of: codec, mode).compactMap { point in
                        point.timing(direction).map { 1e9 * value($0) / Double(image.sampleCount) }
                    }
                })
        }
        let ratios = images.flatMap { $0.timeRatios(of: codec, to: reference, mode, direction) }
        return [
            TextTable.number(scaled(\.cpu), 1), TextTable.number(scaled(\.cpuSpread), 1),
            TextTable.number(geometricMean(ratios), 2),
        ]
    }
}
