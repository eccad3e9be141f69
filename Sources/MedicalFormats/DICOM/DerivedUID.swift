// SPDX-License-Identifier: Apache-2.0
import Digest

/// The identifier of a derived instance: `2.25.` and a number of 128 bits in decimal. (PS3.5, B.2)
///
/// The number is the first half of SHA-256 over the source's identifier and the seed, so that the same
/// source and seed give the same identifier wherever and whenever it is made.
///
/// - Parameters:
///   - source: SOP Instance UID of the source.
///   - seed: What else the derived instance depends on.
/// - Returns: At most 44 characters.
func derivedUID(source: String, seed: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(Array(source.utf8))
    hash.update(seed)
    return "2.25." + decimal(hash.finalize().prefix(16))
}

/// The decimal digits of a number, given by its bytes, most significant first.
func decimal(_ bytes: some Sequence<UInt8>) -> String {
    var number = Array(bytes)
    var digits: [Character] = []
    repeat {
        var remainder = 0
        for index in number.indices {
            let part = remainder << 8 | Int(number[index])
            number[index] = UInt8(part / 10)
            remainder = part % 10
        }
        digits.append(Character(UnicodeScalar(UInt8(0x30 + remainder))))
    } while number.contains { $0 != 0 }
    return String(digits.reversed())
}
