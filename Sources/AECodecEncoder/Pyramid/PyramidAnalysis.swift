// SPDX-License-Identifier: Apache-2.0
import AECodec
import CAEKernels
import Samples

/// The way from samples to bands, in strips of rows that several threads share.
struct PyramidAnalysis: Sendable {
    let model: PyramidModel
    let kernels: ae_kernel_level
    let threads: Int
    let codes: CodeTable
    let maximumCode: Int

    /// Rows of a strip; margins above and below are computed twice.
    private static let stripRows = 512

    /// Analysis of one plane of an image, whose first sample has the number `first`.
    func run(_ samples: SampleArray, first: Int, into plane: PyramidPlane) {
        let layout = plane.layout
        let offset = PyramidPlane.offset(maximumCode)
        for level in 1...layout.levelCount {
            let (rows, columns) = layout.plane(level - 1)
            let count = (rows + Self.stripRows - 1) / Self.stripRows
            WorkQueue<Never>.run(count, threads: threads) { queue in
                var scratch = [Int32](repeating: 0, count: ae_wavelet_scratch_count(Int32(columns)))
                var lifting = model.lifting.kernel
                var values: [Int32] = []
                while let number = queue.take() {
                    let strip = number * Self.stripRows..<min(rows, (number + 1) * Self.stripRows)
                    let part = PlaneWindow(
                        rows: max(
                            0, (strip.lowerBound - model.lifting.margin) & ~1)..<min(
                                rows, strip.upperBound + model.lifting.margin), columns: 0..<columns)
                    if values.count < part.count { values = [Int32](repeating: 0, count: part.count) }
                    unsafe values.withUnsafeMutableBufferPointer { values in
                        guard let base = values.baseAddress else { return }
                        if level == 1 {
                            unsafe codes.coefficients(
                                samples, first: first + part.rows.lowerBound * columns, count: part.count,
                                offset: offset, fractionBits: plane.parameters.fractionBits, into: base)
                        } else {
                            let from = unsafe plane.plane(level - 1, row: part.rows.lowerBound, column: 0)
                            unsafe base.update(from: from, count: part.count)
                        }
                        var one = unsafe plane.level(
                            level, PlaneWindow(rows: strip, columns: 0..<columns))
                        unsafe one.rows = Int32(part.rows.count)
                        let kept = ae_kept(
                            first_row: Int32(strip.lowerBound - part.rows.lowerBound),
                            last_row: Int32(strip.upperBound - part.rows.lowerBound), first_column: 0,
                            last_column: Int32(columns))
                        unsafe ae_analyze(kernels, &one, &lifting, base, columns, kept, &scratch)
                    }
                }
            }
        }
    }
}
