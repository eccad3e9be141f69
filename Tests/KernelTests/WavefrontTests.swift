// SPDX-License-Identifier: Apache-2.0
import CAEKernels
import TestSupport
import Testing

@Suite struct WavefrontTests {
    static let sizes = [1, 2, 3, 4, 5, 15, 16, 17, 31, 32, 33, 75, 76, 100]
    static let levels = [AE_KERNEL_PORTABLE, AE_KERNEL_AVX2, AE_KERNEL_AVX512, AE_KERNEL_NEON]
        .filter { ae_kernel_available($0) != 0 }

    /// Cases of one number of rows, with all widths and tap counts.
    private static func cases(rows: Int, bound: Int = 0) -> [WavefrontCase] {
        var cases: [WavefrontCase] = []
        for columns in sizes {
            for (place, pairs) in [0, 1, 3, 6, 7, 10, 14].enumerated() {
                let seed = UInt64(rows << 20 | columns << 10 | pairs << 4)
                let errorShift = (rows + columns + place) % 9
                cases.append(
                    WavefrontCase(
                        rows: rows, columns: columns, pairs: pairs, errorShift: errorShift, seed: seed,
                        bound: bound))
            }
        }
        return cases
    }

    private static func name(_ tile: WavefrontCase, _ level: ae_kernel_level) -> Comment {
        "\(tile.rows) x \(tile.columns), \(tile.prediction.tap_pairs) pairs, level \(level.rawValue)"
    }

    @Test(arguments: sizes) func everyLevelEncodesAsThePortableOne(rows: Int) {
        for tile in Self.cases(rows: rows) {
            for isolated in [false, true] {
                let expected = tile.encode(AE_KERNEL_PORTABLE, isolated: isolated)
                for level in Self.levels.dropFirst() {
                    #expect(tile.encode(level, isolated: isolated) == expected, Self.name(tile, level))
                }
            }
        }
    }

    @Test(arguments: sizes) func everyLevelDecodesWhatWasEncoded(rows: Int) {
        for tile in Self.cases(rows: rows) {
            let streams = tile.streams(tile.encode(AE_KERNEL_PORTABLE))
            let expected = DecodedTile(status: 0, codes: tile.codes, taken: streams.map(\.count))
            for level in Self.levels {
                #expect(tile.decode(level, streams) == expected, Self.name(tile, level))
            }
        }
    }

    static let bounds = [1, 2, 7, 100, 16_383]

    /// All levels write the same residuals and decode the same codes, none of them further off than the bound.
    @Test(arguments: sizes, bounds) func boundsAreKept(rows: Int, bound: Int) {
        for tile in Self.cases(rows: rows, bound: bound) {
            let coded = tile.encode(AE_KERNEL_PORTABLE)
            let streams = tile.streams(coded)
            let decoded = tile.decode(AE_KERNEL_PORTABLE, streams)
            #expect(decoded.status == 0 && decoded.taken == streams.map(\.count))
            let farthest = zip(decoded.codes, tile.codes).map { abs(Int($0) - Int($1)) }.max() ?? 0
            #expect(farthest <= bound, Self.name(tile, AE_KERNEL_PORTABLE))
            for level in Self.levels.dropFirst() {
                #expect(tile.encode(level) == coded, Self.name(tile, level))
                #expect(tile.decode(level, streams) == decoded, Self.name(tile, level))
            }
        }
    }

    /// Wrong residuals lead to codes beyond the greatest; still all levels agree, also where they stop.
    @Test(arguments: sizes, [0] + bounds) func everyLevelMakesTheSameOfDamage(rows: Int, bound: Int) {
        for tile in Self.cases(rows: rows, bound: bound) {
            var random = SplitMix64(seed: UInt64(rows * tile.columns))
            let streams = tile.streams(tile.encode(AE_KERNEL_PORTABLE)).map { stream in
                stream.map {
                    Int.random(in: 0..<4, using: &random) == 0
                        ? Int16.random(in: .min ... .max, using: &random) : $0
                }
            }
            let expected = tile.decode(AE_KERNEL_PORTABLE, streams)
            for level in Self.levels.dropFirst() {
                #expect(tile.decode(level, streams) == expected, Self.name(tile, level))
            }
        }
    }

    @Test(arguments: levels.map(\.rawValue)) func aStreamThatRunsDryIsReported(level: UInt32) {
        for (rows, columns) in [(1, 1), (5, 33), (16, 16), (33, 76), (100, 100)] {
            let tile = WavefrontCase(
                rows: rows, columns: columns, pairs: 3, errorShift: 0, seed: UInt64(rows))
            let streams = tile.streams(tile.encode(AE_KERNEL_PORTABLE))
            for stream in streams.indices where !streams[stream].isEmpty {
                var short = streams
                short[stream].removeLast()
                let status = tile.decode(ae_kernel_level(rawValue: level), short).status
                #expect(status == 1, "stream \(stream) of \(rows) x \(columns)")
            }
        }
    }
}
