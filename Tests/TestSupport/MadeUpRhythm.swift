// SPDX-License-Identifier: Apache-2.0
import Foundation
package import Samples

/// Signals made of arithmetic.
package enum MadeUpRhythm {
    /// Heart beats of two shapes over wander and noise, two leads; made of arithmetic, not of anyone's ECG.
    package static func rhythm(columns: Int, leads: Int = 2, seed: UInt64 = 7, isRegular: Bool = true)
        -> SampleArray
    {
        var random = SplitMix64(seed: seed)
        var rows = [[Double]](repeating: [Double](repeating: 0, count: columns), count: leads)
        var beat = 90.0
        var number = 0
        while beat < Double(columns) {
            let isOdd = number % 7 == 5
            for lead in 0..<leads {
                let size = 160.0 / Double(lead + 1)
                for (offset, width, height) in [
                    (-55.0, 9.0, 0.15), (0.0, isOdd ? 14.0 : 4.0, isOdd ? -1.2 : 1), (9.0, 5.0, -0.3),
                    (95.0, 22.0, 0.3),
                ] {
                    let center = beat + offset
                    for column in max(
                        0, Int(center - 4 * width))..<min(columns, max(0, Int(center + 4 * width)) + 1)
                    where column < columns {
                        let x = (Double(column) - center) / width
                        rows[lead][column] += size * height * exp(-0.5 * x * x)
                    }
                }
            }
            beat += 290 + Double.random(in: -12...12, using: &random) - (isOdd ? 60 : 0)
            number += 1
        }
        let values = rows.enumerated().flatMap { lead, row in
            row.enumerated().map { column, value in
                let wander = 40 * sin(Double(column) / 700 + Double(lead))
                let noise = Double.random(in: -3...3, using: &random)
                return Int(max(0, min(2047, 1024 + value + wander + noise)).rounded())
            }
        }
        return SampleArray(
            extent: Extent(rows: leads, columns: columns),
            format: SampleFormat(bitsStored: 12, isSigned: false), values: values)
    }

    /// Six leads of which four follow from the others.
    package static func dependent(columns: Int) -> SampleArray {
        let two = rhythm(columns: columns)
        let values = { (lead: Int, column: Int) in two[lead * columns + column] }
        let made: [(Int) -> Int] = [
            { values(0, $0) }, { values(1, $0) }, { values(1, $0) - values(0, $0) + 1024 },
            { 2047 - (values(0, $0) + values(1, $0)) / 2 }, { values(0, $0) - values(1, $0) / 2 + 600 },
            { values(1, $0) - values(0, $0) / 2 + 600 },
        ]
        return SampleArray(
            extent: Extent(rows: 6, columns: columns), format: SampleFormat(bitsStored: 13, isSigned: true),
            values: made.flatMap { lead in (0..<columns).map(lead) })
    }
}
