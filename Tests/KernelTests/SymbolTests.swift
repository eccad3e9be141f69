// SPDX-License-Identifier: Apache-2.0
import CAEKernels
import TestSupport
import Testing

@Suite struct SymbolTests {
    static let forms: [Form] =
        [.bytes, .runs] + (3...16).map { .digits($0) } + [17, 18, 64, 200, 254].map { .digits($0) }
    static let counts = [0, 1, 7, 8, 9, 65, 1000]

    /// Residuals from near zero to the limits.
    static func residuals(_ count: Int, within limit: Int16, seed: UInt64) -> [Int16] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in
            limit == .max
                ? [.min, .max, Int16.random(in: .min ... .max, using: &random)][
                    Int.random(in: 0..<3, using: &random)]
                : Int16.random(in: -limit...limit, using: &random)
        }
    }

    @Test(arguments: forms) func packedSymbolsComeBack(form: Form) {
        for rawBits in 0...15 {
            for count in Self.counts {
                for limit: Int16 in [0, 1, 40, 900, .max] {
                    let residuals = Self.residuals(count, within: limit, seed: UInt64(count + rawBits))
                    let packed = PackedSymbols(residuals, rawBits: rawBits, form: form)
                    #expect(
                        packed.expand(count: count) == residuals, "\(count), \(rawBits) raw bits, \(limit)")
                }
            }
        }
    }

    @Test(arguments: 0...15) func constantsComeBack(rawBits: Int) {
        var random = SplitMix64(seed: UInt64(rawBits))
        for count in Self.counts {
            let rest = (Int16.random(in: .min ... .max, using: &random) >> rawBits) << rawBits
            let residuals = (0..<count).map { _ in
                rest | Int16.random(in: 0...(.max >> (15 - rawBits)), using: &random)
            }
            var packed = PackedSymbols(residuals, rawBits: rawBits, form: .constant)
            #expect(packed.expand(count: count) == residuals)
            packed.main = [0]
            #expect(packed.expand(count: count) == nil)
        }
    }

    /// Runs beyond the longest of one token, at the start, between symbols and at the end.
    @Test(arguments: [32766, 32767, 32768, 65534, 65535, 70000], [0, 3]) func longRunsComeBack(
        zeros: Int, rawBits: Int
    ) {
        let run = [Int16](repeating: 0, count: zeros)
        for residuals in [run, [-9] + run, run + [-9], run + [300, 0] + run, [.min] + run + [.max]] {
            let packed = PackedSymbols(residuals, rawBits: rawBits, form: .runs)
            #expect(packed.main.count <= 12)
            #expect(packed.expand(count: residuals.count) == residuals)
        }
    }

    @Test(arguments: forms) func wrongEscapeCountsAreRefused(form: Form) {
        for rawBits in [0, 4] {
            let residuals = Self.residuals(1000, within: .max, seed: 5)
            let packed = PackedSymbols(residuals, rawBits: rawBits, form: form)
            #expect(!packed.escapes.isEmpty)
            var fewer = packed, more = packed, none = packed
            fewer.escapes.removeLast()
            more.escapes.append(0)
            none.escapes = []
            #expect(fewer.expand(count: 1000) == nil)
            #expect(more.expand(count: 1000) == nil)
            #expect(none.expand(count: 1000) == nil)
        }
    }

    @Test(arguments: forms) func missingAndSurplusTokensAreRefused(form: Form) {
        for count in Self.counts.dropFirst() {
            let residuals = Self.residuals(count, within: 1, seed: 9)
            let packed = PackedSymbols(residuals, rawBits: 0, form: form)
            var short = packed, long = packed
            short.main.removeLast()
            long.main.append(1)
            #expect(short.expand(count: count) == nil, "\(count)")
            #expect(long.expand(count: count) == nil, "\(count)")
        }
    }

    @Test func escapesComeBackFromBytes() {
        for count in Self.counts {
            var random = SplitMix64(seed: UInt64(count))
            let escapes = (0..<count).map { _ in
                [254, 255, .max, UInt16.random(in: 0...300, using: &random)][
                    Int.random(in: 0..<4, using: &random)]
            }
            var bytes = [UInt8](repeating: 0, count: 3 * count)
            let length = unsafe ae_write_escapes(escapes, count, &bytes)
            bytes.removeSubrange(length...)
            #expect(length == escapes.reduce(0) { $0 + ($1 < 255 ? 1 : 3) })
            var read = [UInt16](repeating: 0, count: count + 1)
            #expect(unsafe ae_read_escapes(bytes, length, count, &read) == 0)
            #expect(Array(read[..<count]) == escapes)
            #expect(unsafe ae_read_escapes(bytes, length, count + 1, &read) == 1)
            guard count > 0 else { continue }
            #expect(unsafe ae_read_escapes(bytes, length, count - 1, &read) == 1)
            #expect(unsafe ae_read_escapes(bytes, length - 1, count, &read) == 1)
        }
    }

    @Test func wrongExtraBitsAreRefused() {
        let residuals = [Int16](repeating: 0, count: 1000) + [1]
        let packed = PackedSymbols(residuals, rawBits: 0, form: .runs)
        #expect(packed.extraBits == 9)
        for change in [-9, -1, 1] {
            var changed = packed
            changed.extraBits += change
            changed.extra.append(0)
            #expect(changed.expand(count: residuals.count) == nil)
        }
        for form in Self.forms where form != .runs {
            var changed = PackedSymbols([1, 2], rawBits: 0, form: form)
            changed.extraBits = 1
            #expect(changed.expand(count: 2) == nil)
        }
    }

    /// A byte holds as many digits as fit; a greater byte is none that a packer writes.
    @Test(arguments: Array(3...15) + [17, 100, 254] as [Int32]) func bytesBeyondTheDigitsAreRefused(
        radix: Int32
    ) {
        let perByte = Int(ae_digits_per_byte(radix))
        let bound = (0..<perByte).reduce(1) { product, _ in product * Int(radix) }
        #expect(bound <= 256 && bound * Int(radix) > 256)
        var packed = PackedSymbols([Int16](repeating: 0, count: perByte), rawBits: 0, form: .digits(radix))
        packed.main = [UInt8(bound - 1)]
        packed.escapes = [UInt16](repeating: 0, count: perByte)
        #expect(packed.expand(count: perByte) != nil)
        guard bound < 256 else { return }
        for byte in bound...255 {
            packed.main = [UInt8(byte)]
            for escapes in 0...perByte {
                packed.escapes = [UInt16](repeating: 0, count: escapes)
                #expect(packed.expand(count: perByte) == nil, "\(byte)")
            }
        }
    }
}
