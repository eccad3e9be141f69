// SPDX-License-Identifier: Apache-2.0
import CAEKernels
import TestSupport
import Testing

/// The kernels take and refuse what the specification takes and refuses, and read the same from it.
@Suite struct DamagedSymbolTests {
    static let counts = [0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 257]

    @Test(arguments: [.constant] + SymbolTests.forms, [1] as [UInt64])
    func kernelsReadAsSpecified(form: Form, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for count in Self.counts {
            for rawBits in 0...15 {
                let limit: Int16 = [1, 20, 700, .max][Int.random(in: 0..<4, using: &random)]
                let residuals = SymbolTests.residuals(count, within: limit, seed: random.next())
                let packed = PackedSymbols(residuals, rawBits: rawBits, form: form)
                Self.compare(packed, count: count)
                for _ in 0..<6 {
                    let (damaged, newCount) = Self.damage(packed, count: count, &random)
                    Self.compare(damaged, count: newCount)
                }
            }
        }
    }

    private static func compare(_ packed: PackedSymbols, count: Int) {
        let expected = SpecifiedSymbols.residuals(packed, count: count)
        #expect(packed.expand(count: count) == expected, "\(count) symbols, \(packed.rawBits) raw bits")
    }

    /// One thing is changed; sections keep the lengths that their counts state.
    private static func damage(
        _ packed: PackedSymbols, count: Int, _ random: inout SplitMix64
    ) -> (PackedSymbols, Int) {
        var damaged = packed
        switch Int.random(in: 0..<7, using: &random) {
        case 0:
            _ = damaged.escapes.popLast()
        case 1:
            damaged.escapes.append(UInt16.random(in: 0...(.max), using: &random))
        case 2:
            damaged.main = damaged.main.dropLast(Int.random(in: 1...4, using: &random))
        case 3:
            damaged.main.append(UInt8.random(in: 0...255, using: &random))
        case 4:
            for place in damaged.main.indices where Int.random(in: 0..<9, using: &random) == 0 {
                damaged.main[place] = UInt8.random(in: 0...255, using: &random)
            }
        case 5:
            damaged.extraBits = max(0, damaged.extraBits + Int.random(in: -9...9, using: &random))
            damaged.extra += [0, 0]
            damaged.extra = Array(damaged.extra.prefix((damaged.extraBits + 7) / 8))
        default:
            return (damaged, max(0, count - 1))
        }
        return (damaged, count)
    }
}
