// SPDX-License-Identifier: Apache-2.0
import AEContainer
package import Samples

/// The payload of `SMAP` (Spec/bitstream.md, section 3).
///
/// It takes stored values to codes without gaps, from 0 on, and back.
package enum SampleMap: Equatable, Sendable {
    /// Stored value = origin + step * code; codes reach `maximumCode`.
    case affine(origin: Int, step: Int, maximumCode: Int)
    /// Stored value = levels[code]; rising, at most 65,536 levels.
    case dense(levels: [Int])

    /// The greatest code.
    package var maximumCode: Int {
        switch self {
        case .affine(_, _, let maximumCode): maximumCode
        case .dense(let levels): levels.count - 1
        }
    }

    /// The stored value of a code within range.
    package func storedValue(_ code: Int) -> Int {
        switch self {
        case .affine(let origin, let step, _): origin + step * code
        case .dense(let levels): levels[code]
        }
    }

    /// How the levels of a dense map are written.
    package enum LevelCoding: UInt8, Sendable, CaseIterable {
        /// One byte a gap, 255 leading to a 16-bit value.
        case gaps = 1
        /// One bit a value of the span.
        case bitmap = 2
    }

    package init(payload: [UInt8], format: SampleFormat) throws(DecodeError) {
        var reader = ByteReader(payload)
        do {
            let kind = try reader.u8()
            let origin = Int(Int64(bitPattern: try reader.u64()))
            guard format.range.contains(origin) else {
                throw DecodeError.fieldOutOfRange(field: "Origin", value: origin)
            }
            if kind == 0 {
                self = try Self.affine(&reader, origin: origin, format: format)
            } else if let coding = LevelCoding(rawValue: kind) {
                self = try Self.dense(&reader, origin: origin, coding: coding, format: format)
            } else {
                throw DecodeError.fieldOutOfRange(field: "Map_Kind", value: Int(kind))
            }
        } catch let error as ContainerError {
            throw .container(error)
        } catch let error as DecodeError {
            throw error
        } catch { throw .damagedSource }
        guard reader.remaining == 0 else {
            throw .fieldOutOfRange(field: "length of SMAP", value: payload.count)
        }
    }

    private static func affine(_ reader: inout ByteReader, origin: Int, format: SampleFormat) throws
        -> SampleMap
    {
        let step = Int(try reader.u32())
        let maximumCode = Int(try reader.u32())
        guard step >= 1 else { throw DecodeError.fieldOutOfRange(field: "Step", value: step) }
        let (reach, overflow) = step.multipliedReportingOverflow(by: maximumCode)
        guard !overflow, reach <= format.range.upperBound - origin else {
            throw DecodeError.fieldOutOfRange(field: "Maximum_Code", value: maximumCode)
        }
        return .affine(origin: origin, step: step, maximumCode: maximumCode)
    }

    private static func dense(
        _ reader: inout ByteReader, origin: Int, coding: LevelCoding, format: SampleFormat
    ) throws -> SampleMap {
        let count = Int(try reader.u32())
        guard (1...65_536).contains(count), format.bitsStored <= 16 else {
            throw DecodeError.fieldOutOfRange(field: "Level_Count", value: count)
        }
        let byteCount = Int(try reader.u32())
        guard byteCount <= 3 * 65_536 else {
            throw DecodeError.fieldOutOfRange(field: "Level_Bytes", value: byteCount)
        }
        let isPacked = try reader.u8()
        guard isPacked <= 1 else {
            throw DecodeError.fieldOutOfRange(field: "Level_Packing", value: Int(isPacked))
        }
        let rest = reader.rest()
        let bytes = isPacked == 1 ? ZstdFrame.unpack(rest, byteCount: byteCount) : Array(rest)
        guard let bytes, bytes.count == byteCount,
            let levels = levels(bytes, origin: origin, count: count, coding: coding),
            let last = levels.last, last <= format.range.upperBound
        else { throw DecodeError.fieldOutOfRange(field: "Level_Bytes", value: byteCount) }
        return .dense(levels: levels)
    }

    /// Levels from gaps or a bitmap; nil if the bytes do not give exactly `count` of them.
    private static func levels(_ bytes: [UInt8], origin: Int, count: Int, coding: LevelCoding) -> [Int]? {
        var levels: [Int] = []
        levels.reserveCapacity(count)
        switch coding {
        case .gaps:
            levels.append(origin)
            var value = origin
            var index = 0
            while index < bytes.count {
                var gap = Int(bytes[index])
                index += 1
                if gap == 255 {
                    guard index + 2 <= bytes.count else { return nil }
                    gap = Int(bytes[index]) | Int(bytes[index + 1]) << 8
                    index += 2
                }
                value += gap + 1
                levels.append(value)
                if levels.count > count { return nil }
            }
        case .bitmap:
            for (index, byte) in bytes.enumerated() {
                for bit in 0..<8 where byte >> UInt8(bit) & 1 == 1 { levels.append(origin + 8 * index + bit) }
                if levels.count > count { return nil }
            }
            guard levels.first == origin else { return nil }
        }
        return levels.count == count ? levels : nil
    }

    /// The unpacked bytes of the levels of a dense map, the inverse of reading them.
    package static func levelBytes(_ levels: [Int], coding: LevelCoding) -> [UInt8] {
        guard let first = levels.first, let last = levels.last else { return [] }
        switch coding {
        case .gaps:
            var bytes: [UInt8] = []
            for (a, b) in zip(levels, levels.dropFirst()) {
                let gap = b - a - 1
                if gap < 255 {
                    bytes.append(UInt8(gap))
                } else {
                    bytes += [255, UInt8(gap & 255), UInt8(gap >> 8)]
                }
            }
            return bytes
        case .bitmap:
            var bytes = [UInt8](repeating: 0, count: (last - first) / 8 + 1)
            for level in levels { bytes[(level - first) / 8] |= 1 << UInt8((level - first) % 8) }
            return bytes
        }
    }

    /// The payload of a map whose level bytes have been packed by the caller.
    ///
    /// - Parameter levels: For a dense map how its levels are coded, their unpacked length, and the
    ///   bytes as stored, packed by zstd or not.
    /// - Returns: The payload behind its part number.
    package func payload(
        levels: (coding: LevelCoding, byteCount: Int, isPacked: Bool, stored: [UInt8])? = nil
    ) -> [UInt8] {
        var writer = ByteWriter()
        switch (self, levels) {
        case (.affine(let origin, let step, let maximumCode), _):
            writer.u8(0)
            writer.u64(UInt64(bitPattern: Int64(origin)))
            writer.u32(UInt32(step))
            writer.u32(UInt32(maximumCode))
        case (.dense(let all), let levels?):
            writer.u8(levels.coding.rawValue)
            writer.u64(UInt64(bitPattern: Int64(all[0])))
            writer.u32(UInt32(all.count))
            writer.u32(UInt32(levels.byteCount))
            writer.u8(levels.isPacked ? 1 : 0)
            writer.bytes(levels.stored)
        case (.dense, nil):
            let bytes = Self.levelBytes(allLevels, coding: .gaps)
            return payload(levels: (.gaps, bytes.count, false, bytes))
        }
        return writer.bytes
    }

    private var allLevels: [Int] {
        if case .dense(let levels) = self { levels } else { [] }
    }
}
