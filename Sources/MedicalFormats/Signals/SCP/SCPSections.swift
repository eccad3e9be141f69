// SPDX-License-Identifier: Apache-2.0

/// The sections of an SCP-ECG file. (EN 1064, 5.1 to 5.3)
struct SCPSections {
    let bytes: [UInt8]
    /// The content of each section behind its header of 16 bytes, by its number.
    private(set) var contents: [Int: Range<Int>] = [:]
    /// Whether the checksums of the file and of all its sections are right.
    private(set) var hasRightChecksums = true

    /// Whether a file begins with a record length and a pointer section.
    static func recognizes(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 142 else { return false }
        let sections = SCPSections(unchecked: bytes)
        return sections.uint16(8) == 0 && sections.uint32(2) <= bytes.count
            && sections.uint32(10) >= 136 && sections.uint32(10) <= sections.uint32(2)
            && sections.uint16(22) == 0
    }

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    init(_ bytes: [UInt8]) throws(SignalError) {
        self.bytes = bytes
        guard bytes.count >= 22 else {
            throw .truncated(.scp, structure: "the pointer section", needed: 22, available: bytes.count)
        }
        let length = uint32(10)
        guard uint16(8) == 0, length >= 16 + 10, length <= bytes.count - 6 else {
            throw .invalidHeader(.scp, field: "the pointer section", line: 0)
        }
        hasRightChecksums = uint32(2) == bytes.count && checksum(2..<bytes.count) == uint16(0)
        for at in stride(from: 22, to: 6 + length - 9, by: 10) {
            let (number, length, place) = (uint16(at), uint32(at + 2), uint32(at + 6))
            if length == 0 { continue }
            // Places count from 1.
            guard place >= 1, length >= 16, place - 1 <= bytes.count, length <= bytes.count - (place - 1)
            else {
                throw .truncated(
                    .scp, structure: "section \(number)", needed: place + length, available: bytes.count)
            }
            let start = place - 1
            guard uint16(start + 2) == number, contents[number] == nil else {
                throw .invalidHeader(.scp, field: "the pointer to section \(number)", line: 0)
            }
            if checksum(start + 2..<start + length) != uint16(start) { hasRightChecksums = false }
            contents[number] = start + 16..<start + length
        }
    }

    /// The content of a section of at least some bytes; nil if it is absent or empty.
    func content(_ number: Int, atLeast count: Int) throws(SignalError) -> Range<Int>? {
        guard let content = contents[number], !content.isEmpty else { return nil }
        guard content.count >= count else {
            throw .truncated(.scp, structure: "section \(number)", needed: count, available: content.count)
        }
        return content
    }

    func uint16(_ at: Int) -> Int { Int(bytes[at]) | Int(bytes[at + 1]) << 8 }
    func uint32(_ at: Int) -> Int { uint16(at) | uint16(at + 2) << 16 }

    /// The cyclic checksum of EN 1064, 5.2.7: polynomial 0x1021, started with ones.
    private func checksum(_ range: Range<Int>) -> Int {
        var sum: UInt16 = 0xFFFF
        for byte in bytes[range] {
            sum ^= UInt16(byte) << 8
            for _ in 0..<8 { sum = sum & 0x8000 != 0 ? sum << 1 ^ 0x1021 : sum << 1 }
        }
        return Int(sum)
    }
}
