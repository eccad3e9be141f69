// SPDX-License-Identifier: Apache-2.0
import CAEKernels
import TestSupport
import Testing

/// Layers of integer networks, row by row.
@Suite struct NetworkTests {
    static let levels = WavefrontTests.levels

    /// A layer with rows to read, made from a seed; channels and weights at their limits are common.
    private struct Layer {
        let taps: Int
        let outputs: Int
        let isPairs: Bool
        let columns: Int
        /// By tap and output.
        let weights: [UInt32]
        let start: [Int32]
        let shifts: [Int32]
        /// Two rows, which taps read from different places on.
        let rows: [[UInt32]]
        let places: [(row: Int, offset: Int)]

        init(taps: Int, outputs: Int, isPairs: Bool, runs: Int, seed: UInt64) {
            var random = SplitMix64(seed: seed)
            self.taps = taps
            self.outputs = outputs
            self.isPairs = isPairs
            columns = runs * Int(AE_NETWORK_RUN)
            let isExtreme = Bool.random(using: &random)
            // So many taps cannot leave 32 bits.
            let greatest = isPairs ? 32767 : 127
            weights = (0..<taps * outputs).map { _ in
                Self.word(isPairs) {
                    let any = Int.random(in: -greatest...greatest, using: &random)
                    return isExtreme ? (any < 0 ? -greatest : greatest) : any
                }
            }
            let channels = isPairs ? -255...255 : 0...127
            rows = (0..<2).map { _ in
                (0..<runs * Int(AE_NETWORK_RUN) + 2).map { _ in
                    Self.word(isPairs) {
                        let any = Int.random(in: channels, using: &random)
                        return isExtreme ? (any < 64 ? channels.lowerBound : channels.upperBound) : any
                    }
                }
            }
            start = (0..<outputs).map { _ in Int32.random(in: -1_000_000...1_000_000, using: &random) }
            shifts = (0..<outputs).map { _ in
                Int32.random(in: Bool.random(using: &random) ? 0...24 : 6...12, using: &random)
            }
            places = (0..<taps).map { _ in
                (Int.random(in: 0..<2, using: &random), Int.random(in: 0...2, using: &random))
            }
        }

        private static func word(_ isPairs: Bool, _ next: () -> Int) -> UInt32 {
            isPairs
                ? UInt32(UInt16(truncatingIfNeeded: next())) | UInt32(UInt16(truncatingIfNeeded: next()))
                    << 16
                : (0..<4).reduce(0) { $0 | UInt32(UInt8(truncatingIfNeeded: next())) << UInt32(8 * $1) }
        }

        /// Sums after their shifts, by output and position.
        var expected: [[Int]] {
            (0..<outputs).map { output in
                (0..<columns).map { x in
                    var sum = Int(start[output])
                    for tap in 0..<taps {
                        let channels = rows[places[tap].row][x + places[tap].offset]
                        let weight = weights[tap * outputs + output]
                        if isPairs {
                            for k in [0, 16] as [UInt32] {
                                sum +=
                                    Int(Int16(truncatingIfNeeded: channels >> k))
                                    * Int(Int16(truncatingIfNeeded: weight >> k))
                            }
                        } else {
                            for k in [0, 8, 16, 24] as [UInt32] {
                                sum +=
                                    Int(UInt8(truncatingIfNeeded: channels >> k))
                                    * Int(Int8(truncatingIfNeeded: weight >> k))
                            }
                        }
                    }
                    return sum >> Int(shifts[output])
                }
            }
        }

