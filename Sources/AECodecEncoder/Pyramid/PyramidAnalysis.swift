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

    /// Analysis of one plane of an image, whose first sample has the number `first`.
    func run(_ samples: SampleArray, first: Int, into plane: PyramidPlane) {
        let offset = PyramidPlane.offset(maximumCode)
        for level in 1...plane.layout.levelCount {
            let (rows, columns) = plane.layout.plane(level - 1)
            RowStrips.run(0..<rows, threads: threads) { strip, scratch in
                let part = strip.grown(by: model.lifting.margin, within: 0..<rows)
                let count = part.count * columns
                let values = unsafe scratch.reserve(count)
                if level == 1 {
                    unsafe codes.coefficients(
                        samples, first: first + part.lowerBound * columns, count: count, offset: offset,
                        fractionBits: plane.parameters.fractionBits, into: values)
                } else {
                    let from = unsafe plane.plane(level - 1, row: part.lowerBound, column: 0)
                    unsafe values.update(from: from, count: count)
                }
                var one = unsafe plane.level(level, PlaneWindow(rows: strip, columns: 0..<columns))
                unsafe one.rows = Int32(part.count)
                let kept = ae_kept(
                    first_row: Int32(strip.lowerBound - part.lowerBound),
                    last_row: Int32(strip.upperBound - part.lowerBound), first_column: 0,
                    last_column: Int32(columns))
                var lifting = model.lifting.kernel
                unsafe ae_analyze(
                    kernels, &one, &lifting, values, columns, kept, scratch.line(columns))
            }
        }
    }
}
