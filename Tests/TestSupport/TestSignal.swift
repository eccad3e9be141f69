// SPDX-License-Identifier: Apache-2.0
public import Samples

/// Signals like those of a heart, of nobody's: beats, drift and noise.
public enum TestSignal {
    /// Makes a signal.
    ///
    /// Every third lead is the difference of the two above it, but for what the range cuts off.
    ///
    /// - Parameters:
    ///   - leads: Rows.
    ///   - columns: Instants.
    ///   - bits: Bits stored, of two's complement.
    ///   - seed: Of the noise.
    ///   - noise: Its greatest magnitude.
    /// - Returns: Samples within the middle half of the range.
    public static func make(
        leads: Int, columns: Int, bits: Int = 12, seed: UInt64, noise: Int = 3
    ) -> SampleArray {
        var random = SplitMix64(seed: seed)
        let height = 1 << (bits - 3)
        var rows: [[Int]] = []
        for lead in 0..<leads {
            if lead % 3 == 2 {
                rows.append(zip(rows[lead - 1], rows[lead - 2]).map { ($0 - $1) / 2 })
                continue
            }
            let period = 230 + Int(seed % 37)
            rows.append(
                (0..<columns).map { column in
                    let phase = (column + 5 * lead) % period
                    let beat = phase < 20 ? height * (10 - abs(phase - 10)) / (10 + lead) : 0
                    let drift = height / 4 * abs(column % 900 - 450) / 450
                    return beat - drift + Int.random(in: -noise...noise, using: &random)
                })
        }
        return SampleArray(
            extent: Extent(rows: leads, columns: columns),
            format: SampleFormat(bitsStored: bits, isSigned: true), values: rows.flatMap { $0 })
    }
}
