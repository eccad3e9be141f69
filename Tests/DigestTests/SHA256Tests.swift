// SPDX-License-Identifier: Apache-2.0
import Digest
import TestSupport
import Testing

@Suite struct SHA256Tests {
    /// The examples of FIPS 180-4 (NIST, "Examples with intermediate values", SHA-256).
    @Test(
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func givesThePublishedDigests(message: String, digest: String) {
        #expect(hexadecimal(SHA256.hash(message.utf8)) == digest)
    }

    @Test func aMillionLetters() {
        var hash = SHA256()
        for _ in 0..<1000 { hash.update([UInt8](repeating: 0x61, count: 1000)) }
        #expect(
            hexadecimal(hash.finalize())
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func piecesGiveTheDigestOfTheWhole(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = (0..<500).map { _ in UInt8.random(in: 0...255, using: &random) }
        var hash = SHA256()
        var position = 0
        while position < bytes.count {
            let end = min(bytes.count, position + Int.random(in: 0...100, using: &random))
            hash.update(bytes[position..<end])
            position = end
        }
        #expect(hash.finalize() == SHA256.hash(bytes))
    }

    @Test func aNewMessageStartsAfterTheDigest() {
        var hash = SHA256()
        hash.update([1, 2, 3])
        _ = hash.finalize()
        #expect(hash.finalize() == SHA256.hash([]))
    }

    @Test func takesBytesThatAreNotContiguous() {
        #expect(SHA256.hash((0..<3).lazy.map { UInt8(0x61 + $0) }) == SHA256.hash("abc".utf8))
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
