// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The two ways through a codec.
public enum CodingDirection: String, CaseIterable, Sendable {
    /// From samples to bytes.
    case encode
    /// And back.
    case decode
}

extension Point {
    /// The cost of one way; nil if it was not timed.
    public func timing(_ direction: CodingDirection) -> Timing? {
        direction == .encode ? encode : decode
    }
}

extension ImageResult {
    /// CPU seconds of a codec over those of an anchor in the same mode, one for each timed point.
    ///
    /// A lossy point is held against the timed point of the anchor whose rate is nearest.
    public func timeRatios(
        of codec: String, to anchor: String, _ mode: CodecDescription.Mode, _ direction: CodingDirection
    ) -> [Double] {
        let anchors = timedPoints(of: anchor, mode)
        return timedPoints(of: codec, mode).compactMap { point in
            let nearest = anchors.min {
                abs(log($0.bitsPerSample / point.bitsPerSample))
                    < abs(log($1.bitsPerSample / point.bitsPerSample))
            }
            guard let ours = point.timing(direction)?.cpu, let theirs = nearest?.timing(direction)?.cpu,
                ours > 0, theirs > 0
            else { return nil }
            return ours / theirs
        }
    }

    /// The points of a codec in a mode that have times.
    public func timedPoints(of codec: String, _ mode: CodecDescription.Mode) -> [Point] {
        points.filter {
            $0.codec == codec && $0.mode == mode && $0.encode != nil && $0.failure == nil
                && $0.byteCount > 0
        }
    }
}

/// The geometric mean, which is what ratios have; nil without any.
public func geometricMean(_ ratios: [Double]) -> Double? {
    guard !ratios.isEmpty else { return nil }
    return exp(ratios.reduce(0) { $0 + log($1) } / Double(ratios.count))
}
