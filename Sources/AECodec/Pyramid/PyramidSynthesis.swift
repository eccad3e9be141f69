// SPDX-License-Identifier: Apache-2.0
package import CAEKernels

/// The way from bands to stored values, in strips of rows that several threads share.
package struct PyramidSynthesis: Sendable {
    let model: PyramidModel
    let kernels: ae_kernel_level
    let threads: Int
    /// What values codes stand for.
    private let map: PreparedMap
    let fractionBits: Int

    /// Bytes that a thread takes for a window.
    static func scratchByteCount(_ window: PyramidWindow, margin: Int) -> Int {
        let size = window.layout.plane(window.reduction)
        return 4 * (min(size.rows, RowStrips.rows + 2 * margin + 4) + 1) * (size.columns + 8)
    }

    /// Where values go.
    @safe
    package struct Target: @unchecked Sendable {
        /// The first value of the window.
        let values: UnsafeMutablePointer<UInt16>
        /// Values between rows.
        let stride: Int

        package init(values: UnsafeMutablePointer<UInt16>, stride: Int) {
            unsafe self.values = values
            self.stride = stride
        }
    }

    package init(
        model: PyramidModel, kernels: ae_kernel_level, threads: Int, map: SampleMap, fractionBits: Int
    ) {
        self.model = model
        self.kernels = kernels
        self.threads = threads
        self.map = PreparedMap(map, lowBits: 0)
        self.fractionBits = fractionBits
    }

    /// Synthesis of the window that is wanted of a plane.
    ///
    /// - Parameters:
    ///   - plane: Its bands.
    ///   - target: Takes the stored values.
    package func run(_ plane: PyramidPlane, into target: Target) {
        let window = plane.window
        let count = window.layout.levelCount
        for level in stride(from: count, to: window.reduction, by: -1) {
            let isLast = level == window.reduction + 1
            let rows = (isLast ? window.wanted : window.computed(level: level)).rows
            RowStrips.run(rows, threads: threads) { strip, scratch in
                let size = window.computed(level: level)
                let part = PlaneWindow(
                    rows: strip.grown(by: model.lifting.margin, within: size.rows), columns: size.columns)
                let values = unsafe scratch.reserve(part.count)
                var one = unsafe plane.level(level, part)
                var lifting = model.lifting.kernel
                unsafe ae_synthesize(
                    kernels, &one, &lifting, values, part.columns.count, scratch.line(part.columns.count))
                let first = unsafe values + (strip.lowerBound - part.rows.lowerBound) * part.columns.count
                if isLast {
                    let skipped = window.wanted.columns.lowerBound - part.columns.lowerBound
                    let to =
                        unsafe target.values + (strip.lowerBound - window.wanted.rows.lowerBound)
                        * target.stride
                    unsafe store(
                        first + skipped, part.columns.count, rows: strip.count,
                        columns: window.wanted.columns.count, reduction: window.reduction, to, target.stride)
                } else {
                    let to = unsafe plane.plane(
                        level - 1, row: strip.lowerBound, column: part.columns.lowerBound)
                    unsafe to.update(from: first, count: strip.count * part.columns.count)
                }
            }
        }
        if window.reduction == count {
            let values = unsafe plane.plane(
                count, row: window.wanted.rows.lowerBound, column: window.wanted.columns.lowerBound)
            unsafe store(
                values, plane.stride(ofPlane: count), rows: window.wanted.rows.count,
                columns: window.wanted.columns.count, reduction: count, target.values, target.stride)
        }
    }

    /// Values of a plane to stored values; what is left of the gain of its level is taken away.
    private func store(
        _ values: UnsafePointer<Int32>, _ stride: Int, rows: Int, columns: Int, reduction: Int,
        _ to: UnsafeMutablePointer<UInt16>, _ toStride: Int
    ) {
        var plane = ae_code_plane(
            rows: Int32(rows), columns: Int32(columns), fraction_bits: Int32(fractionBits),
            is_reduced: reduction == 0 ? 0 : 1,
            scale: reduction == 0 ? 0 : model.reducedScales[reduction - 1],
            offset: Int32(PyramidPlane.offset(map.maximumHighCode)),
            maximum: Int32(map.maximumHighCode))
        unsafe ae_codes_of_plane(kernels, &plane, values, stride, to, toStride)
        // The kernel has limited the codes already.
        _ = unsafe map.apply(to, stride: toStride, rows: rows, columns: columns)
    }
}
