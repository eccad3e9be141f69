// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What became worse from one run of the benchmark to the next, beyond noise.
///
/// Only aecodec is judged, on the images and settings that both runs have: bytes of lossless and bounded
/// archives of each image, the BD-rate of each image against the anchor, and CPU time as a ratio to the
/// anchor, as the geometric mean over all images, because the time of one small image says little.
public struct Regression: Equatable, Sendable {
    /// One sentence for each fault.
    public var faults: [String] = []
    /// What could be compared, for a person.
    public var compared: String

    /// Bytes may grow by this share.
    public static let byteTolerance = 0.001
    /// BD-rates may grow by this much: 0.3 points of a percentage.
    public static let rateTolerance = 0.003
    /// Ratios of time may grow by this share.
    public static let timeTolerance = 0.15

    private static let codec = "aecodec"

    /// Compares two runs.
    ///
    /// - Parameters:
    ///   - old: The run of before.
    ///   - new: The run to judge.
    ///   - anchor: The codec of BD-rates and of lossy times; lossless times are held against OpenJPEG 5/3.
    public init(from old: BenchmarkReport, to new: BenchmarkReport, anchor: String) {
        let earlier = Dictionary(old.images.map { ($0.key, $0) }) { first, _ in first }
        let pairs = new.images.compactMap { image in earlier[image.key].map { (old: $0, new: image) } }
        compared = "\(pairs.count) of \(old.images.count) images of \(old.program) of \(old.date)"
        if pairs.isEmpty { faults.append("The two runs have no image in common.") }
        for pair in pairs {
            faults += Self.byteFaults(pair.old, pair.new)
            faults += Self.rateFaults(pair.old, pair.new, anchor: anchor)
        }
        for mode in [CodecDescription.Mode.lossless, .lossy] {
            let anchor = mode == .lossless ? CodecCatalog.losslessAnchor : anchor
            for direction in CodingDirection.allCases {
                faults += Self.timeFaults(pairs, anchor: anchor, mode, direction)
            }
        }
    }

    private static func byteFaults(_ old: ImageResult, _ new: ImageResult) -> [String] {
        old.points.filter { $0.codec == codec && $0.failure == nil && $0.mode != .lossy }.compactMap {
            before in
            let after = new.points.first {
                $0.codec == codec && $0.mode == before.mode && $0.setting == before.setting
            }
            guard let after else { return nil }
            let what = "\(new.name), \(before.mode.rawValue)\(before.setting.map { " \(Int($0))" } ?? "")"
            if let failure = after.failure { return "\(what): \(failure)" }
            let growth = Double(after.byteCount) / Double(before.byteCount) - 1
            guard growth > byteTolerance else { return nil }
            return "\(what): \(after.byteCount) bytes instead of \(before.byteCount), "
                + String(format: "%+.2f %%", 100 * growth)
        }
    }

    private static func rateFaults(_ old: ImageResult, _ new: ImageResult, anchor: String) -> [String] {
        var faults = Set(
            new.points.filter { $0.codec == codec && $0.mode == .lossy }.compactMap(\.failure)
        ).sorted().map { "\(new.name), lossy: \($0)" }
        guard let before = (try? RateComparison(old, anchor: anchor, test: codec))?.whole,
            new.points.contains(where: { $0.codec == codec && $0.mode == .lossy })
        else { return faults }
        guard let after = (try? RateComparison(new, anchor: anchor, test: codec))?.whole else {
            return faults + ["\(new.name), lossy: there is no BD-rate any more"]
        }
        if after.rateChange - before.rateChange > rateTolerance {
            faults.append(
                "\(new.name), lossy: BD-rate "
                    + String(
                        format: "%+.2f %% instead of %+.2f %%", 100 * after.rateChange,
                        100 * before.rateChange))
        }
        return faults
    }

    private static func timeFaults(
        _ pairs: [(old: ImageResult, new: ImageResult)], anchor: String, _ mode: CodecDescription.Mode,
        _ direction: CodingDirection
    ) -> [String] {
        let ratios = pairs.map { pair in
            (
                old: geometricMean(pair.old.timeRatios(of: codec, to: anchor, mode, direction)),
                new: geometricMean(pair.new.timeRatios(of: codec, to: anchor, mode, direction))
            )
        }.filter { $0.old != nil && $0.new != nil }
        guard let before = geometricMean(ratios.compactMap(\.old)),
            let after = geometricMean(ratios.compactMap(\.new)), after > before * (1 + timeTolerance)
        else { return [] }
        return [
            "\(mode.rawValue) \(direction.rawValue): "
                + String(format: "%.2f of the time of %@ instead of %.2f", after, anchor, before)
        ]
    }
}

extension ImageResult {
    /// Images of two runs are the same if their names and shapes are.
    fileprivate var key: String { "\(name) \(frames) \(rows) \(columns) \(isCrop)" }
}
