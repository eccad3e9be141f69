// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Glibc

/// One line of a chart: a codec on stored samples, or behind our sample map.
struct ReportSeries: Hashable, Encodable {
    /// As legends name it.
    let name: String
    /// Which of the seven colors: one for each family, as "OpenJPEG 5/3" and "OpenJPEG 9/7" are one.
    let color: Int
    /// Which member of its family it is: the pattern of the line.
    let member: Int
    /// Whether it is aecodec, which is drawn stronger.
    let isOurs: Bool
    let codec: String
    let isMapped: Bool

    enum CodingKeys: CodingKey { case name, color, member, isOurs }

    /// How many colors and patterns there are.
    static let colorCount = 7
    static let patterns = ["", "7 4", "2 3", "9 3 2 3", "12 3"]

    /// The name of a family: without what follows a comma and without words that hold digits.
    static func family(_ codec: String) -> String {
        let first = codec.prefix { $0 != "," }
        let words = first.split(separator: " ").filter { !$0.contains(where: \.isNumber) }
        return words.isEmpty ? codec : words.joined(separator: " ")
    }

    static func isOurs(_ codec: String) -> Bool { family(codec) == "aecodec" }

    /// The lines of a report in the order of its codecs.
    static func all(_ report: BenchmarkReport) -> [ReportSeries] {
        var series: [ReportSeries] = []
        var members: [String: Int] = [:]
        var colors: [String: Int] = [:]
        for codec in report.codecs where codec.mode == .lossy {
            for isMapped in [false, true] {
                let hasCurve = report.images.contains { image in
                    !image.lossyPoints(of: codec.name, isMapped: isMapped).isEmpty
                }
                guard hasCurve else { continue }
                let family = Self.family(codec.name)
                let color = colors[family, default: colors.count]
                colors[family] = color
                let member = members[family, default: 0]
                members[family] = member + 1
                series.append(
                    ReportSeries(
                        name: codec.name + (isMapped ? ", mapped" : ""), color: color % colorCount,
                        member: member + color / colorCount, isOurs: isOurs(codec.name), codec: codec.name,
                        isMapped: isMapped))
            }
        }
        return series
    }

    /// The rate-distortion curve on an image; nil if there are too few points.
    func curve(_ image: ImageResult) -> RateCurve? { try? image.curve(of: codec, isMapped: isMapped) }
}

/// What a chart can show over the rate.
struct ReportMetric: Encodable, Sendable {
    let key: String
    /// The title of the axis, with its unit.
    let label: String
    /// How values are to be read out: as they are, as similarity behind decibels, or in percent.
    let reading: Reading
    let value: @Sendable (Point) -> Double?

    enum Reading: String, Encodable { case decibels, similarity, percent }
    enum CodingKeys: CodingKey { case key, label, reading }

    static let all = [
        ReportMetric(key: "psnr", label: "PSNR (dB)", reading: .decibels) { $0.psnr },
        ReportMetric(key: "foregroundPSNR", label: "PSNR of the foreground (dB)", reading: .decibels) {
            $0.foregroundPSNR
        },
        ReportMetric(key: "multiScaleSSIM", label: "MS-SSIM (dB)", reading: .similarity) {
            similarity($0.multiScaleSSIM)
        },
        ReportMetric(key: "ssim", label: "SSIM (dB)", reading: .similarity) { similarity($0.ssim) },
        ReportMetric(
            key: "brightContrast", label: "Contrast of small structures, mean (%)", reading: .percent
        ) { $0.brightContrast.map { 100 * $0 } },
        ReportMetric(
            key: "brightContrastWorst", label: "Contrast of small structures, 10th percentile (%)",
            reading: .percent
        ) { $0.brightContrastWorst.map { 100 * $0 } },
    ]

    /// Similarities crowd below 1: decibels of what is missing.
    private static func similarity(_ value: Double?) -> Double? {
        guard let value, value < 1 else { return nil }
        return -10 * log10(1 - value)
    }
}
