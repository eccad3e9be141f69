// SPDX-License-Identifier: Apache-2.0
import AEContainer

/// The payload of `PARM` of a lossy signal. (Spec/signals.md, section 1)
package struct SignalPyramidParameters: Equatable, Sendable {
    /// A window has 2^windowExponent instants; the last one what is left.
    package var windowExponent: Int
    /// Levels of the pyramid, 1 to 15.
    package var levelCount: Int
    /// The finest of them, whose details are predicted from waveforms before, chunk by chunk.
    package var predictedLevels: Int
    /// A chunk has 2^chunkExponent instants.
    package var chunkExponent: Int
    /// Fraction bits of coefficients.
    package var fractionBits: Int
    /// How latents are quantised.
    package var quantizer: PyramidParameters.Quantizer
    /// The step that those of all details follow from, in units of 2^-8 of a coefficient unit.
    package var commonStep: UInt32
    /// The step of the low band, in the same units.
    package var lowStep: UInt32
    /// Instants of a waveform before and after its time.
    package var before: Int
    package var after: Int
    /// Steps of the predicted levels change between segments of 2^segmentExponent chunks; nil if they never do.
    package var segmentExponent: Int?
    /// Whether residuals are coded by probabilities that learn.
    package var isAdaptive: Bool
    /// What the leads are made of; nil if every lead is coded as it is.
    package var mixing: RowMixing?

    static let windowExponents = 10...24
    static let longestWaveform = 1 << 14

    /// Makes parameters; steps are rounded to those that an archive can state.
    package init(
        windowExponent: Int, levelCount: Int, predictedLevels: Int, chunkExponent: Int, fractionBits: Int,
        quantizer: PyramidParameters.Quantizer, commonStep: UInt32, lowStep: UInt32, before: Int, after: Int,
        segmentExponent: Int? = nil, isAdaptive: Bool = false, mixing: RowMixing?
    ) {
        self.windowExponent = windowExponent
        self.levelCount = levelCount
        self.predictedLevels = predictedLevels
        self.chunkExponent = chunkExponent
        self.fractionBits = fractionBits
        self.quantizer = quantizer
        self.commonStep = PyramidParameters.representable(commonStep)
        self.lowStep = PyramidParameters.representable(lowStep)
        self.before = before
        self.after = after
        self.segmentExponent = segmentExponent
        self.isAdaptive = isAdaptive
        self.mixing = mixing
    }

    /// Reads the payload of a part of so many leads.
    package init(payload: [UInt8], rows: Int) throws(DecodeError) {
        var reader = ByteReader(payload)
        do {
            windowExponent = try Self.field(&reader, "Window_Exponent", Self.windowExponents)
            levelCount = try Self.field(
                &reader, "Pyramid_Levels", 1...min(windowExponent, SignalModel.maximumLevels))
            predictedLevels = try Self.field(&reader, "Predicted_Levels", 0...min(levelCount, 12))
            chunkExponent = try Self.field(&reader, "Chunk_Exponent", predictedLevels...16)
            fractionBits = try Self.field(&reader, "Fraction_Bits", 0...8)
            let number = try Self.field(&reader, "Quantizer", 0...7)
            quantizer = number & 1 == 0 ? .scalar : .dependent
            isAdaptive = number & Int(PyramidParameters.adaptiveFlag) != 0
            commonStep = PyramidParameters.step(try reader.u16())
            lowStep = PyramidParameters.step(try reader.u16())
            before = try reader.varint(field: "Waveform_Before", atMost: Self.longestWaveform)
            after = try reader.varint(field: "Waveform_After", atMost: Self.longestWaveform)
            segmentExponent =
                number & 2 == 0
                ? nil : try Self.field(&reader, "Segment_Exponent", 0...24 - chunkExponent)
            let channels = try reader.varint(field: "Channel_Count", atMost: rows)
            mixing = channels == 0 ? nil : try RowMixing(&reader, rows: rows, channels: channels)
        } catch let error as ContainerError {
            throw .container(error)
        } catch let error as DecodeError { throw error } catch { throw .damagedSource }
        guard reader.remaining == 0 else {
            throw .fieldOutOfRange(field: "length of PARM", value: payload.count)
        }
    }

    private static func field(
        _ reader: inout ByteReader, _ name: String, _ range: ClosedRange<Int>
    ) throws -> Int {
        let value = Int(try reader.u8())
        guard range.contains(value) else { throw DecodeError.fieldOutOfRange(field: name, value: value) }
        return value
    }

    package var payload: [UInt8] {
        var writer = ByteWriter()
        for value in [windowExponent, levelCount, predictedLevels, chunkExponent, fractionBits] {
            writer.u8(UInt8(value))
        }
        writer.u8(
            quantizer.rawValue | (segmentExponent == nil ? 0 : 2)
                | (isAdaptive ? PyramidParameters.adaptiveFlag : 0))
        writer.u16(PyramidParameters.field(commonStep))
        writer.u16(PyramidParameters.field(lowStep))
        writer.varint(UInt64(before))
        writer.varint(UInt64(after))
        if let segmentExponent { writer.u8(UInt8(segmentExponent)) }
        writer.varint(UInt64(mixing?.channels ?? 0))
        mixing?.write(to: &writer)
        return writer.bytes
    }

    /// Segments of a window of so many instants; 0 if steps never change.
    package func segmentCount(columns: Int) -> Int {
        guard let segmentExponent, predictedLevels > 0 else { return 0 }
        return (columns - 1) >> (chunkExponent + segmentExponent) + 1
    }

    /// The step of the details of a level, in units of 2^-8.
    package func step(level: Int, model: SignalModel) -> UInt32 {
        let scale = UInt64(model.bandScales[SignalModel.maximumLevels + level - 1])
        return UInt32(max(1, min(1 << 31, (UInt64(commonStep) * scale) >> 16)))
    }
}
