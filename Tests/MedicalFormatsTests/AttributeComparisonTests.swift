// SPDX-License-Identifier: Apache-2.0
@testable import MedicalFormats
import Testing

@Suite struct AttributeComparisonTests {
    private func file(_ syntax: DICOMBuilder.Syntax = .explicit, _ fill: (inout DICOMBuilder) -> Void)
        -> [UInt8]
    {
        var dataset = DICOMBuilder(syntax)
        dataset.identify()
        fill(&dataset)
        return DICOMBuilder.file(syntax.rawValue, dataset.bytes)
    }

    @Test func equalDataSetsOfAnySyntaxDoNotDiffer() throws {
        let files = DICOMBuilder.Syntax.allCases.map { syntax in
            file(syntax) {
                $0.text(0x10, 0x20, "LO", "abc")
                $0.describe(DICOMBuilder.Image())
            }
        }
        for one in files {
            for other in files { #expect(try compareAttributes(one, other).isEmpty) }
        }
    }

    @Test func differencesAreNamedByTagAndNeverByValue() throws {
        let one = file {
            $0.text(0x10, 0x20, "LO", "secret")
            $0.number(0x28, 0x10, 3)
            $0.text(0x09, 0x1001, "LO", "x")
        }
        let other = file {
            $0.text(0x10, 0x20, "LO", "hidden")
            $0.number(0x28, 0x11, 3)
        }
        let differences = try compareAttributes(one, other)
        #expect(
            differences == [
                AttributeDifference(tag: "(0009,1001)", keyword: "", what: .onlyInFirst),
                AttributeDifference(tag: "(0010,0020)", keyword: "PatientID", what: .differs),
                AttributeDifference(tag: "(0028,0010)", keyword: "Rows", what: .onlyInFirst),
                AttributeDifference(tag: "(0028,0011)", keyword: "Columns", what: .onlyInSecond),
            ])
    }

    @Test func paddingAndPixelDataAreNoDifference() throws {
        let one = file {
            $0.text(0x10, 0x20, "LO", "abc")
            $0.element(0x7FE0, 0x10, "OW", [1, 2])
        }
        let other = file { $0.element(0x10, 0x20, "LO", Array("abc\0  ".utf8)) }
        #expect(try compareAttributes(one, other).isEmpty)
    }

    /// Items of defined and undefined length are alike; a difference inside has the path of its items.
    @Test(arguments: [DICOMBuilder.Syntax.explicit, .implicit])
    func sequencesAreComparedInside(syntax: DICOMBuilder.Syntax) throws {
        func sequence(_ identifiers: [String]) -> [UInt8] {
            var items = DICOMBuilder(syntax)
            for identifier in identifiers {
                var item = DICOMBuilder(syntax)
                item.text(0x08, 0x1155, "UI", identifier)
                items.delimiter(0xE000, length: item.bytes.count)
                items.raw(item.bytes)
            }
            return file(syntax) { $0.element(0x08, 0x2112, "SQ", items.bytes) }
        }
        let inside = try compareAttributes(sequence(["1", "2"]), sequence(["1", "3"]))
        #expect(inside.map(\.tag) == ["(0008,2112)[2].(0008,1155)"])
        #expect(inside.map(\.keyword) == ["ReferencedSOPInstanceUID"])
        let missing = try compareAttributes(sequence(["1", "2"]), sequence(["1"]))
        #expect(missing.map(\.tag) == ["(0008,2112)"])
        #expect(missing.map(\.what) == [.differs])
    }

    @Test func otherFilesAreRefused() {
        #expect(throws: MedicalFileError.unrecognizedFormat) {
            try compareAttributes(file { _ in }, Array("P5 1 1 255\n\u{1}".utf8))
        }
    }
}
