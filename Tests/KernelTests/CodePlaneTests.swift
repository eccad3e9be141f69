// SPDX-License-Identifier: Apache-2.0
import CAEKernels
import TestSupport
import Testing

@Suite struct CodePlaneTests {
    /// Values at both ends of 32 bits, in between, and arbitrary ones.
    private static let values: [Int32] = {
        var random = SplitMix64(seed: 5)
        return [.min, .min + 1, -70_000, -1, 0, 1, 70_000, .max - 1, .max]
            + (0..<40).map { _ in Int32.random(in: .min ... .max, using: &random) }
    }()

    /// The formulas of Spec/bitstream.md, section 7, in wide numbers.
    private static func code(_ value: Int32, bits: Int, scale: UInt32?, offset: Int, maximum: Int) -> UInt16 {
        let rounded: Int
        if let scale {
            rounded = (Int(value) * Int(scale) + 1 << (bits + 15)) >> (bits + 16)
        } else {
            rounded = Int(value &+ (bits > 0 ? 1 << Int32(bits - 1) : 0)) >> bits
        }
        return UInt16(max(0, min(maximum, rounded + offset)))
    }

    @Test(arguments: 0...8, [nil, 0, 1, 65_536, 1 << 20] as [UInt32?])
    func codesAreThoseOfTheSpecification(bits: Int, scale: UInt32?) {
        for maximum in [0, 1, 4095, 65_535] {
            let offset = (maximum + 1) / 2
            var plane = ae_code_plane(
                rows: 1, columns: Int32(Self.values.count), fraction_bits: Int32(bits),
                is_reduced: scale == nil ? 0 : 1, scale: scale ?? 0, offset: Int32(offset),
                maximum: Int32(maximum))
            let expected = Self.values.map {
                Self.code($0, bits: bits, scale: scale, offset: offset, maximum: maximum)
            }
            for kernels in WavefrontTests.levels {
                var codes = [UInt16](repeating: 0, count: Self.values.count)
                unsafe ae_codes_of_plane(
                    kernels, &plane, Self.values, Self.values.count, &codes, Self.values.count)
                #expect(codes == expected, "level \(kernels.rawValue), maximum \(maximum)")
            }
        }
    }
}
