// SPDX-License-Identifier: Apache-2.0
import CAEKernels
import TestSupport
import Testing

/// The search for the best way through the states of dependent quantisation.
@Suite struct TrellisTests {
    static let levels = WavefrontTests.levels

    /// Of a latent, by quantiser and parity.
    private typealias Costs = (Float, Float, Float, Float)

    /// A way through the trellis.
    private struct Path: Equatable {
        /// Quantiser x 2 + parity.
        var decisions: [UInt32]
        var last: UInt32
    }

    private static func search(
        _ costs: [Costs], from state: UInt32, piece: Int, _ level: ae_kernel_level
    ) -> Path {
        var decisions = [UInt32](repeating: 0, count: costs.count)
        let last = unsafe decisions.withUnsafeMutableBufferPointer { decisions in
            unsafe costs.withUnsafeBufferPointer { costs in
                var trellis = unsafe ae_trellis()
                unsafe trellis.decisions = decisions.baseAddress
                unsafe ae_trellis_begin(&trellis, state)
                for done in stride(from: 0, to: costs.count, by: piece) {
                    unsafe ae_trellis_advance(
                        level, &trellis, done, min(piece, costs.count - done),
                        costs.baseAddress.map { unsafe $0 + done })
                }
                return unsafe ae_trellis_finish(&trellis, costs.count)
            }
        }
        return Path(decisions: decisions, last: last)
    }

    /// Costs of 0 to 16; sums of `isExact` ones are exact in any order.
    private static func costs(_ count: Int, isExact: Bool, seed: UInt64) -> [Costs] {
        var random = SplitMix64(seed: seed)
        func cost() -> Float {
            isExact
                ? Float(Int.random(in: 0...128, using: &random)) / 8
                : Float.random(in: 0...16, using: &random)
        }
        return (0..<count).map { _ in (cost(), cost(), cost(), cost()) }
    }

    private static func cost(_ costs: Costs, _ decision: UInt32) -> Double {
        Double([costs.0, costs.1, costs.2, costs.3][Int(decision)])
    }

    /// Spec/bitstream.md, section 8.
    private static func next(_ state: Int, parity: Int) -> Int {
        (state >> 1) ^ (state & 1 == 1 ? 18 : 0) ^ (parity == 1 ? 4 : 0)
    }

    /// What a path costs, if it is one.
    private static func total(_ path: Path, _ costs: [Costs], from start: UInt32) -> Double? {
        var state = Int(start)
        var total = 0.0
        for (decision, costs) in zip(path.decisions, costs) {
            guard Int(decision) >> 1 == state & 1 else { return nil }
            total += cost(costs, decision)
            state = next(state, parity: Int(decision) & 1)
        }
        return state == Int(path.last) ? total : nil
    }

    /// The least cost of all sequences of parities.
    private static func leastByTrying(_ costs: [Costs], from start: UInt32) -> Double {
        (0..<1 << costs.count).map { parities in
            var state = Int(start)
            var total = 0.0
            for (place, costs) in costs.enumerated() {
                let parity = parities >> place & 1
                total += cost(costs, UInt32(2 * (state & 1) + parity))
                state = next(state, parity: parity)
            }
            return total
        }.min() ?? 0
    }

    /// The least cost by the table of Viterbi.
    private static func leastByTable(_ costs: [Costs], from start: UInt32) -> Double {
        var metrics = [Double](repeating: .infinity, count: Int(AE_TRELLIS_STATES))
        metrics[Int(start)] = 0
        for costs in costs {
            var following = [Double](repeating: .infinity, count: metrics.count)
            for (state, metric) in metrics.enumerated() {
                for parity in 0...1 {
                    let to = next(state, parity: parity)
                    let sum = metric + cost(costs, UInt32(2 * (state & 1) + parity))
                    following[to] = min(following[to], sum)
                }
            }
            metrics = following
        }
        return metrics.min() ?? 0
    }

    @Test(arguments: 0...9) func shortWaysAreTheCheapest(count: Int) {
        for start in 0..<UInt32(AE_TRELLIS_STATES) {
            let costs = Self.costs(count, isExact: true, seed: UInt64(start) << 8 | UInt64(count))
            let least = Self.leastByTrying(costs, from: start)
            for level in Self.levels {
                let path = Self.search(costs, from: start, piece: 4, level)
                #expect(
                    Self.total(path, costs, from: start) == least, "state \(start), level \(level.rawValue)")
            }
        }
    }

    @Test(arguments: [10, 63, 64, 65, 200, 1000, 5000]) func longWaysAreTheCheapest(count: Int) {
        for start: UInt32 in [0, 1, 18, 31] {
            let costs = Self.costs(count, isExact: true, seed: UInt64(count) + UInt64(start))
            let least = Self.leastByTable(costs, from: start)
            for level in Self.levels {
                let path = Self.search(costs, from: start, piece: 256, level)
                #expect(
                    Self.total(path, costs, from: start) == least, "state \(start), level \(level.rawValue)")
            }
        }
    }

    /// Whatever the costs are, and however many are given at a time.
    @Test(arguments: [1, 33, 64, 129, 1000, 20_000]) func everyLevelFindsTheSameWay(count: Int) {
        for start: UInt32 in [0, 7, 16, 29] {
            let costs = Self.costs(count, isExact: false, seed: UInt64(count) ^ UInt64(start))
            let expected = Self.search(costs, from: start, piece: count, AE_KERNEL_PORTABLE)
            #expect(Self.total(expected, costs, from: start) != nil)
            for level in Self.levels {
                for piece in [1, 7, 64, 100, count] {
                    #expect(
                        Self.search(costs, from: start, piece: piece, level) == expected,
                        "state \(start), pieces of \(piece), level \(level.rawValue)")
                }
            }
        }
    }
}
