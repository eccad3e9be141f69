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
        /// The value of the field that is named.
        var value: UInt64

        var testDescription: String { "\(chunk).\(field) = \(bytes)" }
    }

    /// 2^64 - 1 and 2^63 - 1 as numbers of variable length.
    static let most = [UInt8](repeating: 0xFF, count: 9) + [0x01]
    static let mostSigned = [UInt8](repeating: 0xFF, count: 8) + [0x7F]

    // swift-format-ignore
    static let imageCases: [Case] = [
        Case(chunk: "GRID", offset: 0, bytes: [4], field: "Flags", value: 4),
        Case(chunk: "GRID", offset: 1, bytes: [0], field: "Bits_Stored", value: 0),
        Case(chunk: "GRID", offset: 1, bytes: [33], field: "Bits_Stored", value: 33),
        Case(chunk: "GRID", offset: 2, bytes: [0], field: "Frames", value: 0),
        Case(chunk: "GRID", offset: 3, bytes: [0], field: "Channels", value: 0),
        Case(chunk: "GRID", offset: 4, bytes: [0], field: "Rows", value: 0),
        Case(chunk: "GRID", offset: 5, bytes: [0], field: "Columns", value: 0),
        Case(chunk: "GRID", offset: 5, bytes: [0x80, 0x80, 0x80, 0x80, 0x10], field: "Columns", value: 1 << 32),
        Case(chunk: "GRID", offset: 5, bytes: most, field: "Columns", value: .max),
        Case(chunk: "MODE", offset: 0, bytes: [0x03], field: "Mode", value: 3),
        Case(chunk: "MODE", offset: 0, bytes: [0x70], field: "Target", value: 7),
        Case(chunk: "MODE", offset: 0, bytes: [0x50], field: "Target", value: 5),
        Case(chunk: "MODE", offset: 0, bytes: [0x01], field: "Target", value: 0),
        Case(chunk: "MODE", offset: 0, bytes: [0x02, 0x80, 0x80, 0x80, 0x80, 0x10], field: "Maximum_Error", value: 1 << 32),
        Case(chunk: "INDX", offset: 3, bytes: [2], field: "Part", value: 1),
        Case(chunk: "LAYR", offset: 0, bytes: [3], field: "Part", value: 1),
        Case(chunk: "LAYR", offset: 0, bytes: most, field: "Part", value: .max >> 1),
        Case(chunk: "LAYR", offset: 1, bytes: [0x10 + 2], field: "First_Level", value: 2),
        Case(chunk: "LAYR", offset: 2, bytes: [1], field: "First_Frame", value: 1),
        Case(chunk: "LAYR", offset: 2, bytes: most, field: "First_Frame", value: .max),
        Case(chunk: "LAYR", offset: 3, bytes: [0], field: "Frame_Count", value: 0),
        Case(chunk: "LAYR", offset: 3, bytes: [2], field: "Frame_Count", value: 2),
        Case(chunk: "LAYR", offset: 4, bytes: [4], field: "First_Tile", value: 4),
        Case(chunk: "LAYR", offset: 5, bytes: [0], field: "Tile_Count", value: 0),
        Case(chunk: "LAYR", offset: 5, bytes: [5], field: "Tile_Count", value: 5),
        Case(chunk: "LAYR", offset: 5, bytes: most, field: "Tile_Count", value: .max),
        Case(chunk: "SRCE", offset: 0, bytes: [11], field: "Format", value: 11),
        Case(chunk: "SRCE", offset: 1, bytes: [3], field: "Flags", value: 3),
        Case(chunk: "SRCE", offset: 1, bytes: [4], field: "Flags", value: 4),
        Case(chunk: "SRCE", offset: 35, bytes: [13], field: "Kept_Bytes", value: 12),
        Case(chunk: "SRCE", offset: 35, bytes: most, field: "Cut_Gap", value: .max),
        Case(chunk: "SRCE", offset: 35, bytes: mostSigned, field: "Cut_Gap", value: .max >> 1),
        Case(chunk: "SRCE", offset: 36, bytes: [1], field: "Cut_Packing", value: 1),
        Case(chunk: "SRCE", offset: 36, bytes: [3], field: "Cut_Packing", value: 3),
        Case(chunk: "SRCE", offset: 36, bytes: [0], field: "Cut_Packing", value: 0),
        Case(chunk: "SRCE", offset: 36, bytes: [8], field: "Cut_Packing", value: 8),
        Case(chunk: "SRCE", offset: 36, bytes: [0x22], field: "Cut_Packing", value: 0x22),
        Case(chunk: "SRCE", offset: 37, bytes: [4], field: "First_Sample", value: 4),
        Case(chunk: "SRCE", offset: 38, bytes: [0], field: "Sample_Count", value: 0),
        Case(chunk: "SRCE", offset: 38, bytes: [5], field: "Sample_Count", value: 5),
        Case(chunk: "SRCE", offset: 38, bytes: most, field: "Sample_Count", value: .max),
        Case(chunk: "SRCE", offset: 39, bytes: [1], field: "Cut_Part", value: 1),
        Case(chunk: "SRCE", offset: 40, bytes: [11], field: "Kept_Bytes", value: 11),
        Case(chunk: "SRCE", offset: 41, bytes: [2], field: "Packing", value: 2),
    ]

    /// Of A.3: its member r.dat begins at 45, its cut at 52.
    // swift-format-ignore
    static let recordingCases: [Case] = [
        Case(chunk: "GRID", offset: 6, bytes: most, field: "Rate_Numerator", value: .max),
        Case(chunk: "GRID", offset: 8, bytes: [0], field: "Rate_Denominator", value: 0),
        Case(chunk: "GRID", offset: 8, bytes: [2], field: "Rate_Denominator", value: 2),
        Case(chunk: "SRCE", offset: 34, bytes: [0], field: "Member_Count", value: 0),
        Case(chunk: "SRCE", offset: 35, bytes: [0], field: "Name_Bytes", value: 0),
        Case(chunk: "SRCE", offset: 51, bytes: [0x8C], field: "Slot_Part", value: 0),
        Case(chunk: "SRCE", offset: 51, bytes: [0x8D], field: "Cut_Packing", value: 13),
        Case(chunk: "SRCE", offset: 51, bytes: [0x90 + 8], field: "Cut_Packing", value: 0x18),
        Case(chunk: "SRCE", offset: 51, bytes: [0x89], field: "Cut_Packing", value: 9),
        Case(chunk: "SRCE", offset: 52, bytes: [0], field: "Repeats", value: 0),
        Case(chunk: "SRCE", offset: 52, bytes: [3], field: "Row_Count", value: 2),
        Case(chunk: "SRCE", offset: 52, bytes: [5], field: "Sample_Count", value: 1),
        Case(chunk: "SRCE", offset: 53, bytes: [0], field: "Slot_Count", value: 0),
        Case(chunk: "SRCE", offset: 54, bytes: [0], field: "Slot_Part", value: 0),
        Case(chunk: "SRCE", offset: 54, bytes: [2], field: "Cut_Part", value: 1),
        Case(chunk: "SRCE", offset: 56, bytes: most, field: "Sample_Count", value: .max),
        Case(chunk: "SRCE", offset: 57, bytes: [0], field: "Row_Count", value: 0),
        Case(chunk: "SRCE", offset: 57, bytes: [3], field: "Row_Count", value: 3),
        Case(chunk: "SRCE", offset: 58, bytes: most, field: "Row_Count", value: 2),
    ]

    // swift-format-ignore
    static let twoPartCases: [Case] = [
        Case(chunk: "MODE", offset: 0, bytes: [0x50], field: "Target", value: 5),
        Case(chunk: "MODE", offset: 5, bytes: [3], field: "Maximum_Error", value: 3),
        Case(chunk: "MODL", offset: 16, bytes: [0x80, 0x80, 0x80, 0x80, 0x10], field: "Version", value: 1 << 32),
        Case(chunk: "LAYR", occurrence: 2, offset: 0, bytes: [4], field: "Part", value: 2),
    ]

    @Test(arguments: imageCases) func outOfRangeFieldsAreNamed(_ wrong: Case) {
        check(wrong, in: Specimens.image)
    }

    @Test(arguments: recordingCases) func outOfRangeFieldsOfRecordingsAreNamed(_ wrong: Case) {
        check(wrong, in: Specimens.recording)
    }

    @Test(arguments: [".hea", "a/b", "a\\b", "C:d", "\u{1}name", "r.dat"]) func membersHavePlainNames(
        name: String
    ) {
        var content = Specimens.recording
        content.source?.members[0].name = name
        #expect(throws: ContainerError.invalidText(chunk: .source, field: "Name")) {
            _ = try Container(content.serialized())
        }
    }

    @Test(arguments: twoPartCases) func outOfRangeFieldsOfLaterPartsAreNamed(_ wrong: Case) {
        check(wrong, in: Specimens.twoParts)
    }

    @Test(
        arguments: [
            ("Target_Value", 1, Float.nan), ("Target_Value", 1, .infinity), ("Target_Value", 1, -1),
            ("Target_Value", 1, 0), ("Target_Value", 1, 1.5), ("Target_Value", 1, 0x1.000002p24),
            ("Mean_Squared_Error", 6, .nan), ("Mean_Squared_Error", 6, .infinity),
            ("Mean_Squared_Error", 6, -0.5), ("Mean_Squared_Error", 6, -0.0), ("Mean_Squared_Error", 6, 0),
        ])
    func realNumbersAreNamed(field: String, offset: Int, value: Float) {
        var surgery = Surgery(Specimens.twoParts.serialized())
        surgery.pieces[surgery.place(of: "MODE")].payload.replaceSubrange(
            offset..<offset + 4, with: Surgery.fixed(Int(value.bitPattern), byteCount: 4))
        #expect(
            throws: ContainerError.realOutOfRange(chunk: .mode, field: field, bitPattern: value.bitPattern)
        ) { _ = try Container(surgery.joined()) }
    }

    @Test(arguments: [-1, -0.0, .infinity, .nan] as [Float]) func targetsArePlainMagnitudes(value: Float) {
        var content = Specimens.image
        content.parts[0].mode = CodingMode(kind: .lossless, target: .psnr, targetValue: value)
        #expect(
            throws: ContainerError.realOutOfRange(
                chunk: .mode, field: "Target_Value", bitPattern: value.bitPattern)
        ) { _ = try Container(content.serialized()) }
    }

    @Test(arguments: [[0xFF], [0x0A], [0x1B], [0x7F], [0xC2, 0x85], [0xED, 0xA0, 0x80]] as [[UInt8]])
    func modelNamesArePrintable(name: [UInt8]) {
        var surgery = Surgery(Specimens.twoParts.serialized())
        surgery.pieces[surgery.place(of: "MODL")].payload.replaceSubrange(17..., with: name)
        #expect(throws: ContainerError.invalidText(chunk: .model, field: "Name")) {
            _ = try Container(surgery.joined())
        }
    }

    @Test(arguments: [0, 256]) func modelNamesHaveOneTo255Bytes(count: Int) {
        var surgery = Surgery(Specimens.twoParts.serialized())
        let name = [UInt8](repeating: 0x61, count: count)
        surgery.pieces[surgery.place(of: "MODL")].payload.replaceSubrange(17..., with: name)
        #expect(
            throws: ContainerError.fieldOutOfRange(
                chunk: .model, field: "length of Name", value: UInt64(count))
        ) { _ = try Container(surgery.joined()) }
    }

    @Test(arguments: ["GRID", "MODE", "DONE"])
    func payloadsHaveTheLengthOfTheirFields(type: String) {
        let original = Surgery(Specimens.twoParts.serialized())
        let length = original.pieces[original.place(of: type)].payload.count
        for count in Array(0..<length) + [length + 1] {
            checkLength(type, count, in: original)
        }
    }

    /// Payloads that end with bytes of any number.
    @Test(arguments: [("MODL", 17), ("LAYR", 6), ("SRCE", 54)])
    func shortPayloadsAreRefused(type: String, least: Int) {
        let content = type == "MODL" ? Specimens.twoParts : Specimens.image
        for count in 0..<least {
            // A record too short for the cut that it states is noticed by the number of cuts.
            if type == "SRCE" && (35...40).contains(count) { continue }
            checkLength(type, count, in: Surgery(content.serialized()))
        }
    }

    /// The index states its entries first, so a short one is noticed by their number.
    @Test func shortIndexesAreRefused() {
        var surgery = Surgery(Specimens.twoParts.serialized())
        let place = surgery.place(of: "INDX")
        surgery.pieces[place].payload.append(0)
        #expect(throws: ContainerError.payloadLength(chunk: .index, expected: 25, found: 26)) {
            _ = try Container(surgery.joined(correctingIndex: false))
        }
        for count in 1..<25 {
            surgery = Surgery(Specimens.twoParts.serialized())
            surgery.pieces[place].payload.removeLast(25 - count)
            #expect(throws: ContainerError.fieldOutOfRange(chunk: .index, field: "Group_Count", value: 3)) {
                _ = try Container(surgery.joined(correctingIndex: false))
            }
        }
        surgery.pieces[place].payload = []
        #expect(throws: ContainerError.payloadLength(chunk: .index, expected: 1, found: 0)) {
            _ = try Container(surgery.joined(correctingIndex: false))
        }
    }

    /// In payloads and in the frame; the offset is that of the number in the file.
    @Test func paddedNumbersAreRefused() {
        var surgery = Surgery(Specimens.image.serialized())
        surgery.pieces[0].payload.replaceSubrange(5..<6, with: [0x82, 0x00])
        #expect(throws: ContainerError.invalidVarint(offset: 0x15)) { _ = try Container(surgery.joined()) }

        var archive = Specimens.image.serialized()
        archive.replaceSubrange(0x0F..<0x10, with: [0x86, 0x00])
        #expect(throws: ContainerError.invalidVarint(offset: 0x0F)) { _ = try Container(archive) }
    }

    private func checkLength(_ type: String, _ count: Int, in original: Surgery) {
        var surgery = original
        let place = surgery.place(of: type)
        let payload = surgery.pieces[place].payload
        surgery.pieces[place].payload = Array((payload + [0]).prefix(count))
        #expect("\(type) with \(count) bytes") {
            _ = try Container(surgery.joined())
        } throws: { error in
            guard case ContainerError.payloadLength(FourCC(type), let expected, count) = error else {
                return false
            }
            return expected > count || count > payload.count
        }
    }

    private func check(_ wrong: Case, in content: ContainerContent) {
        var surgery = Surgery(content.serialized())
        let place = surgery.place(of: wrong.chunk, wrong.occurrence)
        surgery.pieces[place].payload.replaceSubrange(
            wrong.offset..<wrong.offset + 1, with: wrong.bytes)
        let error = ContainerError.fieldOutOfRange(
            chunk: FourCC(wrong.chunk), field: wrong.field, value: wrong.value)
        #expect(throws: error) { _ = try Container(surgery.joined()) }
    }
}
