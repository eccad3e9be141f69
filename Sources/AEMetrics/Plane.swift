// SPDX-License-Identifier: Apache-2.0
import Glibc
import Samples

/// One frame of one channel in floating point.
struct Plane: Equatable {
    let rows: Int
    let columns: Int
    /// `[rows, columns]`, the last axis fastest.
    var values: [Double]

    init(rows: Int, columns: Int, values: [Double]) {
        precondition(values.count == rows * columns)
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// Takes a plane of an array; every value is lowered by `origin`.
    init(_ samples: SampleArray, plane: Int, origin: Int) {
        let count = samples.extent.rows * samples.extent.columns
        let range = plane * count..<(plane + 1) * count
        let values: [Double]
        switch samples.storage {
        case .narrow(let cells):
            let sign: UInt16 = samples.format.isSigned ? 1 << 15 : 0
            // Flipping the sign bit and subtracting it again extends the sign.
            let shift = Int32(sign) + Int32(origin)
            values = cells[range].map { Double(Int32($0 ^ sign) &- shift) }
        case .wide:
            values = range.map { Double(samples[$0] - origin) }
        }
        self.init(rows: samples.extent.rows, columns: samples.extent.columns, values: values)
    }

    /// The means of blocks of 2 x 2; a last odd row or column is repeated.
    func halved() -> Plane {
        let height = (rows + 1) / 2
        let width = (columns + 1) / 2
        var means: [Double] = []
        means.reserveCapacity(height * width)
        for row in 0..<height {
            let upper = 2 * row * columns
            let lower = min(2 * row + 1, rows - 1) * columns
            for column in 0..<width {
                let left = 2 * column
                let right = min(left + 1, columns - 1)
                let sum =
                    values[upper + left] + values[upper + right] + values[lower + left]
                    + values[lower + right]
                means.append(sum / 4)
            }
        }
        return Plane(rows: height, columns: width, values: means)
    }

    /// The plane under a Gaussian that is cut at three standard deviations; border samples are repeated.
    func blurred(_ deviation: Double) -> Plane {
        let radius = Int((3 * deviation).rounded(.up))
        let weights = GaussianWindow(deviation: deviation, radius: radius).weights
        var across = Plane(rows: rows, columns: columns, values: values)
        var padded = [Double](repeating: 0, count: columns + 2 * radius)
        for row in 0..<rows {
            let start = row * columns
            for index in padded.indices {
                padded[index] = values[start + min(max(index - radius, 0), columns - 1)]
            }
            for column in 0..<columns {
                var sum = 0.0
                for tap in 0...2 * radius { sum += weights[tap] * padded[column + tap] }
                across.values[start + column] = sum
            }
        }
        var result = [Double](repeating: 0, count: values.count)
        for row in 0..<rows {
            for tap in 0...2 * radius {
                let from = min(max(row + tap - radius, 0), rows - 1) * columns
                for column in 0..<columns {
                    result[row * columns + column] += weights[tap] * across.values[from + column]
                }
            }
        }
        return Plane(rows: rows, columns: columns, values: result)
    }
}

/// The weights of a Gaussian at whole distances; their sum is 1.
struct GaussianWindow {
    /// `2 radius + 1` weights.
    let weights: [Double]

    init(deviation: Double, radius: Int) {
        let raw = (-radius...radius).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
        let sum = raw.reduce(0, +)
        weights = raw.map { $0 / sum }
    }
}

/// Sums over rectangles of a plane, each in constant time.
struct RectangleSums {
    private let columns: Int
    private var sums: [Double]

    init(rows: Int, columns: Int, value: (Int) -> Double) {
        self.columns = columns
        sums = [Double](repeating: 0, count: (rows + 1) * (columns + 1))
        for row in 0..<rows {
            var line = 0.0
            for column in 0..<columns {
                line += value(row * columns + column)
                sums[(row + 1) * (columns + 1) + column + 1] = sums[row * (columns + 1) + column + 1] + line
            }
        }
    }

    /// The sum over some rows and columns, all inside the plane.
    func sum(_ rows: Range<Int>, _ columns: Range<Int>) -> Double {
        let top = rows.lowerBound * (self.columns + 1)
        let bottom = rows.upperBound * (self.columns + 1)
        return sums[bottom + columns.upperBound] - sums[top + columns.upperBound]
            - sums[bottom + columns.lowerBound] + sums[top + columns.lowerBound]
    }
}
