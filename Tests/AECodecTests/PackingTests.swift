// SPDX-License-Identifier: Apache-2.0
import AECodec
@testable import AECodecEncoder
import AEContainer
import TestSupport
import Testing

@Suite struct StreamHeaderTests {
    static let headers: [StreamHeader] = [
        StreamHeader(form: .constant(513), rawBits: 3, symbolCount: 100),
        StreamHeader(form: .bytes, rawBits: 15, symbolCount: 1000, escapeCount: 7, escapeByteCount: 9),
        StreamHeader(form: .bytes, rawBits: 0, preset: 3, symbolCount: 1000, packedByteCount: 300),
        StreamHeader(
            form: .digits(radix: 6), rawBits: 1, symbolCount: 70_000, escapeCount: 1, escapeByteCount: 1,
            packedByteCount: 20_000),
        StreamHeader(
            form: .digits(radix: 254), rawBits: 0, symbolCount: 5000, escapeCount: 400, escapeByteCount: 1000,
            packedEscapeByteCount: 300, packedByteCount: 4000),
        StreamHeader(form: .runs(tokenCount: 12), rawBits: 2, symbolCount: 5000, extraBitCount: 90),
        StreamHeader(form: .bytes, rawBits: 0, symbolCount: 900, packedByteCount: 300, packing: .block),
        StreamHeader(
            form: .digits(radix: 16), rawBits: 1, preset: 15, symbolCount: 900, escapeCount: 2,
            escapeByteCount: 4, packedByteCount: 300, packing: .sequences),
    ]

    @Test(arguments: headers) func headersComeBack(header: StreamHeader) throws {
        var writer = ByteWriter()
        header.write(to: &writer)
        var reader = ByteReader(writer.bytes + [UInt8](repeating: 0, count: 30_000))
        #expect(try StreamHeader(&reader, limit: 70_000) == header)
        #expect(reader.offset == writer.bytes.count)
    }

    @Test(arguments: headers) func everyTruncationIsAnError(header: StreamHeader) {
        var writer = ByteWriter()
        header.write(to: &writer)
        for length in writer.bytes.indices {
            var reader = ByteReader(Array(writer.bytes.prefix(length)))
            #expect(throws: DecodeError.self) { try StreamHeader(&reader, limit: 70_000) }
        }
    }

    @Test(
        arguments: [
            ([0x0D, 1], "Form"), ([0x40, 1, 0, 0], "Form"), ([0x09, 1], "Form"), ([0x15, 1, 1, 9], "Form"),
            ([0x81, 16, 1], "Raw_Bits"), ([0x81, 0, 1], "Raw_Bits"),
            ([2, 1, 2], "Radix"), ([2, 1, 255], "Radix"), ([1, 101], "Symbol_Count"),
            ([0x41, 5, 6], "Escape_Count"), ([0x41, 5, 0], "Escape_Count"),
            ([0x41, 5, 2, 7, 0], "Escape_Bytes"), ([0x41, 5, 2, 3, 9], "Packed_Escape_Bytes"),
            ([3, 5, 6, 0], "Token_Count"), ([3, 5, 2, 71], "Extra_Bits"),
            ([0x11, 5, 9], "Packed_Bytes"),
            ([0x31, 5, 1, 0, 9], "Preset"), ([0x31, 5, 1, 15, 9], "Preset"), ([0x35, 5, 1, 14, 9], "Preset"),
            ([0x35, 5, 1, 35, 9], "Preset"), ([0x21, 5, 1], "Preset"),
        ] as [([UInt8], String)])
    func fieldsOutOfRangeAreNamed(bytes: [UInt8], field: String) {
        var reader = ByteReader(bytes)
        #expect {
            try StreamHeader(&reader, limit: 100)
        } throws: { error in
            if case DecodeError.fieldOutOfRange(field, _) = error { true } else { false }
        }
    }
}

@Suite struct PredictionParametersTests {
    static let parameters = PredictionParameters(
        tapCount: 4, weightShift: 12,
        predictors: [
            .init(weights: [4096, -200, 3, 0], bias: -77), .init(weights: [0, 0, 0, 1], bias: 1 << 24),
        ],
        hasLabels: true, repeats: true, errorShift: 2, scaleWeights: (0..<10).map { UInt16(100 * $0) },
        curveShift: 7,
        curveExponent: 1, curve: (0..<32).map { UInt16($0 * 2000) }, classStarts: [1, 30, 96],
        initialCodes: [7, 65_535])

