// SPDX-License-Identifier: Apache-2.0
import AECodec
@testable import AECodecEncoder
import TestSupport
import Testing

/// Main bytes as the sequences of zstd.
@Suite struct SequenceTests {
    static func unpacked(_ packed: ZstdPacked, byteCount: Int) throws -> [UInt8]? {
        let decompressor = try #require(ZstdDecompressor())
        var back = [UInt8](repeating: 0, count: byteCount)
        let done = unsafe back.withUnsafeMutableBytes { target in
            unsafe packed.bytes.withUnsafeBytes {
                unsafe decompressor.unpack($0, packed.packing, preset: packed.preset, into: target)
            }
        }
        return done ? back : nil
    }

    /// Bytes whose halves are small, with all values among them.
    private static func bytes(_ count: Int, seed: UInt64, most: UInt8) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in
            Int.random(in: 0..<40, using: &random) == 0
                ? UInt8.random(in: 0...255, using: &random)
                : min(UInt8.random(in: 0...most, using: &random), UInt8.random(in: 0...most, using: &random))
        }
    }

    /// One block, several, and the numbers at which fields grow.
    @Test(
        arguments: [64, 127, 128, 900, 3855, 3856, 20_000, 32_511, 32_512, 32_513, 90_000],
        [3, 20, 255] as [UInt8])
    func bytesComeBack(count: Int, most: UInt8) throws {
        let bytes = Self.bytes(count, seed: UInt64(count), most: most)
        let compressor = try #require(ZstdCompressor())
        for preset in [15, 20, 34] {
            guard let packed = compressor.packSequences(bytes, count: count, preset: preset) else {
                // What hardly shrinks stays as it is.
                #expect(most == 255)
                continue
            }
            #expect(packed.packing == .sequences && packed.bytes.count < count)
            #expect(try Self.unpacked(packed, byteCount: count) == bytes)
        }
    }

    /// Runs of halves of zero take no table for the literals.
    @Test func sequencesAreNearTheEntropy() throws {
        var random = SplitMix64(seed: 5)
        let count = 20_000
        let bytes = (0..<count).map { _ in
            UInt8(min(15, (0..<4).reduce(0) { sum, _ in sum + Int.random(in: 0...1, using: &random) }))
        }
        var histogram = [Int](repeating: 0, count: 256)
        for byte in bytes { histogram[Int(byte)] += 1 }
        let compressor = try #require(ZstdCompressor())
        let packed = try #require(compressor.packSequences(bytes, count: count, preset: 20))
        #expect(Double(8 * packed.bytes.count) < 1.01 * Entropy.bits(histogram))
    }

    /// Any damage is refused or gives other bytes of the same number; nothing is read or written outside.
    @Test func damageIsHarmless() throws {
        let compressor = try #require(ZstdCompressor())
        var random = SplitMix64(seed: 9)
        for count in [300, 5000] {
            let bytes = Self.bytes(count, seed: 1, most: 6)
            let packed = try #require(compressor.packSequences(bytes, count: count, preset: 18))
            for length in stride(from: 0, to: packed.bytes.count, by: 7) {
                let short = ZstdPacked(
                    bytes: packed.bytes.prefix(length), packing: .sequences, preset: packed.preset)
                #expect(try Self.unpacked(short, byteCount: count) == nil)
            }
            for _ in 0..<300 {
                var damaged = packed
                damaged.bytes[Int.random(in: 0..<packed.bytes.count, using: &random)] ^=
                    UInt8.random(in: 1...255, using: &random)
                let back = try Self.unpacked(damaged, byteCount: count)
                #expect(back == nil || back?.count == count)
            }
            #expect(try Self.unpacked(packed, byteCount: count + 1) == nil)
            #expect(try Self.unpacked(packed, byteCount: count - 1) == nil)
        }
    }
}
