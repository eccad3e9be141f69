// SPDX-License-Identifier: Apache-2.0
import CAEKernels
import TestSupport
import Testing

/// Enlargement of a plane, beside the words of Spec/bitstream.md, section 10.
@Suite struct UpsampleTests {
    /// A plane of random codes, or of the extremes.
    private struct SmallPlane {
        var rows: Int
        var columns: Int
        var greatest: Int
        var codes: [UInt16]

        init(rows: Int, columns: Int, seed: UInt64) {
            var random = SplitMix64(seed: seed)
            let greatest = [1, 255, 4095, 65_535][Int.random(in: 0..<4, using: &random)]
            let isExtreme = Bool.random(using: &random)
            self.greatest = greatest
            (self.rows, self.columns) = (rows, columns)
            codes = (0..<rows * columns).map { _ in
                let any = Int.random(in: 0...greatest, using: &random)
                return UInt16(isExtreme ? (any % 2) * greatest : any)
            }
        }

        /// One code of the enlarged plane, by the formula.
        func enlarged(row: Int, column: Int, exponent: Int) -> Int {
            func place(_ x: Int) -> (first: Int, weights: [Int]) {
                let s = 2 << exponent
                let at = 2 * x + 1 - s / 2
                let whole = at >> (exponent + 1)
                let m = at - whole * s
                return (
                    whole - 1,
                    [
                        -m * (s - m) * (s - m), 2 * s * s * s - 5 * m * m * s + 3 * m * m * m,
                        m * (s * s + 4 * m * s - 3 * m * m), -m * m * (s - m),
                    ]
                )
            }
            func weighted(_ weights: [Int], _ values: [Int]) -> Int {
                let shift = 3 * exponent + 4
                let sum = zip(weights, values).reduce(1 << (shift - 1)) { $0 + $1.0 * $1.1 }
                return max(-32_768, min(32_767, sum >> shift))
            }
            let (top, down) = place(row)
            let (left, across) = place(column)
            let line = (0..<4).map { c in
                let j = max(0, min(columns - 1, left + c))
                return weighted(
                    down,
                    (0..<4).map { Int(codes[max(0, min(rows - 1, top + $0)) * columns + j]) - 32_768 })
            }
            return min(weighted(across, line) + 32_768, greatest)
        }

        /// A window of it, by the kernel.
        func window(_ rows: Range<Int>, _ columns: Range<Int>, exponent: Int) -> [UInt16] {
            var out = [UInt16](repeating: 7, count: rows.count * columns.count)
            var work = [UInt8](repeating: 0, count: ae_upsample_work_bytes(Int32(columns.count)) + 64)
            unsafe codes.withUnsafeBufferPointer { codes in
                var plane = unsafe ae_base_plane(
                    codes: codes.baseAddress, stride: self.columns, rows: Int32(self.rows),
                    columns: Int32(self.columns), max_code: UInt16(greatest))
                unsafe work.withUnsafeMutableBytes { work in
                    unsafe ae_upsample(
                        &plane, Int32(exponent), Int32(rows.lowerBound), Int32(columns.lowerBound),
                        Int32(rows.count), Int32(columns.count), &out, columns.count, work.baseAddress)
                }
            }
            return out
        }
    }

    @Test(arguments: 1...3, [1, 2, 3, 7, 20]) func planesAreEnlargedAsSpecified(exponent: Int, side: Int) {
        for columns in [1, 2, 5, 33] {
            let plane = SmallPlane(rows: side, columns: columns, seed: UInt64(side << 8 | columns))
            // The part may end before the last block does.
            let (height, width) = (side << exponent - 1, columns << exponent)
            let whole = plane.window(0..<height, 0..<width, exponent: exponent)
            let expected = (0..<height * width).map {
                UInt16(plane.enlarged(row: $0 / width, column: $0 % width, exponent: exponent))
            }
            #expect(whole == expected, "\(side) x \(columns)")
            let rows = height / 3..<height, across = width / 2..<width
            let window = plane.window(rows, across, exponent: exponent)
            let inside = rows.flatMap { row in across.map { whole[row * width + $0] } }
            #expect(window == inside, "window of \(side) x \(columns)")
        }
    }

    @Test func constantPlanesStayConstant() {
        for greatest in [0, 1, 255, 65_535] {
            var plane = SmallPlane(rows: 4, columns: 5, seed: 1)
            plane.greatest = greatest
            plane.codes = [UInt16](repeating: UInt16(greatest), count: 20)
            #expect(plane.window(0..<32, 0..<40, exponent: 3).allSatisfy { Int($0) == greatest })
        }
    }
}
