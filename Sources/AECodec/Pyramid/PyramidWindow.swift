// SPDX-License-Identifier: Apache-2.0

/// What of a pyramid is needed for a window of one of its planes. (Spec/bitstream.md, section 7)
///
/// Synthesis of a window spoils samples near those of its edges that are no edges of the plane; every
/// window is therefore larger than the next one by a margin.
package struct PyramidWindow: Sendable {
    package let layout: PyramidLayout
    /// The plane that is wanted: 0 is the image, k its k-th reduction.
    package let reduction: Int
    /// The wanted window of that plane.
    package let wanted: PlaneWindow
    /// What level l computes of plane l - 1, by l - 1; starts are even.
    private let computed: [PlaneWindow]
    /// Tile rows and columns whose details of level l are needed, by l - 1.
    private let tiles: [PlaneWindow]

    /// - Parameters:
    ///   - layout: The pyramid.
    ///   - reduction: The plane that is wanted.
    ///   - wanted: Its window, not empty; nil for all of it.
    ///   - margin: Samples that synthesis of one level spoils.
    package init(_ layout: PyramidLayout, reduction: Int = 0, wanted: PlaneWindow? = nil, margin: Int) {
        self.layout = layout
        self.reduction = reduction
        let size = layout.plane(reduction)
        self.wanted = wanted ?? PlaneWindow(rows: 0..<size.rows, columns: 0..<size.columns)
        let none = PlaneWindow(rows: 0..<0, columns: 0..<0)
        var computed = [PlaneWindow](repeating: none, count: layout.levelCount)
        var tiles = computed
        var window = self.wanted
        for level in reduction..<layout.levelCount {
            let size = layout.plane(level)
            computed[level] = PlaneWindow(
                rows: window.rows.grown(by: margin, within: 0..<size.rows),
                columns: window.columns.grown(by: margin, within: 0..<size.columns))
            window = computed[level].map { $0.lowerBound / 2..<($0.upperBound + 1) / 2 }
            let exponent = layout.tileExponent - level - 1
            tiles[level] = window.map { $0.lowerBound >> exponent..<($0.upperBound - 1) >> exponent + 1 }
        }
        if reduction == layout.levelCount, let last = tiles.indices.last {
            // Nothing is synthesized, but the low band is read.
            let exponent = layout.tileExponent - reduction
            tiles[last] = window.map { $0.lowerBound >> exponent..<($0.upperBound - 1) >> exponent + 1 }
        }
        self.computed = computed
        self.tiles = tiles
    }

    /// What of plane `level` - 1 the level computes.
    func computed(level: Int) -> PlaneWindow { computed[level - 1] }

    /// What is kept of plane `number`: the whole low band that its tiles hold, or what synthesis computes.
    func plane(_ number: Int) -> PlaneWindow {
        number == layout.levelCount ? held(level: number, band: 0) : computed[number]
    }

    /// What is kept of a band: the parts of all tiles that are needed.
    func held(level: Int, band: Int) -> PlaneWindow {
        let size = layout.band(band, level: level)
        let exponent = layout.tileExponent - level
        let tiles = tiles[level - 1]
        return PlaneWindow(
            rows: min(
                size.rows, tiles.rows.lowerBound << exponent)..<min(
                    size.rows, tiles.rows.upperBound << exponent),
            columns: min(
                size.columns, tiles.columns.lowerBound << exponent)..<min(
                    size.columns, tiles.columns.upperBound << exponent))
    }

    /// The finest level of a tile that is needed; nil if none is.
    package func finestLevel(tile: Int) -> Int? {
        let row = tile / layout.tilesAcross
        let column = tile % layout.tilesAcross
        // Windows of coarser levels contain those of finer ones.
        return (max(1, min(reduction + 1, layout.levelCount))...layout.levelCount).first {
            tiles[$0 - 1].rows.contains(row) && tiles[$0 - 1].columns.contains(column)
        }
    }

    /// Whether all bands are held as a whole.
    var holdsEverything: Bool {
        reduction == 0 && tiles[0].rows == 0..<layout.tilesDown && tiles[0].columns == 0..<layout.tilesAcross
    }

    /// Values that all bands and kept planes take.
    var valueCount: Int {
        var count = held(level: layout.levelCount, band: 0).count
        for plane in reduction..<layout.levelCount {
            for band in 1...3 { count += held(level: plane + 1, band: band).count }
            if plane > reduction { count += computed[plane].count }
        }
        return count
    }
}
