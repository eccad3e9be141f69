// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Testing

@Suite struct ContainerErrorTests {
    /// Each case is told in one line that has its values in it.
    @Test(
        arguments: [
            (.invalidSignature([0x50, 0x4B]), ["50 4B"]),
            (.unsupportedVersion(ContainerVersion(major: 3, minor: 14)), ["3.14", "0.4 to 0.7"]),
            (.reservedHeaderFlags(0x80), ["0x80"]),
            (.truncated(offset: 12, needed: 345, available: 67), ["12", "345", "67"]),
            (.trailingBytes(offset: 12, count: 345), ["12", "345"]),
            (.invalidChunkType([0, 1, 2, 3], offset: 45), ["00 01 02 03", "45"]),
            (
                .checksumMismatch(chunk: .grid, offset: 12, stored: 0xAB, computed: 0xCDEF_0123),
                ["GRID", "12", "0x000000AB", "0xCDEF0123"]
            ),
            (.unknownCriticalChunk(FourCC("ABCD"), offset: 12), ["ABCD", "12"]),
            (.unexpectedChunk(.grid, offset: 12, expected: [.mode, .done]), ["GRID", "12", "MODE", "DONE"]),
            (.invalidVarint(offset: 345), ["345", "shortest"]),
            (.payloadLength(chunk: .mode, expected: 28, found: 27), ["MODE", "28", "27"]),
            (.fieldOutOfRange(chunk: .grid, field: "Rows", value: 77), ["GRID", "Rows", "77"]),
            (
                .realOutOfRange(chunk: .mode, field: "Target_Value", bitPattern: Float(1.5).bitPattern),
                ["MODE", "Target_Value", "1.5"]
            ),
            (.invalidText(chunk: .model, field: "Name"), ["MODL", "Name"]),
            (.misplacedBaseGroup(offset: 12), ["12"]),
            (.groupCountMismatch(index: 12, found: 34), ["12", "34"]),
            (.indexMismatch(entry: 5, field: "Gap", stated: 67, found: 89), ["5", "Gap", "67", "89"]),
            (.trailerMismatch(stated: 12, found: 34), ["12", "34"]),
            (.invalidTrailer([9]), ["09"]),
            (.sampleLimit(samples: 12, limit: 34), ["12", "34"]),
            (.sampleLimit(samples: .max, limit: 34), ["2^64", "34"]),
            (.countLimit(chunk: .index, field: "Group_Count", count: 12, limit: 34), ["INDX", "12", "34"]),
        ] as [(ContainerError, [String])])
    func tellsItsValues(error: ContainerError, words: [String]) {
        let text = error.description
        for word in words { #expect(text.contains(word), "\(text)") }
        #expect(!text.contains("\n"))
    }
}
