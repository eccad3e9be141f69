// SPDX-License-Identifier: Apache-2.0
import AECodec
import Samples

/// Signals as the pyramid takes them: codes less an offset, with fraction bits.
struct SignalLines {
    let samples: SampleArray
    private let origin: Int
    private let step: Int
    private let offset: Int
    private let maximum: Int
    /// The sum of squares of all leads, their means removed, in squared stored units.
    let energy: Double

    init(_ samples: SampleArray, map: SampleMap) {
        self.samples = samples
        (origin, step) = if case .affine(let origin, let step, _) = map { (origin, step) } else { (0, 1) }
        maximum = map.maximumCode
        offset = PyramidPlane.offset(maximum)
        let columns = samples.extent.columns
        var energy = 0.0
        for row in 0..<samples.extent.rows {
            var sum = 0.0
            var squares = 0.0
            for index in row * columns..<(row + 1) * columns {
                let value = Double(samples[index])
                sum += value
                squares += value * value
            }
            energy += max(0, squares - sum * sum / Double(columns))
        }
        self.energy = energy
    }

    /// Stored units of a code.
    var unit: Double { Double(step) }

    /// The codes of a lead, less the offset.
    func codes(row: Int) -> [Double] {
        let start = row * samples.extent.columns
        return (start..<start + samples.extent.columns).map {
            Double((samples[$0] - origin) / step - offset)
        }
    }

    /// The values of some instants, lead by lead.
    func values(_ columns: Range<Int>) -> [Int32] {
        var values: [Int32] = []
        values.reserveCapacity(samples.extent.rows * columns.count)
        for row in 0..<samples.extent.rows {
            let start = row * samples.extent.columns
            for column in columns {
                let code = (samples[start + column] - origin) / step
                values.append(Int32(code - offset) << Int32(SignalShape.fractionBits))
            }
        }
        return values
    }

    /// The energy of all leads in stretches of `length` instants, their means in it removed, in squared stored units; nothing
    /// for a rest of less than half of it.
    func energies(length: Int) -> [Double] {
        let columns = samples.extent.columns
        return stride(from: 0, to: columns, by: length).map { first in
            let count = min(length, columns - first)
            guard 2 * count >= length else { return 0 }
            return (0..<samples.extent.rows).reduce(0.0) { energy, row in
                var sum = 0.0
                var squares = 0.0
                for place in row * columns + first..<row * columns + first + count {
                    let value = Double(samples[place])
                    sum += value
                    squares += value * value
                }
                return energy + max(0, squares - sum * sum / Double(count))
            }
        }
    }

    /// Squared differences, in stored units, of lines that were decoded from the instant `first` on, summed over stretches of
    /// `length` instants of the whole signal.
    func addSquaredErrors(
        _ lines: [Int32], mixing: RowMixing?, first: Int, columns: Int, length: Int, to sums: inout [Double]
    ) {
        let bits = SignalShape.fractionBits
        let half = 1 << (bits - 1)
        for row in 0..<samples.extent.rows {
            let line =
                mixing?.row(row, of: lines, count: columns, fractionBits: bits)
                ?? Array(lines[row * columns..<(row + 1) * columns])
            let start = row * samples.extent.columns + first
            var column = 0
            while column < columns {
                let stretch = (first + column) / length
                let end = min(columns, (stretch + 1) * length - first)
                var sum = 0
                for place in column..<end {
                    let code = (Int(line[place]) + half) >> bits + offset
                    let difference = samples[start + place] - (origin + step * max(0, min(maximum, code)))
                    sum += difference * difference
                }
                sums[stretch] += Double(sum)
                column = end
            }
        }
    }
}
