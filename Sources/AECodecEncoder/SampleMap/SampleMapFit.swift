// SPDX-License-Identifier: Apache-2.0
import AECodec
import Samples

/// Chooses the sample map of a part.
///
/// Stretched histograms, look-up table output and padding values leave gaps that cost every predictor
/// dearly; ranks close them. Where few values are missing, the map costs more than it gains.
enum SampleMapFit {
    /// Shares of the span above which the plain map serves (measured: gaps cost nothing there).
    static let densestSparseShare = 0.75

    /// The map of lossy parts: distances of stored values are those of codes, but for a common factor.
    static func affineMap(_ samples: SampleArray) -> SampleMap {
        let map = map(samples)
        guard case .dense(let levels) = map, let first = levels.first, let last = levels.last else {
            return map
        }
        return .affine(origin: first, step: 1, maximumCode: last - first)
    }

    static func map(_ samples: SampleArray) -> SampleMap {
        guard case .narrow(let values) = samples.storage else { return wideMap(samples) }
        var isUsed = [Bool](repeating: false, count: 65_536)
        for value in values { isUsed[Int(value)] = true }
        let levels =
            samples.format.isSigned
            ? (Array(32_768..<65_536) + Array(0..<32_768)).filter { isUsed[$0] }.map {
                Int(Int16(truncatingIfNeeded: $0))
            }
            : (0..<65_536).filter { isUsed[$0] }
        guard let first = levels.first, let last = levels.last else {
            return .affine(origin: 0, step: 1, maximumCode: 0)
        }
        let span = last - first + 1
        let plain = SampleMap.affine(origin: first, step: 1, maximumCode: last - first)
        guard Double(levels.count) < densestSparseShare * Double(span) else { return plain }
        if let step = evenStep(levels) {
            return .affine(origin: first, step: step, maximumCode: (last - first) / step)
        }
        // Closing gaps gains at most the difference of the logarithms; small images cannot pay the list.
        let dense = SampleMap.dense(levels: levels)
        let gain = Double(values.count) * log2(Double(span) / Double(levels.count)) / 8
        return gain > Double(payload(dense).count) ? dense : plain
    }

    /// The common step of levels that are (nearly all of) an even ladder; nil if there is none.
    private static func evenStep(_ levels: [Int]) -> Int? {
        var step = 0
        for (a, b) in zip(levels, levels.dropFirst()) { step = greatestCommonDivisor(step, b - a) }
        guard step > 1, let first = levels.first, let last = levels.last else { return nil }
        let rungs = (last - first) / step + 1
        return Double(levels.count) >= densestSparseShare * Double(rungs) ? step : nil
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }

    private static func wideMap(_ samples: SampleArray) -> SampleMap {
        var least = samples[0]
        var most = least
        for index in 0..<samples.extent.sampleCount {
            least = min(least, samples[index])
            most = max(most, samples[index])
        }
        return .affine(origin: least, step: 1, maximumCode: most - least)
    }

    /// The payload of `SMAP`; the levels of a dense map in the form that takes fewest bytes.
    static func payload(_ map: SampleMap) -> [UInt8] {
        guard case .dense(let levels) = map else { return map.payload() }
        let candidates = SampleMap.LevelCoding.allCases.map { coding in
            let bytes = SampleMap.levelBytes(levels, coding: coding)
            let packed = ZstdFrameWriter.pack(bytes)
            let isPacked = packed.count < bytes.count
            return map.payload(levels: (coding, bytes.count, isPacked, isPacked ? packed : bytes))
        }
        return candidates.min { $0.count < $1.count } ?? map.payload()
    }
}
