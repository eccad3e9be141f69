// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Testing

/// Every field with a range, one step outside of it, in an archive whose checksums are right.
@Suite struct FieldRangeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var chunk: String
        var occurrence = 0
        var offset: Int
        var bytes: [UInt8]
        var field: String
        /// The value of the field that is named, where that is another than the one changed.
        var namedValue: UInt64?

        var testDescription: String { "\(chunk).\(field) = \(bytes)" }
        var value: UInt64 { namedValue ?? bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    }

    // swift-format-ignore
    static let imageCases: [Case] = [
        Case(chunk: "GRID", offset: 0, bytes: [1], field: "Part"),
        Case(chunk: "GRID", offset: 1, bytes: [2], field: "Kind"),
        Case(chunk: "GRID", offset: 2, bytes: [0], field: "Bits_Stored"),
        Case(chunk: "GRID", offset: 2, bytes: [33], field: "Bits_Stored"),
        Case(chunk: "GRID", offset: 3, bytes: [2], field: "Flags"),
        Case(chunk: "GRID", offset: 4, bytes: [0, 0, 0, 0], field: "Frames"),
        Case(chunk: "GRID", offset: 8, bytes: [0, 0, 0, 0], field: "Channels"),
        Case(chunk: "GRID", offset: 12, bytes: [0, 0, 0, 0], field: "Rows"),
        Case(chunk: "GRID", offset: 16, bytes: [0, 0, 0, 0], field: "Columns"),
        Case(chunk: "MODE", offset: 0, bytes: [1], field: "Part"),
        Case(chunk: "MODE", offset: 1, bytes: [3], field: "Mode"),
        Case(chunk: "MODE", offset: 2, bytes: [7], field: "Target"),
        Case(chunk: "MODE", offset: 2, bytes: [5], field: "Target"),
        Case(chunk: "MODE", offset: 3, bytes: [1], field: "Reserved"),
        Case(chunk: "MODE", offset: 12, bytes: [1, 0, 0, 0, 0, 0, 0, 0], field: "Maximum_Error"),
        Case(chunk: "SMAP", offset: 0, bytes: [1], field: "Part"),
        Case(chunk: "PARM", offset: 0, bytes: [1], field: "Part"),
        Case(chunk: "INDX", offset: 20, bytes: [1], field: "Part"),
        Case(chunk: "LAYR", offset: 0, bytes: [1], field: "Part"),
        Case(chunk: "LAYR", offset: 1, bytes: [2], field: "Layer"),
        Case(chunk: "LAYR", offset: 2, bytes: [1], field: "First_Level"),
        Case(chunk: "LAYR", offset: 3, bytes: [32], field: "Last_Level"),
        Case(chunk: "LAYR", offset: 4, bytes: [1, 0, 0, 0], field: "First_Frame"),
        Case(chunk: "LAYR", offset: 4, bytes: [255, 255, 255, 255], field: "First_Frame"),
        Case(chunk: "LAYR", offset: 8, bytes: [0, 0, 0, 0], field: "Frame_Count"),
        Case(chunk: "LAYR", offset: 8, bytes: [2, 0, 0, 0], field: "Frame_Count"),
        Case(chunk: "LAYR", offset: 12, bytes: [4, 0, 0, 0], field: "First_Tile"),
        Case(chunk: "LAYR", offset: 16, bytes: [0, 0, 0, 0], field: "Tile_Count"),
        Case(chunk: "LAYR", offset: 16, bytes: [5, 0, 0, 0], field: "Tile_Count"),
        Case(chunk: "LAYR", offset: 16, bytes: [255, 255, 255, 255], field: "Tile_Count"),
        Case(chunk: "SRCE", offset: 0, bytes: [0], field: "Format"),
        Case(chunk: "SRCE", offset: 0, bytes: [4], field: "Format"),
        Case(chunk: "SRCE", offset: 0, bytes: [3], field: "Flags", namedValue: 1),
        Case(chunk: "SRCE", offset: 1, bytes: [2], field: "Flags"),
        Case(chunk: "SRCE", offset: 2, bytes: [1, 0], field: "Reserved"),
        Case(chunk: "SRCE", offset: 4, bytes: [21, 0, 0, 0, 0, 0, 0, 0], field: "File_Bytes"),
        Case(chunk: "SRCE", offset: 48, bytes: [13, 0, 0, 0, 0, 0, 0, 0], field: "Kept_Bytes", namedValue: 12),
        Case(chunk: "SRCE", offset: 48, bytes: [255, 255, 255, 255, 255, 255, 255, 255], field: "Cut_Offset"),
        Case(chunk: "SRCE", offset: 48, bytes: [255, 255, 255, 255, 255, 255, 255, 127], field: "Cut_Offset"),
        Case(chunk: "SRCE", offset: 56, bytes: [4, 0, 0, 0, 0, 0, 0, 0], field: "First_Sample"),
        Case(chunk: "SRCE", offset: 64, bytes: [0, 0, 0, 0, 0, 0, 0, 0], field: "Sample_Count"),
        Case(chunk: "SRCE", offset: 64, bytes: [5, 0, 0, 0, 0, 0, 0, 0], field: "Sample_Count"),
        Case(chunk: "SRCE", offset: 64, bytes: [255, 255, 255, 255, 255, 255, 255, 255], field: "Sample_Count"),
        Case(chunk: "SRCE", offset: 72, bytes: [1], field: "Cut_Part"),
        Case(chunk: "SRCE", offset: 73, bytes: [1], field: "Cell_Bytes"),
        Case(chunk: "SRCE", offset: 73, bytes: [3], field: "Cell_Bytes"),
        Case(chunk: "SRCE", offset: 74, bytes: [2], field: "Cut_Flags"),
        Case(chunk: "SRCE", offset: 75, bytes: [1], field: "Cut_Reserved"),
        Case(chunk: "SRCE", offset: 84, bytes: [2], field: "Packing"),
        Case(chunk: "DONE", offset: 0, bytes: [2], field: "Part_Count"),
    ]

    // swift-format-ignore
    static let twoPartCases: [Case] = [
        Case(chunk: "GRID", occurrence: 1, offset: 0, bytes: [0], field: "Part"),
        Case(chunk: "MODE", offset: 1, bytes: [0], field: "Target", namedValue: 5),
        Case(chunk: "MODE", offset: 12, bytes: [3, 0, 0, 0, 0, 0, 0, 0], field: "Maximum_Error"),
        Case(chunk: "MODE", occurrence: 1, offset: 0, bytes: [0], field: "Part"),
        Case(chunk: "MODL", offset: 0, bytes: [1], field: "Part"),
        Case(chunk: "MODL", offset: 37, bytes: [0], field: "Name_Length"),
        Case(chunk: "SMAP", occurrence: 1, offset: 0, bytes: [0], field: "Part"),
        Case(chunk: "PARM", occurrence: 1, offset: 0, bytes: [2], field: "Part"),
        Case(chunk: "LAYR", occurrence: 2, offset: 0, bytes: [2], field: "Part"),
        Case(chunk: "DONE", offset: 0, bytes: [0], field: "Part_Count"),
    ]

    @Test(arguments: imageCases) func outOfRangeFieldsAreNamed(_ wrong: Case) {
        check(wrong, in: Specimens.image)
    }

    @Test(arguments: twoPartCases) func outOfRangeFieldsOfLaterPartsAreNamed(_ wrong: Case) {
        check(wrong, in: Specimens.twoParts)
    }

    @Test(
        arguments: [
            ("Target_Value", 4, Double.nan), ("Target_Value", 4, .infinity), ("Target_Value", 4, -1),
            ("Target_Value", 4, 0), ("Target_Value", 4, 1.5), ("Target_Value", 4, 0x1p32),
            ("Mean_Squared_Error", 20, .nan), ("Mean_Squared_Error", 20, .infinity),
            ("Mean_Squared_Error", 20, -0.5), ("Mean_Squared_Error", 20, -0.0), ("Mean_Squared_Error", 20, 0),
        ])
    func realNumbersAreNamed(field: String, offset: Int, value: Double) {
        var surgery = Surgery(Specimens.twoParts.serialized())
        let bits = Int(bitPattern: UInt(value.bitPattern))
        surgery.pieces[surgery.place(of: "MODE")].payload.replaceSubrange(
            offset..<offset + 8, with: Surgery.u64(bits))
        #expect(
            throws: ContainerError.realOutOfRange(chunk: .mode, field: field, bitPattern: value.bitPattern)
        ) { _ = try Container(surgery.joined()) }
    }

    @Test(arguments: [[0xFF], [0x0A], [0x1B], [0x7F], [0xC2, 0x85], [0xED, 0xA0, 0x80]] as [[UInt8]])
    func modelNamesArePrintable(name: [UInt8]) {
        var surgery = Surgery(Specimens.twoParts.serialized())
        let place = surgery.place(of: "MODL")
        surgery.pieces[place].payload.replaceSubrange(37..., with: [UInt8(name.count)] + name)
        #expect(throws: ContainerError.invalidText(chunk: .model, field: "Name")) {
            _ = try Container(surgery.joined())
        }
    }

    @Test(arguments: ["GRID", "MODE", "MODL", "INDX", "DONE"])
    func payloadsHaveTheLengthOfTheirFields(type: String) {
        let original = Surgery(Specimens.twoParts.serialized())
        let place = original.place(of: type)
        let length = original.pieces[place].payload.count
        for change in [-length, -1, 1] {
            var surgery = original
            if change < 0 {
                surgery.pieces[place].payload.removeLast(-change)
            } else {
                surgery.pieces[place].payload.append(0)
            }
            #expect("\(type) with \(length + change) bytes") {
                _ = try Container(surgery.joined())
            } throws: { error in
                guard case ContainerError.payloadLength(FourCC(type), _, length + change) = error else {
                    return false
                }
                return true
            }
        }
    }

    @Test(arguments: [("SMAP", 0), ("PARM", 0), ("LAYR", 19), ("SRCE", 56), ("SRCE", 84), ("SRCE", 96)])
    func shortPayloadsAreRefused(type: String, length: Int) {
        var surgery = Surgery(Specimens.image.serialized())
        let place = surgery.place(of: type)
        surgery.pieces[place].payload.removeSubrange(length...)
        #expect {
            _ = try Container(surgery.joined())
        } throws: { error in
            guard case ContainerError.payloadLength(FourCC(type), _, length) = error else { return false }
            return true
        }
    }

    private func check(_ wrong: Case, in content: ContainerContent) {
        var surgery = Surgery(content.serialized())
        let place = surgery.place(of: wrong.chunk, wrong.occurrence)
        surgery.pieces[place].payload.replaceSubrange(
            wrong.offset..<wrong.offset + wrong.bytes.count, with: wrong.bytes)
        let error = ContainerError.fieldOutOfRange(
            chunk: FourCC(wrong.chunk), field: wrong.field, value: wrong.value)
        #expect(throws: error) { _ = try Container(surgery.joined()) }
    }
}
