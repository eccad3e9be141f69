// SPDX-License-Identifier: Apache-2.0
import CAEKernels
import Digest
import TestSupport
import Testing

@Suite struct CRC32CTests {
    /// The check value of the CRC catalogue, and the vectors of RFC 3720, appendix B.4.
    @Test(
        arguments: [
            (Array("123456789".utf8), 0xE306_9283),
            ([], 0),
            ([UInt8](repeating: 0x00, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
            (Array(0..<32), 0x46DD_794E),
            ((0..<32).reversed(), 0x113F_DB5C),
        ] as [([UInt8], UInt32)])
    func givesThePublishedValues(message: [UInt8], value: UInt32) {
        #expect(crc32c(message) == value)
        #expect(unsafe ae_crc32c_portable(0, message, message.count) == value)
    }

    /// Both ways, at every alignment and tail, are the division written out bit by bit.
    @Test(arguments: [1, 2] as [UInt64]) func agreesWithTheDefinition(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = (0..<80).map { _ in UInt8.random(in: 0...255, using: &random) }
        for start in 0..<9 {
            for end in start...bytes.count {
                let expected = Self.remainder(bytes[start..<end])
                #expect(crc32c(bytes[start..<end]) == expected, "\(start)..<\(end)")
                let portable = unsafe bytes[start..<end].withUnsafeBufferPointer {
                    unsafe ae_crc32c_portable(0, $0.baseAddress, $0.count)
                }
                #expect(portable == expected, "\(start)..<\(end)")
            }
        }
    }

    @Test func continuesOverPieces() {
        let bytes = Array("123456789".utf8)
        for cut in 0...9 {
            #expect(crc32c(bytes[cut...], continuing: crc32c(bytes[..<cut])) == 0xE306_9283)
        }
    }

    @Test func takesBytesThatAreNotContiguous() {
        #expect(crc32c((1...9).lazy.map { UInt8(0x30 + $0) }) == 0xE306_9283)
    }

    private static func remainder(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0x82F6_3B78 : 0) }
        }
        return ~crc
    }
}
