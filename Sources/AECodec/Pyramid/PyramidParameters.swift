// SPDX-License-Identifier: Apache-2.0
import AEContainer

/// The payload of `PARM` of a lossy part: the pyramid and its quantiser steps.
///
/// Spec/bitstream.md, section 7.
package struct PyramidParameters: Equatable, Sendable {
    /// The side of a tile in samples is 2^tileExponent.
    package var tileExponent: Int
    /// Levels of the pyramid.
    package var levelCount: Int
    /// Fraction bits of coefficients.
    package var fractionBits: Int
    /// Quantiser steps in units of 2^-8: the low band first, then for every level from the finest on
    /// horizontal, vertical and diagonal detail.
    package var steps: [UInt32]

    package static let maximumLevels = 6

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

    package init(tileExponent: Int, levelCount: Int, fractionBits: Int, steps: [UInt32]) {
        self.tileExponent = tileExponent
        self.levelCount = levelCount
        self.fractionBits = fractionBits
        self.steps = steps
    }

    package init(payload: [UInt8]) throws(DecodeError) {
        var reader = ByteReader(payload)
        do {
            tileExponent = Int(try reader.u8())
            levelCount = Int(try reader.u8())
            fractionBits = Int(try reader.u8())
            steps = []
            guard (6...12).contains(tileExponent) else {
                throw DecodeError.fieldOutOfRange(field: "Tile_Exponent", value: tileExponent)
            }
            guard (1...Self.maximumLevels).contains(levelCount) else {
                throw DecodeError.fieldOutOfRange(field: "Pyramid_Levels", value: levelCount)
            }
            guard fractionBits <= 8 else {
                throw DecodeError.fieldOutOfRange(field: "Fraction_Bits", value: fractionBits)
            }
            for _ in 0..<1 + 3 * levelCount { steps.append(Self.step(try reader.u16())) }
        } catch let error as ContainerError {
            throw .container(error)
        } catch let error as DecodeError { throw error } catch { throw .damagedSource }
        guard reader.remaining == 0 else {
            throw .fieldOutOfRange(field: "length of PARM", value: payload.count)
        }
    }

    package var payload: [UInt8] {
        var writer = ByteWriter()
        writer.u8(UInt8(tileExponent))
        writer.u8(UInt8(levelCount))
        writer.u8(UInt8(fractionBits))
        for step in steps { writer.u16(Self.field(step)) }
        return writer.bytes
    }

    /// The step of a detail band: 0 horizontal, 1 vertical, 2 diagonal.
    package func step(level: Int, band: Int) -> UInt32 { steps[1 + 3 * (level - 1) + band] }
}
