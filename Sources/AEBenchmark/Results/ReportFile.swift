// SPDX-License-Identifier: Apache-2.0
public import Foundation

extension BenchmarkReport {
    /// The report as JSON with sorted keys, so that two runs can be compared line by line.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }

    /// Reads what ``json()`` wrote.
    ///
    /// - Parameter json: The bytes of a file.
    /// - Throws: ``BenchmarkError`` if they are no report of this version.
    public init(json: Data) throws(BenchmarkError) {
        let decoded: BenchmarkReport
        do {
            decoded = try JSONDecoder().decode(BenchmarkReport.self, from: json)
        } catch {
            throw .notAReport("\(error)")
        }
        guard decoded.formatVersion == BenchmarkReport.currentFormatVersion else {
            throw .reportVersion(decoded.formatVersion)
        }
        self = decoded
    }

    static let currentFormatVersion = 1

    /// Every point as a line of comma-separated values, under a line of names.
    public func csv() -> String {
        var lines = [Self.columns.map(\.name).joined(separator: ",")]
        for image in images {
            for point in image.points {
                lines.append(Self.columns.map { Self.quoted($0.value(image, point)) }.joined(separator: ","))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private typealias Column = (name: String, value: @Sendable (ImageResult, Point) -> String)

    private static let columns: [Column] = [
        ("image", { image, _ in image.name }),
        ("groups", { image, _ in image.groups.joined(separator: "; ") }),
        ("apart", { image, _ in image.apart ?? "" }), ("frames", { image, _ in "\(image.frames)" }),
        ("rows", { image, _ in "\(image.rows)" }), ("columns", { image, _ in "\(image.columns)" }),
        ("bitsStored", { image, _ in "\(image.bitsStored)" }),
        ("bitsAllocated", { image, _ in "\(image.bitsAllocated)" }),
        ("isCrop", { image, _ in "\(image.isCrop)" }), ("codec", { $1.codec }),
        ("mode", { $1.mode.rawValue }),
        ("isMapped", { "\($1.isMapped)" }), ("setting", { number($1.setting) }),
        ("byteCount", { "\($1.byteCount)" }), ("bitsPerSample", { number($1.bitsPerSample) }),
        ("ratio", { number($1.ratio) }), ("meanSquaredError", { number($1.meanSquaredError) }),
        ("psnr", { number($1.psnr) }), ("foregroundPSNR", { number($1.foregroundPSNR) }),
        ("ssim", { number($1.ssim) }), ("multiScaleSSIM", { number($1.multiScaleSSIM) }),
        ("maximumError", { "\($1.maximumError)" }), ("brightContrast", { number($1.brightContrast) }),
        ("brightContrastWorst", { number($1.brightContrastWorst) }),
        ("encodeCPU", { number($1.encode?.cpu) }), ("encodeSpread", { number($1.encode?.cpuSpread) }),
        ("encodeWall", { number($1.encode?.wall) }),
        ("encodePeak", { $1.encode.map { "\($0.peakBytes)" } ?? "" }),
        ("decodeCPU", { number($1.decode?.cpu) }), ("decodeSpread", { number($1.decode?.cpuSpread) }),
        ("decodeWall", { number($1.decode?.wall) }),
        ("decodePeak", { $1.decode.map { "\($0.peakBytes)" } ?? "" }),
        ("failure", { $1.failure ?? "" }),
    ]

    private static func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }

    /// A cell, in quotation marks if it holds a character that means something (RFC 4180).
    private static func quoted(_ cell: String) -> String {
        guard cell.contains(where: { ",\"\n\r".contains($0) }) else { return cell }
        return "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
}
