// SPDX-License-Identifier: Apache-2.0
package import CAEKernels

/// All bands of one plane, and the transform between them and the samples.
@safe
package final class PyramidPlane {
    package let rows: Int
    package let columns: Int
    /// Steps may change between passes of an encoder; nothing else does.
    package var parameters: PyramidParameters
    /// Bands of every level from the finest on: low, horizontal, vertical, diagonal.
    private var levels: [Level] = []
    private let storage: UnsafeMutablePointer<Int32>

    /// Where the bands of one level stand.
    private struct Level {
        /// Size of the plane that the level divides.
        var rows: Int
        var columns: Int
        /// Offsets of the four bands.
        var offsets: [Int]

        func size(_ band: Int) -> (rows: Int, columns: Int) {
            (band < 2 ? (rows + 1) / 2 : rows / 2, band % 2 == 0 ? (columns + 1) / 2 : columns / 2)
        }
    }

    package init(rows: Int, columns: Int, parameters: PyramidParameters) {
        self.rows = rows
        self.columns = columns
        self.parameters = parameters
        var offset = 0
        var height = rows
        var width = columns
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
        unsafe storage = UnsafeMutablePointer<Int32>.allocate(capacity: offset + 1)
        unsafe storage.initialize(repeating: 0, count: offset + 1)
    }

    deinit { unsafe storage.deallocate() }

    /// Values that the bands of a plane take.
    package static func valueCount(rows: Int, columns: Int) -> Int { rows * columns * 4 / 3 + 4 * (rows + columns) + 16 }

    private func level(_ number: Int) -> ae_level {
        let level = levels[number - 1]
        return unsafe ae_level(
            rows: Int32(level.rows), columns: Int32(level.columns), low: storage + level.offsets[0],
            horizontal: storage + level.offsets[1], vertical: storage + level.offsets[2],
            diagonal: storage + level.offsets[3])
    }

    /// Analysis of codes whose rows are `stride` apart.
    package func analyze(
        _ codes: UnsafePointer<UInt16>, stride: Int, offset: Int, lifting: [Int32]
    ) {
        let plane = UnsafeMutablePointer<Int32>.allocate(capacity: rows * columns)
        defer { unsafe plane.deallocate() }
        unsafe ae_plane_of_codes(
            codes, stride, Int32(rows), Int32(columns), Int32(offset), Int32(parameters.fractionBits), plane)
        var scratch = [Int32](repeating: 0, count: columns + 8)
        for number in 1...parameters.levelCount {
            var one = unsafe level(number)
            let from = unsafe number == 1 ? plane : storage + levels[number - 2].offsets[0]
            unsafe ae_analyze(&one, lifting, from, &scratch)
        }
    }

    /// Synthesis to codes of 0...maximumCode.
    package func synthesize(
        into codes: UnsafeMutablePointer<UInt16>, stride: Int, offset: Int, maximumCode: Int, lifting: [Int32]
    ) {
        let plane = UnsafeMutablePointer<Int32>.allocate(capacity: rows * columns)
        defer { unsafe plane.deallocate() }
        var scratch = [Int32](repeating: 0, count: columns + 8)
        for number in (1...parameters.levelCount).reversed() {
            var one = unsafe level(number)
            let to = unsafe number == 1 ? plane : storage + levels[number - 2].offsets[0]
            unsafe ae_synthesize(&one, lifting, to, &scratch)
        }
        unsafe ae_codes_of_plane(
            plane, Int32(rows), Int32(columns), Int32(offset), Int32(parameters.fractionBits), Int32(maximumCode),
            codes, stride)
    }

    /// The tiles of the plane, row by row.
    package var tileCount: Int { tilesDown * tilesAcross }
    private var tilesDown: Int { (rows - 1) >> parameters.tileExponent + 1 }
    private var tilesAcross: Int { (columns - 1) >> parameters.tileExponent + 1 }

    /// Latents of a tile, all bands.
    package func latentCount(tile: Int) -> Int {
        var count = part(tile, level: parameters.levelCount, band: 0).count
        for level in 1...parameters.levelCount {
            for band in 1...3 { count += part(tile, level: level, band: band).count }
        }
        return count
    }

    /// The part of a band that belongs to a tile: rows and columns of the band.
    private func part(_ tile: Int, level number: Int, band: Int) -> (
        row: Int, column: Int, rows: Int, columns: Int, count: Int
    ) {
        let size = levels[number - 1].size(band)
        let side = 1 << (parameters.tileExponent - number)
        let row = tile / tilesAcross * side
        let column = tile % tilesAcross * side
        let rows = max(0, min(side, size.rows - row))
        let columns = max(0, min(side, size.columns - column))
        return (row, column, rows, columns, rows * columns)
    }

    /// The tile as the kernels take it; `work` has room for its magnitudes.
    package func latentTile(_ tile: Int, work: UnsafeMutableRawPointer) -> ae_latent_tile {
        var result = unsafe ae_latent_tile()
        unsafe result.levels = Int32(parameters.levelCount)
        unsafe result.work = unsafe work
        unsafe result.low = unsafe band(tile, level: parameters.levelCount, band: 0, step: parameters.steps[0])
        unsafe withUnsafeMutableBytes(of: &result.bands) { raw in
            let bands = unsafe raw.assumingMemoryBound(to: ae_latent_band.self)
            for level in 1...parameters.levelCount {
                for detail in 0..<3 {
                    unsafe bands[3 * (level - 1) + detail] = unsafe band(
                        tile, level: level, band: detail + 1, step: parameters.step(level: level, band: detail))
                }
            }
        }
        return unsafe result
    }

    private func band(_ tile: Int, level: Int, band: Int, step: UInt32) -> ae_latent_band {
        let part = part(tile, level: level, band: band)
        let width = levels[level - 1].size(band).columns
        let first = levels[level - 1].offsets[band] + (part.count > 0 ? part.row * width + part.column : 0)
        return unsafe ae_latent_band(
            values: storage + first, stride: width, rows: part.count > 0 ? Int32(part.rows) : 0,
            columns: part.count > 0 ? Int32(part.columns) : 0, step: step)
    }

    /// Bytes of workspace that any tile needs.
    package var workByteCount: Int {
        let side = Int32(1 << (parameters.tileExponent - 1))
        let height = min(side, Int32((rows + 1) / 2))
        let width = min(side, Int32((columns + 1) / 2))
        return ae_latent_work_bytes(height, width)
    }

    /// Calls `body` with every coefficient of a band, for what an encoder wants to know of it.
    package func largestMagnitude(level: Int, band: Int) -> Int {
        let size = levels[level - 1].size(band)
        let values = unsafe UnsafeBufferPointer(
            start: storage + levels[level - 1].offsets[band], count: size.rows * size.columns)
        var largest: UInt32 = 0
        for index in values.indices { largest = unsafe max(largest, values[index].magnitude) }
        return Int(largest)
    }
}
