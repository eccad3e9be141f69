// SPDX-License-Identifier: Apache-2.0
import AETraining
import Foundation
import Samples

/// Makes other images of the few that a training has: reduced, noisier, turned and mirrored.
///
/// Networks that see each image as it is alone learn its noise by heart, and lose on other makers' images.
enum ImageVariation {
    /// The part of pieces that are reduced by 2, by 3, and made noisier.
    private static let shares: (half: Float, third: Float, noisy: Float) = (0.25, 0.1, 0.2)
    /// Reduced windows are no smaller than this.
    private static let leastSide = 256
    /// Standard deviation of added noise over the range of samples, as powers of 2.
    private static let noise = (least: Float(-11), greatest: Float(-6))

    /// How often rows and columns of the next piece are reduced.
    static func factor(for image: SampleArray, using random: inout RandomNumbers) -> Int {
        let choice = random.uniform()
        let factor = choice < shares.half ? 2 : choice < shares.half + shares.third ? 3 : 1
        return min(image.extent.rows, image.extent.columns) >= factor * leastSide ? factor : 1
    }

    /// A variation of a window.
    ///
    /// - Parameters:
    ///   - window: One frame of at most 16 bits; deeper ones stay as they are.
    ///   - factor: By how much it is reduced.
    ///   - random: What varies it.
    /// - Returns: One frame of the same format.
    static func varied(_ window: SampleArray, factor: Int, using random: inout RandomNumbers) -> SampleArray {
        var result = factor > 1 ? window.reduced(factor) : window
        if random.uniform() < shares.noisy {
            let power = noise.least + (noise.greatest - noise.least) * random.uniform()
            result = result.withNoise(relativeDeviation: exp2(power), using: &random)
        }
        return result
    }
}

extension SampleArray {
    /// Means of squares of samples.
    fileprivate func reduced(_ factor: Int) -> SampleArray {
        let (rows, columns) = (extent.rows / factor, extent.columns / factor)
        var values: [Int] = []
        values.reserveCapacity(rows * columns)
        for y in 0..<rows {
            for x in 0..<columns {
                var sum = 0
                for i in 0..<factor {
                    for j in 0..<factor { sum += self[(factor * y + i) * extent.columns + factor * x + j] }
                }
                values.append(Int((Double(sum) / Double(factor * factor)).rounded()))
            }
        }
        return SampleArray(extent: Extent(rows: rows, columns: columns), format: format, values: values)
    }

    /// Normal noise added, its deviation as a part of the range that occurs.
    fileprivate func withNoise(relativeDeviation: Float, using random: inout RandomNumbers) -> SampleArray {
        let values = values
        guard let least = values.min(), let greatest = values.max() else { return self }
        let deviation = relativeDeviation * Float(greatest - least)
        let noisy = values.map { value in
            min(greatest, max(least, value + Int((deviation * random.normal()).rounded())))
        }
        return SampleArray(extent: extent, format: format, values: noisy)
    }

    /// One of the eight ways to mirror and transpose the first plane.
    func turned(_ way: Int) -> SampleArray {
        guard way != 0 else { return self }
        let (rows, columns) = (extent.rows, extent.columns)
        let isTransposed = way & 4 != 0
        let turned = Extent(rows: isTransposed ? columns : rows, columns: isTransposed ? rows : columns)
        guard case .narrow(let source) = storage else { return self }
        var values = [UInt16](repeating: 0, count: rows * columns)
        for y in 0..<turned.rows {
            for x in 0..<turned.columns {
                let (row, column) = isTransposed ? (x, y) : (y, x)
                let from = (
                    row: way & 1 != 0 ? rows - 1 - row : row,
                    column: way & 2 != 0 ? columns - 1 - column : column
                )
                values[y * turned.columns + x] = source[from.row * columns + from.column]
            }
        }
        return SampleArray(extent: turned, format: format, storage: .narrow(values))
    }
}
