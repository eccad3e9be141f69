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
    package static let maximumStep: UInt32 = 1 << 24

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
                throw DecodeError.fieldOutOfRange(field: "Level_Count", value: levelCount)
            }
            guard fractionBits <= 8 else {
                throw DecodeError.fieldOutOfRange(field: "Fraction_Bits", value: fractionBits)
            }
            for _ in 0..<1 + 3 * levelCount { steps.append(try reader.u32()) }
        } catch let error as ContainerError {
            throw .container(error)
        } catch let error as DecodeError { throw error } catch { throw .damagedSource }
        guard reader.remaining == 0 else {
            throw .fieldOutOfRange(field: "length of PARM", value: payload.count)
        }
        for step in steps where !(1...Self.maximumStep).contains(step) {
            throw .fieldOutOfRange(field: "Step", value: Int(step))
        }
    }

    package var payload: [UInt8] {
        var writer = ByteWriter()
        writer.u8(UInt8(tileExponent))
        writer.u8(UInt8(levelCount))
        writer.u8(UInt8(fractionBits))
        for step in steps { writer.u32(step) }
        return writer.bytes
    }

    /// The step of a detail band: 0 horizontal, 1 vertical, 2 diagonal.
    package func step(level: Int, band: Int) -> UInt32 { steps[1 + 3 * (level - 1) + band] }
}
