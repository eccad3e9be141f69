// SPDX-License-Identifier: Apache-2.0
import CAEKernels
import TestSupport
import Testing

@Suite struct WaveletTests {
    static let levels = WavefrontTests.levels
    static let pairCounts = 1...Int(AE_MAX_LIFTING_PAIRS)
    /// What stands where nothing may be written.
    private static let guardValue: Int32 = 0x5A5A_5A5A

    /// Steep coefficients in turn with plausible ones.
    private static func wavelet(pairs: Int, _ random: inout SplitMix64) -> PlainWavelet {
        let limit: Int32 = Bool.random(using: &random) ? 1 << 17 : 1 << 15
        return PlainWavelet(
            coefficients: (0..<4).map { _ in
                (0..<pairs).map { _ in Int32.random(in: -limit...limit, using: &random) }
            })
    }

    private static func plane(_ count: Int, _ random: inout SplitMix64) -> [Int32] {
        let kind = Int.random(in: 0..<3, using: &random)
        return (0..<count).map { _ in
            switch kind {
            case 0: Int32.random(in: -(1 << 21)...1 << 21, using: &random)
            case 1: Bool.random(using: &random) ? .min : .max
            default: Int32.random(in: .min ... .max, using: &random)
            }
        }
    }

    /// The four bands of a level, with guards between their rows.
    private struct Bands {
        let rows: Int
        let columns: Int
        private(set) var values: [Int32]

        init(rows: Int, columns: Int) {
            self.rows = rows
            self.columns = columns
            values = [Int32](repeating: guardValue, count: 4 * (rows / 2 + 1) * (columns / 2 + 4))
        }

        /// Values between two rows of a band.
        private var stride: Int { columns / 2 + 4 }
        /// Where a band begins.
        private func start(_ band: Int) -> Int { band * (rows / 2 + 1) * stride }

        /// Takes the bands from a plane that holds them in their places.
        mutating func take(_ plane: [Int32]) {
            for row in 0..<rows {
                for column in 0..<columns {
                    let place = start(2 * (row % 2) + column % 2) + row / 2 * stride + column / 2
                    values[place] = plane[row * columns + column]
                }
            }
        }

        /// Lends the bands to a kernel as those of a level of `rows` x `columns`.
        mutating func withLevel(rows: Int, columns: Int, _ body: (inout ae_level) -> Void) {
            let starts = (0..<4).map { start($0) }
            let stride = stride
            unsafe values.withUnsafeMutableBufferPointer { values in
                let bands = unsafe starts.map { start in
                    unsafe ae_band(values: values.baseAddress.map { unsafe $0 + start }, stride: stride)
                }
                var level = unsafe ae_level(
                    rows: Int32(rows), columns: Int32(columns), low: bands[0], horizontal: bands[1],
                    vertical: bands[2], diagonal: bands[3])
                unsafe body(&level)
            }
        }
    }

    /// Analysis of a plane of which some rows and columns are kept: the bands of these.
    private static func analyze(
        _ plane: [Int32], columns: Int, _ wavelet: PlainWavelet, _ kernels: ae_kernel_level,
        keptRows: Range<Int>, keptColumns: Range<Int>
    ) -> Bands {
        let rows = plane.count / columns
        let stride = columns + 5
        var padded = [Int32](repeating: guardValue, count: rows * stride)
        for row in 0..<rows {
            for column in 0..<columns { padded[row * stride + column] = plane[row * columns + column] }
        }
        var scratch = [Int32](repeating: 0, count: ae_wavelet_scratch_count(Int32(columns)))
        var lifting = wavelet.kernel
        var bands = Bands(rows: keptRows.count, columns: keptColumns.count)
        let kept = ae_kept(
            first_row: Int32(keptRows.lowerBound), last_row: Int32(keptRows.upperBound),
            first_column: Int32(keptColumns.lowerBound), last_column: Int32(keptColumns.upperBound))
        unsafe bands.withLevel(rows: rows, columns: columns) { level in
            unsafe ae_analyze(kernels, &level, &lifting, &padded, stride, kept, &scratch)
        }
        for row in 0..<rows {
            #expect(padded[row * stride + columns..<(row + 1) * stride].allSatisfy { $0 == guardValue })
        }
        return bands
    }

    private static func synthesize(
        _ bands: Bands, _ wavelet: PlainWavelet, _ kernels: ae_kernel_level
    ) -> [Int32] {
        var bands = bands
        let stride = bands.columns + 5
        var padded = [Int32](repeating: guardValue, count: bands.rows * stride)
        var scratch = [Int32](repeating: 0, count: ae_wavelet_scratch_count(Int32(bands.columns)))
        var lifting = wavelet.kernel
        unsafe bands.withLevel(rows: bands.rows, columns: bands.columns) { level in
            unsafe ae_synthesize(kernels, &level, &lifting, &padded, stride, &scratch)
        }
        for row in 0..<bands.rows {
            #expect(padded[row * stride + bands.columns..<(row + 1) * stride].allSatisfy { $0 == guardValue })
        }
        return (0..<bands.rows).flatMap { padded[$0 * stride..<$0 * stride + bands.columns] }
    }

