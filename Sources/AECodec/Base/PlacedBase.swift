// SPDX-License-Identifier: Apache-2.0
import CAEKernels

/// The base of some frames of a part, and where these are.
package struct PlacedBase: Sendable {
    private let codes: BaseCodes
    private let rows: Int
    private let columns: Int
    private let first: Int

    /// - Parameters:
    ///   - codes: The base.
    ///   - rows: Rows of the part.
    ///   - columns: Columns of the part.
    ///   - first: The flat index of the first sample of the frames.
    package init(codes: BaseCodes, rows: Int, columns: Int, first: Int) {
        self.codes = codes
        self.rows = rows
        self.columns = columns
        self.first = first
    }

    /// Writes the base of a tile.
    package func enlarge(_ tile: Tile, into out: UnsafeMutablePointer<UInt16>, stride: Int) {
        let (plane, place) = (tile.start - first).quotientAndRemainder(dividingBy: rows * columns)
        let (row, column) = place.quotientAndRemainder(dividingBy: columns)
        let window = PlaneWindow(rows: row..<row + tile.rows, columns: column..<column + tile.columns)
        unsafe codes.enlarge(plane: plane, window, into: out, stride: stride)
    }

    /// Lays the base where the codes of a tile will be; a kernel takes it up before it puts them there.
    func lay(
        _ tile: Tile, into out: UnsafeMutablePointer<UInt16>, stride: Int, for description: inout ae_tile
    ) {
        unsafe enlarge(tile, into: out, stride: stride)
        unsafe description.base = UnsafePointer(out)
        unsafe description.base_stride = stride
    }
}