    @Test func parametersComeBack() throws {
        #expect(
            try PredictionParameters(bytes: Self.parameters.bytes, tileCount: 2, maximumCode: 4095)
                == Self.parameters)
        var flat = Self.parameters
        flat.curve = [UInt16](repeating: 0, count: 32)
        flat.curveExponent = 0
        #expect(try PredictionParameters(bytes: flat.bytes, tileCount: 2, maximumCode: 4095) == flat)
        var paired = Self.parameters
        paired.signWeight = 32_767
        paired.textureLimit = 81
        #expect(try PredictionParameters(bytes: paired.bytes, tileCount: 2, maximumCode: 4095) == paired)
        #expect(paired.labelCount == 1 && Self.parameters.labelCount == 2)
    }

    @Test func setsByTextureArePairs() {
        var three = Self.parameters
        three.textureLimit = 5
        three.predictors.append(three.predictors[0])
        var many = Self.parameters
        many.predictors = [PredictionParameters.Predictor](repeating: many.predictors[0], count: 10)
        var unlabeled = Self.parameters
        unlabeled.textureLimit = 5
        unlabeled.predictors += unlabeled.predictors
        unlabeled.hasLabels = false
        var limit = Self.parameters
        limit.textureLimit = 32_768
        var weight = Self.parameters
        weight.signWeight = 32_768
        for bad in [three, many, unlabeled, limit, weight] {
            #expect(throws: DecodeError.self) {
                try PredictionParameters(bytes: bad.bytes, tileCount: 2, maximumCode: 4095)
            }
        }
    }

    @Test func streamsFollowTheClassStarts() {
        let map = Self.parameters.streamOfClass
        #expect(map[0] == 0)
        #expect(map[1...29].allSatisfy { $0 == 1 })
        #expect(map[30...95].allSatisfy { $0 == 2 })
        #expect(map[96] == 3)
    }

    @Test(
        arguments: [
            (0, 3, "Tap_Count"), (0, 30, "Tap_Count"), (1, 15, "Weight_Shift"), (2, 9, "Predictor_Count"),
            (3, 32, "Prediction_Flags"), (2, 17, "Predictor_Count"),
            (3, 2, "Prediction_Flags"), (4, 9, "Error_Shift"), (5, 12, "Curve_Shift"), (5, 6, "Curve_Shift"),
            (6, 10, "Curve_Exponent"),
            (7, 98, "Stream_Count"), (7, 0, "Stream_Count"),
        ] as [(Int, UInt8, String)])
    func fieldsOutOfRangeAreNamed(offset: Int, value: UInt8, field: String) {
        var bytes = Self.parameters.bytes
        bytes[offset] = value
        #expect {
            try PredictionParameters(bytes: bytes, tileCount: 2, maximumCode: 4095)
        } throws: { error in
            if case DecodeError.fieldOutOfRange(field, _) = error { true } else { false }
        }
    }

    /// The bounds that keep 32-bit sums from overflowing.
    @Test func weightsAndBiasHaveBounds() {
        var heavy = Self.parameters
        heavy.predictors[0].weights = [32_767, -1, 0, 0]
        var biased = Self.parameters
        biased.predictors[0].bias = 1 << 24 + 1
        var steep = Self.parameters
        steep.scaleWeights[3] = 1024
        var unordered = Self.parameters
        unordered.classStarts = [30, 30, 40]
        for bad in [heavy, biased, steep, unordered] {
            #expect(throws: DecodeError.self) {
                try PredictionParameters(bytes: bad.bytes, tileCount: 2, maximumCode: 4095)
            }
        }
    }
}

@Suite struct PresetTests {
    /// Both sides of zstd take every table; Debian 12's refuses tables with gaps when compressing.
    @Test(arguments: PresetTables.all.indices) func everyPresetPacksAndUnpacks(index: Int) throws {
        let isOfRuns = PresetTables.all[index].form == 3
        let bytes = (0..<400).map { UInt8(truncatingIfNeeded: $0 * $0 / 900 % 7) << (isOfRuns ? 4 : 0) | 1 }
        let compressor = try #require(ZstdCompressor())
        let isOfSequences = PresetTables.all[index].isOfSequences
        let packed = try #require(
            isOfSequences
                ? compressor.packSequences(bytes, count: bytes.count, preset: index + 1)
                : compressor.pack(bytes, count: bytes.count, preset: index + 1))
        let without = try #require(compressor.pack(bytes, count: bytes.count))
        #expect(packed.bytes != without.bytes)
        #expect(try SequenceTests.unpacked(packed, byteCount: bytes.count) == bytes)
    }

    /// A class start after the last raw class is refused, not a trap.
    @Test func classStartsEndWithTheLastRawClass() {
        var parameters = PredictionParametersTests.parameters
        parameters.classStarts = [1, 96, 97]
        #expect(throws: DecodeError.self) {
            try PredictionParameters(bytes: parameters.bytes, tileCount: 2, maximumCode: 4095)
        }
    }
}
