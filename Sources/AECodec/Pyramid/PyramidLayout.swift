// SPDX-License-Identifier: Apache-2.0

/// A rectangle of rows and columns of a plane or band.
package struct PlaneWindow: Equatable, Sendable {
    package var rows: Range<Int>
    package var columns: Range<Int>

    package init(rows: Range<Int>, columns: Range<Int>) {
        self.rows = rows
        self.columns = columns
    }

    package var count: Int { rows.count * columns.count }
    package var isEmpty: Bool { rows.isEmpty || columns.isEmpty }

    /// The same window with every bound changed.
    func map(_ change: (Range<Int>) -> Range<Int>) -> PlaneWindow {
        PlaneWindow(rows: change(rows), columns: change(columns))
    }
}

/// Where the planes, bands and tiles of a pyramid are. (Spec/bitstream.md, section 7)
///
/// Plane 0 is the image; level l divides plane l - 1 into plane l (its low band, number 0) and three
/// bands of detail: horizontal, vertical, diagonal (1 to 3).
package struct PyramidLayout: Sendable {
    package let rows: Int
    package let columns: Int
    package let tileExponent: Int
    package let levelCount: Int

    package init(rows: Int, columns: Int, parameters: PyramidParameters) {
        self.rows = rows
        self.columns = columns
        tileExponent = parameters.tileExponent
        levelCount = parameters.levelCount
    }

    /// Size of plane `number`: the image halved as often, rounded up.
    package func plane(_ number: Int) -> (rows: Int, columns: Int) {
        ((rows - 1) >> number + 1, (columns - 1) >> number + 1)
    }

    /// Size of a band of a level.
    package func band(_ band: Int, level: Int) -> (rows: Int, columns: Int) {
        let (rows, columns) = plane(level - 1)
        return (band < 2 ? (rows + 1) / 2 : rows / 2, band % 2 == 0 ? (columns + 1) / 2 : columns / 2)
    }

    /// The tiles of the plane, row by row.
    package var tileCount: Int { tilesDown * tilesAcross }
    package var tilesDown: Int { (rows - 1) >> tileExponent + 1 }
    package var tilesAcross: Int { (columns - 1) >> tileExponent + 1 }

    /// The part of a band that belongs to a tile.
    package func part(_ tile: Int, level: Int, band: Int) -> PlaneWindow {
        let (rows, columns) = self.band(band, level: level)
        let exponent = tileExponent - level
        let row = (tile / tilesAcross) << exponent
        let column = (tile % tilesAcross) << exponent
        return PlaneWindow(
            rows: min(row, rows)..<min(row + (1 << exponent), rows),
            columns: min(column, columns)..<min(column + (1 << exponent), columns))
    }

    /// Rows and columns of the largest part of a band of a level that belongs to a tile.
    package func largestPart(level: Int) -> (rows: Int, columns: Int) {
        let (rows, columns) = plane(level)
        return (min(1 << (tileExponent - level), rows), min(1 << (tileExponent - level), columns))
    }

    /// Rows or columns of a plane at most; the kernels count them in 32 bits. (Spec/bitstream.md, section 7)
    package static let longestSide = 1 << 30

    /// Latents of a tile: the details of levels `levels.lowerBound` + 1 to `levels.upperBound`, and the low
    /// band if that is the last level.
    package func latentCount(tile: Int, levels: ClosedRange<Int>) -> Int {
        var count = 0
        if levels.upperBound == levelCount { count += part(tile, level: levelCount, band: 0).count }
        for level in levels.dropFirst() {
            for band in 1...3 { count += part(tile, level: level, band: band).count }
        }
        return count
    }
}
