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
        writer.f64(1)
        writer.bytes([0xAA, 0xBB])
        #expect(
            writer.bytes == [
                0x01, 0x03, 0x02, 0x07, 0x06, 0x05, 0x04, 0x0F, 0x0E, 0x0D, 0x0C, 0x0B, 0x0A, 0x09, 0x08,
                0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xF0, 0x3F, 0xAA, 0xBB,
            ])
    }

    @Test func readsWhatWasWritten() throws {
        var writer = ByteWriter()
        writer.u8(.max)
        writer.u16(.max - 1)
        writer.u32(.max - 2)
        writer.u64(.max - 3)
        writer.f64(-0.1)
        writer.bytes([1, 2, 3])
        var reader = ByteReader(writer.bytes)
        #expect(try reader.u8() == .max)
        #expect(try reader.u16() == .max - 1)
        #expect(try reader.u32() == .max - 2)
        #expect(try reader.u64() == .max - 3)
        #expect(try reader.f64() == -0.1)
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
}
