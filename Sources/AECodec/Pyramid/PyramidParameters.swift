// SPDX-License-Identifier: Apache-2.0
import AEContainer

/// The payload of `PARM` of a lossy part: the pyramid and its quantiser steps.
///
/// Spec/bitstream.md, section 7.
package struct PyramidParameters: Sendable {
    /// The side of a tile in samples is 2^tileExponent.
    package var tileExponent: Int
    /// Levels of the pyramid.
    package var levelCount: Int
    /// Fraction bits of coefficients.
    package var fractionBits: Int
    /// How latents are quantised.
    package var quantizer: Quantizer
    /// Whether residuals are coded by probabilities that learn.
    package var isAdaptive: Bool
    /// The step that those of all bands follow from, in units of 2^-8 of a coefficient unit.
    package private(set) var commonStep: UInt32
    /// Bands, in the order of ``steps``, that have a step of their own, and these steps.
    package private(set) var exceptions: [(band: Int, step: UInt32)]
    /// Quantiser steps in units of 2^-8 of a coefficient unit: the low band first, then for every level from
    /// the finest on horizontal, vertical and diagonal detail.
    package private(set) var steps: [UInt32]

    package static let maximumLevels = 6
    /// Of the field of the quantiser, of signals too.
    static let adaptiveFlag: UInt8 = 4

    /// How latents are quantised.
    package enum Quantizer: UInt8, Sendable {
        /// One uniform quantiser.
        case scalar = 0
        /// Two, of which the latents before choose one by 32 states.
        case dependent = 1
    }

    /// A step from its field: 12 bits of mantissa, the first of them 1, and an exponent in bits 11 to 15.
    static func step(_ field: UInt16) -> UInt32 {
        max(1, UInt32(((2048 + UInt64(field & 2047)) << UInt64(field >> 11)) >> 12))
    }

    /// The field of the nearest step that there is.
    static func field(_ step: UInt32) -> UInt16 {
        let wide = UInt64(step) << 12
        let exponent = max(0, min(31, 52 - wide.leadingZeroBitCount))
        let mantissa = (wide + (exponent > 0 ? 1 << UInt64(exponent - 1) : 0)) >> UInt64(exponent)
        return mantissa >= 4096
            ? UInt16(min(31, exponent + 1)) << 11
            : UInt16(exponent) << 11 | UInt16(max(2048, mantissa) - 2048)
    }

    /// The nearest step that an archive can state.
    package static func representable(_ step: UInt32) -> UInt32 { Self.step(field(step)) }

    /// The steps of all bands from the common one, which is rounded to the nearest that there is.
    ///
    /// So are those of `exceptions`: bands, rising, with steps of their own.
    package init(
        tileExponent: Int, levelCount: Int, fractionBits: Int, quantizer: Quantizer = .scalar,
        isAdaptive: Bool = false, commonStep: UInt32,
        exceptions: [(band: Int, step: UInt32)] = [], model: PyramidModel
    ) {
        self.tileExponent = tileExponent
        self.levelCount = levelCount
        self.fractionBits = fractionBits
        self.quantizer = quantizer
        self.isAdaptive = isAdaptive
        self.commonStep = Self.representable(commonStep)
        self.exceptions = exceptions.map { ($0.band, Self.representable($0.step)) }
        steps = []
        steps = bandSteps(model)
    }

    /// The step of every band.
    private func bandSteps(_ model: PyramidModel) -> [UInt32] {
        var steps = [Self.scaled(commonStep, model.bandScales[4 * (levelCount - 1)])]
        for level in 0..<levelCount {
            for band in 1...3 { steps.append(Self.scaled(commonStep, model.bandScales[4 * level + band])) }
        }
        for (band, step) in exceptions { steps[band] = step }
        return steps
    }

    private static func scaled(_ step: UInt32, _ scale: UInt32) -> UInt32 {
        UInt32(max(1, min(1 << 31, (UInt64(step) * UInt64(scale)) >> 16)))
    }

    /// Reads the payload of `PARM`.
    package init(payload: [UInt8], model: PyramidModel) throws(DecodeError) {
        var reader = ByteReader(payload)
        do {
            tileExponent = Int(try reader.u8())
            levelCount = Int(try reader.u8())
            fractionBits = Int(try reader.u8())
            let number = try reader.u8()
            isAdaptive = number & Self.adaptiveFlag != 0
            guard let quantizer = Quantizer(rawValue: number & ~Self.adaptiveFlag) else {
                throw DecodeError.fieldOutOfRange(field: "Quantizer", value: Int(number))
            }
            self.quantizer = quantizer
            steps = []
            exceptions = []
            commonStep = Self.step(try reader.u16())
            guard (6...12).contains(tileExponent) else {
                throw DecodeError.fieldOutOfRange(field: "Tile_Exponent", value: tileExponent)
            }
            guard (1...Self.maximumLevels).contains(levelCount) else {
                throw DecodeError.fieldOutOfRange(field: "Pyramid_Levels", value: levelCount)
            }
            guard fractionBits <= 8 else {
                throw DecodeError.fieldOutOfRange(field: "Fraction_Bits", value: fractionBits)
            }
            let count = Int(try reader.u8())
            for _ in 0..<count {
                let band = Int(try reader.u8())
                guard band > exceptions.last?.band ?? -1, band <= 3 * levelCount else {
                    throw DecodeError.fieldOutOfRange(field: "Exception_Band", value: band)
                }
                exceptions.append((band, Self.step(try reader.u16())))
            }
        } catch let error as ContainerError {
            throw .container(error)
        } catch let error as DecodeError { throw error } catch { throw .damagedSource }
        guard reader.remaining == 0 else {
            throw .fieldOutOfRange(field: "length of PARM", value: payload.count)
        }
        steps = bandSteps(model)
    }

    package var payload: [UInt8] {
        var writer = ByteWriter()
        writer.u8(UInt8(tileExponent))
        writer.u8(UInt8(levelCount))
        writer.u8(UInt8(fractionBits))
        writer.u8(quantizer.rawValue | (isAdaptive ? Self.adaptiveFlag : 0))
        writer.u16(Self.field(commonStep))
        writer.u8(UInt8(exceptions.count))
        for (band, step) in exceptions {
            writer.u8(UInt8(band))
            writer.u16(Self.field(step))
        }
        return writer.bytes
    }

    /// The step of a detail band: 0 horizontal, 1 vertical, 2 diagonal.
    package func step(level: Int, band: Int) -> UInt32 { steps[1 + 3 * (level - 1) + band] }
}
