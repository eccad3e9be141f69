// SPDX-License-Identifier: Apache-2.0
import AEContainer
import TestSupport
import Testing

@Suite struct DamageTests {
    static let archives = [Specimens.image.serialized(), Specimens.twoParts.serialized()]

    /// The format has no bit without a meaning that a checksum does not guard, but for what makes one readable version
    /// another.
    @Test(arguments: archives) func anyFlippedBitIsRejected(archive: [UInt8]) {
        for byte in archive.indices {
            for bit in 0..<8 {
                var damaged = archive
                damaged[byte] ^= 1 << bit
                let version = ContainerVersion(major: damaged[8], minor: damaged[9])
                if version != .current, ContainerVersion.readable.contains(version) { continue }
                #expect(throws: ContainerError.self, "byte \(byte), bit \(bit)") {
                    _ = try Container(damaged)
                }
            }
        }
    }

    @Test(arguments: archives) func everyTruncationIsReportedAsTruncation(archive: [UInt8]) {
        for length in archive.indices {
            #expect("first \(length) bytes") {
                _ = try Container(Array(archive.prefix(length)))
            } throws: { error in
                guard case ContainerError.truncated(let offset, let needed, let available) = error else {
                    return false
                }
                return offset + available == length && needed > available
            }
        }
    }

    @Test(arguments: archives) func bytesBehindTheEndAreRefused(archive: [UInt8]) {
        #expect(throws: ContainerError.trailingBytes(offset: archive.count, count: 1)) {
            _ = try Container(archive + [0])
        }
        #expect(throws: ContainerError.trailingBytes(offset: archive.count, count: archive.count)) {
            _ = try Container(archive + archive)
        }
    }

    @Test func theDamagedChunkIsNamed() {
        var archive = Specimens.image.serialized()
        archive[0x0094] ^= 0x01  // Spec A.1: the first byte of the body of LAYR
        #expect {
            _ = try Container(archive)
        } throws: { error in
            guard case ContainerError.checksumMismatch(.layer, offset: 0x0088, stored: 0xB4E4_EADA, _) = error
            else { return false }
            return true
        }
    }

    /// Damage that keeps the checksums valid, as an attacker makes it: an error, or an archive that is
    /// written again byte by byte.
    @Test(arguments: 0..<1500 as Range<UInt64>) func acceptedMeansRewrittenIdentically(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var surgery = Surgery(RandomContent.make(using: &random).serialized())
        for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&surgery, using: &random) }
        let bytes = surgery.joined(correctingIndex: Bool.random(using: &random))
        if let container = try? Container(bytes) {
            #expect(ContainerContent(container).serialized() == bytes)
        }
    }

    /// Damage anywhere, checksums left alone.
    @Test(arguments: 0..<20 as Range<UInt64>) func randomBytesNeverTrap(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let original = RandomContent.make(using: &random).serialized()
        for _ in 0..<100 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            let result = try? Container(bytes)
            #expect(result == nil || bytes == original)
        }
    }

    private func mutate(_ surgery: inout Surgery, using random: inout SplitMix64) {
        let place = Int.random(in: surgery.pieces.indices, using: &random)
        let extremes: [UInt8] = [0, 1, 2, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)]
        switch Int.random(in: 0...9, using: &random) {
        case 0: surgery.pieces.remove(at: place)
        case 1: surgery.pieces.insert(surgery.pieces[place], at: place)
        case 2: surgery.pieces.swapAt(place, Int.random(in: surgery.pieces.indices, using: &random))
        case 3: _ = surgery.pieces[place].payload.popLast()
        case 4: surgery.pieces[place].payload.append(0)
        default:
            guard let at = surgery.pieces[place].payload.indices.randomElement(using: &random),
                let value = extremes.randomElement(using: &random)
            else { return }
            surgery.pieces[place].payload[at] = value
        }
    }
}
