// SPDX-License-Identifier: Apache-2.0

/// Where the bands of a plane and the parts of its tiles stand. (Spec/bitstream.md, section 7)
package struct PyramidLayout: Sendable {
    package let rows: Int
    package let columns: Int
    package let tileExponent: Int
    /// Levels from the finest on.
    let levels: [Level]
    /// Values of all bands together.
    let valueCount: Int

    /// The bands of one level: low, horizontal, vertical, diagonal.
    struct Level: Sendable {
        /// Size of the plane that the level divides.
        var rows: Int
        var columns: Int
        /// Offsets of the four bands in the storage of the plane.
        var offsets: [Int]

        func size(_ band: Int) -> (rows: Int, columns: Int) {
            (band < 2 ? (rows + 1) / 2 : rows / 2, band % 2 == 0 ? (columns + 1) / 2 : columns / 2)
        }
    }

    package init(rows: Int, columns: Int, parameters: PyramidParameters) {
        self.rows = rows
        self.columns = columns
        tileExponent = parameters.tileExponent
        var offset = 0
        var height = rows
        var width = columns
        var levels: [Level] = []
        for _ in 0..<parameters.levelCount {
            var level = Level(rows: height, columns: width, offsets: [])
            for band in 0..<4 {
                level.offsets.append(offset)
                let size = level.size(band)
                offset += size.rows * size.columns
            }
            levels.append(level)
            (height, width) = ((height + 1) / 2, (width + 1) / 2)
        }
        self.levels = levels
        valueCount = offset
    }

    /// The tiles of the plane, row by row.
    package var tileCount: Int { tilesDown * tilesAcross }
    private var tilesDown: Int { (rows - 1) >> tileExponent + 1 }
    private var tilesAcross: Int { (columns - 1) >> tileExponent + 1 }

    /// Latents of a tile, all bands.
    package func latentCount(tile: Int) -> Int {
        var count = part(tile, level: levels.count, band: 0).count
        for level in 1...levels.count {
            for band in 1...3 { count += part(tile, level: level, band: band).count }
        }
        return count
    }

    /// The part of a band that belongs to a tile: rows and columns of the band.
    func part(_ tile: Int, level number: Int, band: Int) -> (
        row: Int, column: Int, rows: Int, columns: Int, count: Int
    ) {
        let size = levels[number - 1].size(band)
        let side = 1 << (tileExponent - number)
        let row = tile / tilesAcross * side
        let column = tile % tilesAcross * side
        let rows = max(0, min(side, size.rows - row))
        let columns = max(0, min(side, size.columns - column))
        return (row, column, rows, columns, rows * columns)
    }
}
