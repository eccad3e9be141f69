// SPDX-License-Identifier: Apache-2.0
import AECodec

/// About the bits of errors whose classes follow from a scale, each class having an exponential distribution of its own.
struct ScaleCost {
    private var sums = [Float](repeating: 0, count: PredictionParameters.rawClassCount)
    private var counts = [Float](repeating: 0, count: PredictionParameters.rawClassCount)

    /// Counts an error in the raw class of a scale. (Spec/bitstream.md, section 4.5)
    mutating func add(_ error: Float, scale: Float) {
        let raw = Int(min(max(scale, 0), 16_777_215))
        let octave = Int.bitWidth - 1 - max(1, raw).leadingZeroBitCount
        let place = raw == 0 ? 0 : 1 + 4 * octave + (4 * raw) >> octave & 3
        sums[place] += error
        counts[place] += 1
    }

    /// The bits: the entropy of two-sided geometric errors of a mean magnitude m is about log2(1 + 2 e m).
    var bits: Double {
        zip(sums, counts).reduce(0) {
            $0 + ($1.1 > 0 ? Double($1.1) * log2(1 + 5.44 * Double($1.0) / Double($1.1)) : 0)
        }
    }
}
