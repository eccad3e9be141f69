// SPDX-License-Identifier: Apache-2.0
package import CAEKernels

/// All bands of one plane, and the transform between them and the samples.
@safe
package final class PyramidPlane {
    package let layout: PyramidLayout
    /// Steps may change between passes of an encoder; nothing else does.
    package var parameters: PyramidParameters
    private let storage: UnsafeMutablePointer<Int32>

    package init(rows: Int, columns: Int, parameters: PyramidParameters) {
        layout = PyramidLayout(rows: rows, columns: columns, parameters: parameters)
        self.parameters = parameters
        unsafe storage = UnsafeMutablePointer<Int32>.allocate(capacity: layout.valueCount + 1)
        unsafe storage.initialize(repeating: 0, count: layout.valueCount + 1)
    }

    package var rows: Int { layout.rows }
    package var columns: Int { layout.columns }
    package var tileCount: Int { layout.tileCount }
    private var levels: [PyramidLayout.Level] { layout.levels }

    package func latentCount(tile: Int) -> Int { layout.latentCount(tile: tile) }

    deinit { unsafe storage.deallocate() }

    /// Values that the bands of a plane take.
    package static func valueCount(rows: Int, columns: Int) -> Int {
        rows * columns * 4 / 3 + 4 * (rows + columns) + 16
    }

    private func level(_ number: Int) -> ae_level {
        let level = levels[number - 1]
        func band(_ band: Int) -> ae_band {
            unsafe ae_band(values: storage + level.offsets[band], stride: level.size(band).columns)
        }
        return unsafe ae_level(
            rows: Int32(level.rows), columns: Int32(level.columns), low: band(0), horizontal: band(1),
            vertical: band(2), diagonal: band(3))
    }

    /// Half the range is taken away, so that coefficients of the low band are small.
    private static func offset(_ maximumCode: Int) -> Int { (maximumCode + 1) / 2 }

    /// Analysis of codes whose rows are `stride` apart.
    package func analyze(
        _ codes: UnsafePointer<UInt16>, stride: Int, maximumCode: Int, lifting: Lifting,
        level kernels: ae_kernel_level
    ) {
        let offset = Self.offset(maximumCode)
        let plane = UnsafeMutablePointer<Int32>.allocate(capacity: rows * columns)
        defer { unsafe plane.deallocate() }
        unsafe ae_plane_of_codes(
            codes, stride, Int32(rows), Int32(columns), Int32(offset), Int32(parameters.fractionBits), plane,
            columns)
        var scratch = [Int32](repeating: 0, count: ae_wavelet_scratch_count(Int32(columns)))
        var steps = lifting.kernel
        for number in 1...parameters.levelCount {
            var one = unsafe level(number)
            let from = unsafe number == 1 ? plane : storage + levels[number - 2].offsets[0]
            let kept = unsafe ae_kept(
                first_row: 0, last_row: one.rows, first_column: 0, last_column: one.columns)
            unsafe ae_analyze(kernels, &one, &steps, from, Int(one.columns), kept, &scratch)
        }
    }

    /// Synthesis to codes of 0...maximumCode.
    package func synthesize(
        into codes: UnsafeMutablePointer<UInt16>, stride: Int, maximumCode: Int, lifting: Lifting,
        level kernels: ae_kernel_level
    ) {
        let offset = Self.offset(maximumCode)
        let plane = UnsafeMutablePointer<Int32>.allocate(capacity: rows * columns)
        defer { unsafe plane.deallocate() }
        var scratch = [Int32](repeating: 0, count: ae_wavelet_scratch_count(Int32(columns)))
        var steps = lifting.kernel
        for number in (1...parameters.levelCount).reversed() {
            var one = unsafe level(number)
            let to = unsafe number == 1 ? plane : storage + levels[number - 2].offsets[0]
            unsafe ae_synthesize(kernels, &one, &steps, to, Int(one.columns), &scratch)
        }
        unsafe ae_codes_of_plane(
            kernels, plane, columns, Int32(rows), Int32(columns), Int32(offset),
            Int32(parameters.fractionBits), Int32(maximumCode), codes, stride)
    }

    /// The tile as the kernels take it; `work` has room for its magnitudes.
    package func latentTile(_ tile: Int, work: UnsafeMutableRawPointer) -> ae_latent_tile {
        var result = unsafe ae_latent_tile()
        unsafe result.levels = Int32(parameters.levelCount)
        unsafe result.work = unsafe work
        unsafe result.low = unsafe band(
            tile, level: parameters.levelCount, band: 0, step: parameters.steps[0])
        unsafe withUnsafeMutableBytes(of: &result.bands) { raw in
            let bands = unsafe raw.assumingMemoryBound(to: ae_latent_band.self)
            for level in 1...parameters.levelCount {
                for detail in 0..<3 {
                    unsafe bands[3 * (level - 1) + detail] = unsafe band(
                        tile, level: level, band: detail + 1,
                        step: parameters.step(level: level, band: detail))
                }
            }
        }
        return unsafe result
    }

    private func band(_ tile: Int, level: Int, band: Int, step: UInt32) -> ae_latent_band {
        let part = layout.part(tile, level: level, band: band)
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

    /// The largest coefficient of a band; an encoder bounds its steps by it.
    package func largestMagnitude(level: Int, band: Int) -> Int {
        let size = levels[level - 1].size(band)
        let values = unsafe UnsafeBufferPointer(
            start: storage + levels[level - 1].offsets[band], count: size.rows * size.columns)
        var largest: UInt32 = 0
        for index in values.indices { largest = unsafe max(largest, values[index].magnitude) }
        return Int(largest)
    }
}
