// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Testing

@Suite struct ByteFieldTests {
    @Test func fieldsAreLittleEndian() {
        var writer = ByteWriter()
        writer.u8(0x01)
        writer.u16(0x0203)
        writer.u32(0x0405_0607)
        writer.u64(0x0809_0A0B_0C0D_0E0F)
        writer.f32(1)
        writer.bytes([0xAA, 0xBB])
        #expect(
            writer.bytes == [
                0x01, 0x03, 0x02, 0x07, 0x06, 0x05, 0x04, 0x0F, 0x0E, 0x0D, 0x0C, 0x0B, 0x0A, 0x09, 0x08,
                0x00, 0x00, 0x80, 0x3F, 0xAA, 0xBB,
            ])
    }

    @Test func readsWhatWasWritten() throws {
        var writer = ByteWriter()
        writer.u8(.max)
        writer.u16(.max - 1)
        writer.u32(.max - 2)
        writer.u64(.max - 3)
        writer.f32(-0.1)
        writer.bytes([1, 2, 3])
        var reader = ByteReader(writer.bytes)
        #expect(try reader.u8() == .max)
        #expect(try reader.u16() == .max - 1)
        #expect(try reader.u32() == .max - 2)
        #expect(try reader.u64() == .max - 3)
        #expect(try reader.f32() == -0.1)
        #expect(try reader.bytes(2) == [1, 2])
        #expect(reader.remaining == 1)
        #expect(reader.rest() == [3])
        #expect(reader.remaining == 0)
    }

    @Test(arguments: [-1, 4, Int.max, Int.min]) func nothingIsReadPastTheEnd(count: Int) {
        var reader = ByteReader([0, 1, 2, 3, 4][2...])
        #expect(throws: ContainerError.truncated(offset: 2, needed: count, available: 3)) {
            _ = try reader.bytes(count)
        }
        #expect(throws: ContainerError.truncated(offset: 2, needed: 4, available: 3)) { _ = try reader.u32() }
        #expect(reader.remaining == 3)
    }

    /// From the examples of LEB128 in DWARF 4, figure 22, and the ends of the range.
    static let numbers: [(UInt64, [UInt8])] = [
        (0, [0x00]), (2, [0x02]), (127, [0x7F]), (128, [0x80, 0x01]), (129, [0x81, 0x01]),
        (130, [0x82, 0x01]), (12857, [0xB9, 0x64]), (1 << 32, [0x80, 0x80, 0x80, 0x80, 0x10]),
        (1 << 63, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]),
        (.max, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
    ]

    @Test(arguments: numbers) func numbersOfVariableLength(value: UInt64, bytes: [UInt8]) throws {
        var writer = ByteWriter()
        writer.varint(value)
        #expect(writer.bytes == bytes)
        var reader = ByteReader(bytes + [0x55])
        #expect(try reader.varint() == value)
        #expect(reader.remaining == 1)
        for count in bytes.indices {
            var short = ByteReader(bytes[..<count])
            #expect(throws: ContainerError.truncated(offset: 0, needed: count + 1, available: count)) {
                _ = try short.varint()
            }
        }
    }

    /// Longer forms, and numbers of 65 bits and more.
    @Test(
        arguments: [
            [0x80, 0x00], [0xFF, 0x00], [0x81, 0x80, 0x00],
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
            [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
        ] as [[UInt8]])
    func onlyTheShortestFormIsRead(bytes: [UInt8]) {
        var reader = ByteReader([7] + bytes)
        #expect(throws: Never.self) { _ = try reader.u8() }
        #expect(throws: ContainerError.invalidVarint(offset: 1)) { _ = try reader.varint() }
        #expect(reader.remaining == bytes.count)
    }
}
