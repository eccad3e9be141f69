// SPDX-License-Identifier: Apache-2.0
import Foundation
import Samples
import TestSupport

/// Images that the metrics are tested on, and what stands in for decoded ones.
///
/// `Tests/Reference/metrics.py` has the same rules.
enum MetricImages {
    static let format = SampleFormat(bitsStored: 12, isSigned: false)

    /// `Fixtures/breast/breast.pgm`: 1024 rows, 960 columns.
    static let breast: SampleArray = {
        let bytes =
            FileManager.default.contents(atPath: Repository.root + "/Fixtures/breast/breast.pgm") ?? Data()
        let extent = Extent(rows: 1024, columns: 960)
        let cells = [UInt8](bytes.suffix(2 * extent.sampleCount))
        return SampleArray(
            extent: extent, format: format,
            values: (0..<extent.sampleCount).map { Int(cells[2 * $0]) << 8 | Int(cells[2 * $0 + 1]) })
    }()

    /// 320 rows and 400 columns of it: tissue, skin line and air.
    static let view = cut(breast, rows: 160..<480, columns: 560..<960)

    /// 128 rows and 96 columns at the skin line.
    static let small = cut(breast, rows: 500..<628, columns: 740..<836)

    static func cut(_ image: SampleArray, rows: Range<Int>, columns: Range<Int>) -> SampleArray {
        SampleArray(
            extent: Extent(rows: rows.count, columns: columns.count), format: image.format,
            values: rows.flatMap { row in columns.map { image[row * image.extent.columns + $0] } })
    }

    /// Sixty-four levels.
    static func coarse(_ image: SampleArray) -> SampleArray {
        changed(image) { image[$0] / 64 * 64 + 32 }
    }

    /// Means of 3 x 3 samples, border samples repeated.
    static func smooth(_ image: SampleArray) -> SampleArray {
        let (rows, columns) = (image.extent.rows, image.extent.columns)
        return changed(image) { index in
            var sum = 0
            for row in index / columns - 1...index / columns + 1 {
                for column in index % columns - 1...index % columns + 1 {
                    sum += image[min(max(row, 0), rows - 1) * columns + min(max(column, 0), columns - 1)]
                }
            }
            return sum / 9
        }
    }

    /// Errors of -100 to 100, spread evenly.
    static func grainy(_ image: SampleArray) -> SampleArray {
        changed(image) { min(max(image[$0] + $0 * 7919 / 256 % 201 - 100, 0), 4095) }
    }

    /// The same image with other values.
    static func changed(_ image: SampleArray, _ value: (Int) -> Int) -> SampleArray {
        SampleArray(
            extent: image.extent, format: image.format, values: (0..<image.extent.sampleCount).map(value))
    }

    /// An image of 12 bits from a rule over row and column.
    static func made(rows: Int, columns: Int, _ value: (Int, Int) -> Int) -> SampleArray {
        SampleArray(
            extent: Extent(rows: rows, columns: columns), format: format,
            values: (0..<rows * columns).map { value($0 / columns, $0 % columns) })
    }

    /// The same samples as signed ones: 2048 lower.
    static func signed(_ image: SampleArray) -> SampleArray {
        SampleArray(
            extent: image.extent, format: SampleFormat(bitsStored: 12, isSigned: true),
            values: image.values.map { $0 - 2048 })
    }

    /// Several images as the frames of one.
    static func frames(_ images: [SampleArray]) -> SampleArray {
        SampleArray(
            extent: Extent(
                frames: images.count, rows: images[0].extent.rows, columns: images[0].extent.columns),
            format: images[0].format, values: images.flatMap(\.values))
    }
}