        /// Runs a kernel from the `first` position on; what it leaves is kept with what was there.
        func run<Word: FixedWidthInteger>(
            planes: Int, first: Int,
            _ body: (inout ae_row_layer, [UnsafePointer<UInt32>?], [UnsafeMutablePointer<Word>?], Int) -> Void
        ) -> [Word] {
            var output = [Word](repeating: 77, count: planes * columns)
            let flat = rows[0] + rows[1]
            unsafe flat.withUnsafeBufferPointer { flat in
                unsafe weights.withUnsafeBufferPointer { weights in
                    unsafe start.withUnsafeBufferPointer { start in
                        unsafe shifts.withUnsafeBufferPointer { shifts in
                            unsafe output.withUnsafeMutableBufferPointer { output in
                                var layer = unsafe ae_row_layer(
                                    taps: Int32(taps), outputs: Int32(outputs), weights: weights.baseAddress,
                                    start: start.baseAddress, shifts: shifts.baseAddress)
                                let from = unsafe places.map { place in
                                    unsafe flat.baseAddress.map {
                                        unsafe $0 + place.row * rows[0].count + place.offset
                                    }
                                }
                                let to = unsafe (0..<planes).map { plane in
                                    unsafe output.baseAddress.map { unsafe $0 + plane * columns }
                                }
                                unsafe body(&layer, from, to, columns - first)
                            }
                        }
                    }
                }
            }
            return output
        }
    }

    @Test(arguments: [4, 8, 12, 16, 20, 24, 28, 40, 64])
    func quadsAreSumsShiftedAndLimited(outputs: Int) {
        for (taps, runs) in [(1, 1), (3, 2), (27, 3), (48, 4), (144, 1)] {
            for round in 0..<4 {
                let layer = Layer(
                    taps: taps, outputs: outputs, isPairs: false, runs: runs,
                    seed: UInt64(outputs << 20 | taps << 8 | round))
                let sums = layer.expected
                let expected = (0..<outputs / 4).flatMap { quad in
                    (0..<layer.columns).map { x in
                        (0..<4).reduce(UInt32(0)) {
                            $0 | UInt32(min(max(sums[4 * quad + $1][x], 0), 127)) << UInt32(8 * $1)
                        }
                    }
                }
                for level in Self.levels {
                    let found: [UInt32] = unsafe layer.run(planes: outputs / 4, first: 0) {
                        row, from, to, count in
                        unsafe ae_network_quads(level, &row, from, to, 0, count)
                    }
                    #expect(found == expected, "\(outputs) outputs, \(taps) taps, level \(level.rawValue)")
                }
            }
        }
    }

    @Test(arguments: [false, true], 1...8)
    func plainNumbersAreSumsShifted(isPairs: Bool, outputs: Int) {
        for (taps, runs) in [(1, 1), (6, 2), (18, 3), (54, 5)] {
            for round in 0..<4 {
                let layer = Layer(
                    taps: taps, outputs: outputs, isPairs: isPairs, runs: runs,
                    seed: UInt64(outputs << 20 | taps << 8 | round))
                let expected = layer.expected.flatMap { $0.map { Int32($0) } }
                for level in Self.levels {
                    let found: [Int32] = unsafe layer.run(planes: outputs, first: 0) { row, from, to, count in
                        if isPairs {
                            unsafe ae_network_pairs(level, &row, from, to, 0, count)
                        } else {
                            unsafe ae_network_sums(level, &row, from, to, 0, count)
                        }
                    }
                    #expect(found == expected, "\(outputs) outputs, \(taps) taps, level \(level.rawValue)")
                }
            }
        }
    }

    /// Runs before the first are left alone.
    @Test func onlyTheRunsAskedForAreWritten() {
        let layer = Layer(taps: 5, outputs: 12, isPairs: false, runs: 3, seed: 1)
        let run = Int(AE_NETWORK_RUN)
        for level in Self.levels {
            let all: [UInt32] = unsafe layer.run(planes: 3, first: 0) { row, from, to, count in
                unsafe ae_network_quads(level, &row, from, to, 0, count)
            }
            let one: [UInt32] = unsafe layer.run(planes: 3, first: run) { row, from, to, _ in
                unsafe ae_network_quads(level, &row, from, to, run, run)
            }
            for (place, word) in one.enumerated() {
                let isAsked = (run..<2 * run).contains(place % layer.columns)
                #expect(word == (isAsked ? all[place] : 77))
            }
        }
    }
}
