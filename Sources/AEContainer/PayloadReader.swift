// SPDX-License-Identifier: Apache-2.0

/// Reads the fields of one payload; what is wrong with them is told with their names. (Spec 4)
struct PayloadReader {
    /// The type of the chunk.
    let type: FourCC

    private var reader: ByteReader
    private let start: Int
    private let end: Int

    /// Starts at the first byte of a payload.
    init(_ type: FourCC, _ payload: ArraySlice<UInt8>) {
        self.type = type
        reader = ByteReader(payload)
        start = payload.startIndex
        end = payload.endIndex
    }

    /// Bytes that are left.
    var remaining: Int { reader.remaining }

    /// The next byte.
    mutating func u8() throws(ContainerError) -> UInt8 {
        try require(1)
        return try reader.u8()
    }

    /// The next four bytes as a real number.
    mutating func f32() throws(ContainerError) -> Float {
        try require(4)
        return try reader.f32()
    }

    /// The next `count` bytes.
    mutating func bytes(_ count: Int) throws(ContainerError) -> ArraySlice<UInt8> {
        try require(count)
        return try reader.bytes(count)
    }

    /// All bytes that are left.
    mutating func rest() -> ArraySlice<UInt8> { reader.rest() }

    /// The next number of variable length.
    mutating func varint() throws(ContainerError) -> UInt64 {
        do throws(ContainerError) { return try reader.varint() } catch {
            if case .truncated = error { throw lengthError(end - start + 1) }
            throw error
        }
    }

    /// The next number of variable length, which must be in a range.
    mutating func varint(_ field: String, _ allowed: ClosedRange<Int>) throws(ContainerError) -> Int {
        let value = try varint()
        guard let number = Int(exactly: value), allowed.contains(number) else {
            throw .fieldOutOfRange(chunk: type, field: field, value: value)
        }
        return number
    }

    /// Throws if bytes are left.
    func finish() throws(ContainerError) {
        guard remaining == 0 else { throw lengthError(end - start - remaining) }
    }

    private func require(_ count: Int) throws(ContainerError) {
        guard count <= remaining else {
            let expected = (end - start - remaining).addingReportingOverflow(count)
            throw lengthError(expected.overflow ? .max : expected.partialValue)
        }
    }

    private func lengthError(_ expected: Int) -> ContainerError {
        .payloadLength(chunk: type, expected: expected, found: end - start)
    }
}