    /// All sizes, tap counts and levels on plausible, extreme and arbitrary values.
    ///
    /// Synthesis is the inverse,
    /// also where sums wrap around.
    @Test(arguments: 1...40, pairCounts) func everyLevelDoesWhatTheSpecificationSays(rows: Int, pairs: Int) {
        for columns in 1...40 {
            var random = SplitMix64(seed: UInt64(rows << 20 | columns << 10 | pairs))
            let wavelet = Self.wavelet(pairs: pairs, &random)
            let plane = Self.plane(rows * columns, &random)
            let expected = wavelet.analyzed(plane, columns: columns)
            var bands = Bands(rows: rows, columns: columns)
            bands.take(expected)
            for level in Self.levels {
                let name: Comment = "\(rows) x \(columns), level \(level.rawValue)"
                let found = Self.analyze(
                    plane, columns: columns, wavelet, level, keptRows: 0..<rows, keptColumns: 0..<columns)
                #expect(found.values == bands.values, name)
                #expect(Self.synthesize(found, wavelet, level) == plane, name)
            }
        }
    }

    /// More rows and columns than a kernel takes at a time.
    @Test(arguments: [(97, 300), (300, 97), (130, 259)], pairCounts)
    func largePlanesToo(size: (rows: Int, columns: Int), pairs: Int) {
        var random = SplitMix64(seed: UInt64(size.rows << 8 | pairs))
        let wavelet = Self.wavelet(pairs: pairs, &random)
        let plane = Self.plane(size.rows * size.columns, &random)
        let expected = wavelet.analyzed(plane, columns: size.columns)
        var bands = Bands(rows: size.rows, columns: size.columns)
        bands.take(expected)
        for level in Self.levels {
            let found = Self.analyze(
                plane, columns: size.columns, wavelet, level, keptRows: 0..<size.rows,
                keptColumns: 0..<size.columns)
            #expect(found.values == bands.values)
            #expect(Self.synthesize(found, wavelet, level) == plane)
        }
    }

    /// Some rows and columns of a plane.
    private static func cut(
        _ plane: [Int32], columns: Int, _ keptRows: Range<Int>, _ keptColumns: Range<Int>
    ) -> [Int32] {
        var result: [Int32] = []
        for row in keptRows {
            let start = row * columns + keptColumns.lowerBound
            result += plane[start..<start + keptColumns.count]
        }
        return result
    }

    /// The values of a window along one axis, less a margin along edges that are not the plane's.
    private static func inner(_ window: Range<Int>, of count: Int, margin: Int) -> Range<Int> {
        let first = window.lowerBound == 0 ? 0 : margin
        let last = window.upperBound == count ? window.count : window.count - margin
        return first..<last
    }

    /// The inner part of a window is that of the plane.
    @Test(arguments: pairCounts) func windowsAreThePlanesButForTheirMargins(pairs: Int) {
        let (rows, columns) = (150, 160)
        var random = SplitMix64(seed: UInt64(pairs))
        let wavelet = Self.wavelet(pairs: pairs, &random)
        let plane = Self.plane(rows * columns, &random)
        let whole = wavelet.analyzed(plane, columns: columns)
        let margin = 4 * (2 * pairs - 1)
        for (high, wide) in [(0..<77, 0..<80), (20..<121, 44..<134), (40..<150, 60..<160)] {
            let keptRows = Self.inner(high, of: rows, margin: margin)
            let keptColumns = Self.inner(wide, of: columns, margin: margin)
            let window = Self.cut(plane, columns: columns, high, wide)
            let part = Self.cut(whole, columns: columns, high, wide)
            let expected = Self.cut(part, columns: wide.count, keptRows, keptColumns)
            var kept = Bands(rows: keptRows.count, columns: keptColumns.count)
            kept.take(expected)
            var bands = Bands(rows: high.count, columns: wide.count)
            bands.take(part)
            for level in Self.levels {
                let found = Self.analyze(
                    window, columns: wide.count, wavelet, level, keptRows: keptRows, keptColumns: keptColumns)
                #expect(found.values == kept.values)
                let back = Self.synthesize(bands, wavelet, level)
                #expect(
                    Self.cut(back, columns: wide.count, keptRows, keptColumns)
                        == Self.cut(window, columns: wide.count, keptRows, keptColumns))
            }
        }
    }

    /// The low pass of CDF 9/7 before its scaling has the gain 1.230174104914001 (Daubechies and Sweldens 1998, zeta), and its high pass takes no constant.
    @Test func cdf97TakesConstantsToTheLowBand() {
        let cdf97 = PlainWavelet(coefficients: [[-103_949], [-3472], [57_862], [29_066]])
        for level in Self.levels {
            let bands = Self.analyze(
                [Int32](repeating: 1 << 20, count: 64 * 64), columns: 64, cdf97, level, keptRows: 0..<64,
                keptColumns: 0..<64)
            let gain = Double(bands.values[5]) / Double(1 << 20)
            #expect(abs(gain - 1.230174104914001 * 1.230174104914001) < 1e-4)
            #expect(abs(bands.values[3 * 33 * 36 + 5]) < 64)
        }
    }
}
