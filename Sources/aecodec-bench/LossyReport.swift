// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A whole run of `lossy`: tables for people, JSON for programs.
struct LossyReport: Codable {
    var codec: String
    var anchor: String
    /// Library and version of the anchor.
    var version: String
    var repeats: Int
    var processor = processorName()
    var files: [LossyResult]

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// The heads of the columns of ``line(_:)``.
    static let heading = """
        BD-rate in percent, by rate of the anchor; BD-PSNR in decibels; bytes over the anchor's by share of \
        the least error; j: lossy before, up to 1 bit
        """ + "\n" + TextTable.pad("image", 32) + TextTable.right("size", 11)
        + TextTable.right("dB from", 9) + TextTable.right("to", 7) + columns

    private static let columns =
        ["0.1-2", "0.1-0.5", "0.5-2", "dB gain", "covered"].map { TextTable.right($0, 9) }.joined()
        + LossyComparison.sharesBeyond.map { TextTable.right("x\($0)", 8) }.joined()

    /// One image against the anchor.
    static func line(_ result: LossyResult) -> String {
        let whole = result.comparison?.whole
        let name = result.file + (result.lossyHistory ? " j" : "")
        return TextTable.pad(name, 32) + TextTable.right("\(result.rows)x\(result.columns)", 11)
            + TextTable.right(TextTable.number(whole?.lowestPSNR, 2), 9)
            + TextTable.right(TextTable.number(whole?.highestPSNR, 2), 7) + cells([result])
    }

    /// The curve of the anchor on one image.
    static func curve(_ result: LossyResult) -> String {
        let origin = result.cropOrigin.map { " from row \($0[0]), column \($0[1])" } ?? ""
        let head = ["asked", "bytes", "bits", "MSE", "most", "PSNR"].map { TextTable.right($0, 11) }.joined()
        let lines = result.anchor.map { point in
            [
                TextTable.number(point.setting, 2), "\(point.bytes)",
                TextTable.number(point.bitsPerSample, 5), TextTable.number(point.meanSquaredError, 4),
                "\(point.maximumError)", TextTable.number(point.psnr, 3),
            ].map { TextTable.right($0, 11) }.joined()
        }
        let title = "\(result.file), \(result.rows) x \(result.columns)\(origin), \(result.bitsStored) bits"
        return ([title, head] + lines).joined(separator: "\n")
    }

    /// Means of each group and of all files, then times.
    func summary() -> String {
        var lines: [String] = []
        if files.contains(where: { $0.comparison != nil }) {
            lines += ["", TextTable.pad("means of groups", 53) + TextTable.right("files", 6) + Self.columns]
            for name in Set(files.flatMap(\.groups)).sorted() {
                lines.append(Self.mean(files.filter { $0.groups.contains(name) }, name))
            }
            lines.append(Self.mean(files.filter(\.countsInAll), "all"))
        }
        lines += times()
        lines += [
            "",
            "\(codec), anchor \(anchor) (\(version)), \(processor)"
                + (repeats > 0 ? ", median of \(repeats) runs" : ""),
        ]
        return lines.joined(separator: "\n")
    }

    private static func mean(_ files: [LossyResult], _ name: String) -> String {
        TextTable.pad(name, 53) + TextTable.right("\(files.count)", 6) + cells(files)
    }

    /// The columns of comparisons: means over the files that have a value.
    private static func cells(_ files: [LossyResult]) -> String {
        func mean(_ value: (LossyComparison) -> Double?) -> Double? {
            let values = files.compactMap { $0.comparison.flatMap(value) }
            return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
        let rates = [
            mean { $0.whole?.rateChange }, mean { $0.low?.rateChange }, mean { $0.high?.rateChange },
        ]
        let beyond = LossyComparison.sharesBeyond.indices.map { index in mean { $0.sizesBeyond[index] } }
        return rates.map { TextTable.right(TextTable.percent($0), 9) }.joined()
            + TextTable.right(TextTable.number(mean { $0.whole?.psnrGain }, 3), 9)
            + TextTable.right(TextTable.number(mean { $0.whole?.coverage }, 3), 9)
            + beyond.map { TextTable.right(TextTable.number($0, 3), 8) }.joined()
    }

    private func times() -> [String] {
        guard files.contains(where: { !$0.times.isEmpty }) else { return [] }
        let heads = ["setting", "PSNR", "encode", "decode", "anchor bits", "encode", "decode"]
        var lines = [
            "", "CPU milliseconds a megasample, the anchor at the same PSNR",
            TextTable.pad("image", 32) + heads.map { TextTable.right($0, 12) }.joined(),
        ]
        for file in files {
            for time in file.times {
                lines.append(
                    TextTable.pad(file.file, 32)
                        + [
                            TextTable.number(time.setting, 2), TextTable.number(time.psnr, 2),
                            TextTable.number(time.encodeMilliseconds, 1),
                            TextTable.number(time.decodeMilliseconds, 1),
                            TextTable.number(time.anchorRate, 3),
                            TextTable.number(time.anchorEncodeMilliseconds, 1),
                            TextTable.number(time.anchorDecodeMilliseconds, 1),
                        ].map { TextTable.right($0, 12) }.joined())
            }
        }
        return lines
    }
}
