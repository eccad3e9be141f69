// SPDX-License-Identifier: Apache-2.0
import Foundation
package import Samples

/// The window of an image with the most texture: where there is something to code, and no background.
///
/// Texture is the sum of log(1 + standard deviation) over blocks of 16 x 16 samples; the window lies on
/// their grid. Its sides are those of the image cut to a multiple of 128, at most 1024.
package struct TexturedCrop: Equatable {
    package var row: Int
    package var column: Int
    package var rows: Int
    package var columns: Int

    /// Sides that are shorter make a crop too small to measure on.
    package static let leastSide = 512
    static let largestSide = 1024
    private static let multiple = 128
    private static let block = 16

    /// Finds the window in the first frame and channel; nil if the image is too small.
    package init?(of samples: SampleArray) {
        rows = min(Self.largestSide, samples.extent.rows / Self.multiple * Self.multiple)
        columns = min(Self.largestSide, samples.extent.columns / Self.multiple * Self.multiple)
        guard rows >= Self.leastSide, columns >= Self.leastSide else { return nil }
        let across = samples.extent.columns / Self.block
        let down = samples.extent.rows / Self.block
        // Sums over all blocks above and to the left.
        var sums = [Double](repeating: 0, count: (down + 1) * (across + 1))
        for y in 0..<down {
            var line = 0.0
            for x in 0..<across {
                line += Self.texture(samples, row: y * Self.block, column: x * Self.block)
                sums[(y + 1) * (across + 1) + x + 1] = sums[y * (across + 1) + x + 1] + line
            }
        }
        let height = rows / Self.block
        let width = columns / Self.block
        var best = -Double.infinity
        row = 0
        column = 0
        for y in 0...down - height {
            for x in 0...across - width {
                let top = y * (across + 1)
                let bottom = (y + height) * (across + 1)
                let sum = sums[bottom + x + width] - sums[top + x + width] - sums[bottom + x] + sums[top + x]
                if sum > best {
                    best = sum
                    row = y * Self.block
                    column = x * Self.block
                }
            }
        }
    }

    /// The samples of the window in the first frame and channel.
    package func samples(of image: SampleArray) -> SampleArray {
        var values: [Int] = []
        values.reserveCapacity(rows * columns)
        for y in row..<row + rows {
            let start = y * image.extent.columns + column
            for index in start..<start + columns { values.append(image[index]) }
        }
        return SampleArray(
            extent: Extent(rows: rows, columns: columns), format: image.format, values: values)
    }

    private static func texture(_ samples: SampleArray, row: Int, column: Int) -> Double {
        var sum = 0
        var squares = 0
        for y in row..<row + block {
            let start = y * samples.extent.columns + column
            for index in start..<start + block {
                let value = samples[index]
                sum += value
                squares += value * value
            }
        }
        let count = block * block
        // Exact: at most 16 bits squared, 256 times, times 256.
        return log1p(Double(count * squares - sum * sum).squareRoot() / Double(count))
    }
}
