// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import Samples
import TestSupport
import Testing

@Suite struct SampleMapTests {
    static let format = SampleFormat(bitsStored: 16, isSigned: false)

    @Test func denseMapsComeBackInBothCodings() throws {
        for levels in [
            [5], [0, 65_535], [3, 4, 5, 260, 600, 60_000], Array(stride(from: 7, to: 60_000, by: 16)),
        ] {
            for coding in SampleMap.LevelCoding.allCases {
                let bytes = SampleMap.levelBytes(levels, coding: coding)
                let map = SampleMap.dense(levels: levels)
                let payload = map.payload(levels: (coding, bytes.count, false, bytes))
                #expect(try SampleMap(payload: payload, format: Self.format) == map)
            }
        }
    }

    @Test func affineMapsComeBack() throws {
        for (origin, step, maximum) in [(0, 1, 65_535), (-5, 1, 5), (-32_768, 255, 257)] {
            let map = SampleMap.affine(origin: origin, step: step, maximumCode: maximum)
            let format = SampleFormat(bitsStored: origin < 0 ? 16 : 16, isSigned: origin < 0)
            #expect(try SampleMap(payload: map.payload(), format: format) == map)
        }
    }

    @Test func valuesOutsideTheFormatAreRefused() {
        let bad: [(SampleMap, String)] = [
            (.affine(origin: -1, step: 1, maximumCode: 1), "Origin"),
            (.affine(origin: 1, step: 1, maximumCode: 65_535), "Maximum_Code"),
            (.affine(origin: 0, step: 70_000, maximumCode: 1), "Maximum_Code"),
            (.dense(levels: [0, 65_536]), "Level_Bytes"),
        ]
        for (map, field) in bad {
            #expect {
                try SampleMap(payload: map.payload(), format: Self.format)
            } throws: { error in
                if case DecodeError.fieldOutOfRange(field, _) = error { true } else { false }
            }
        }
    }

    @Test func levelCountsMustAgree() {
        let levels = [1, 5, 9]
        for coding in SampleMap.LevelCoding.allCases {
            let bytes = SampleMap.levelBytes(levels + [70], coding: coding)
            let payload = SampleMap.dense(levels: levels).payload(levels: (coding, bytes.count, false, bytes))
            #expect(throws: DecodeError.self) { try SampleMap(payload: payload, format: Self.format) }
        }
    }

    /// Stretched 12 to 16 bits, few levels, and a ladder: the map closes the gaps.
    @Test func gapsAreClosed() throws {
        let stretched = TestImage.make(
            .smooth, extent: Extent(rows: 60, columns: 80),
            format: SampleFormat(bitsStored: 12, isSigned: false), seed: 1)
        let values = stretched.values.map { ($0 * 65_535 + 2047) / 4095 }
        let image = SampleArray(extent: stretched.extent, format: Self.format, values: values)
        let wide = try encodeLossless([image]).count
        let plain = try encodeLossless([stretched]).count
        #expect(wide < plain + 800)
        #expect(try Archive(encodeLossless([image])).samples() == [image])
    }
}
