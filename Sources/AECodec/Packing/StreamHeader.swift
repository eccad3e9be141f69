// SPDX-License-Identifier: Apache-2.0
package import AEContainer

/// How the symbols of a class stream become bytes. (Spec/bitstream.md, section 6)
package enum SymbolForm: Equatable, Sendable {
    /// All symbols are the same.
    case constant(UInt16)
    /// One byte a symbol.
    case bytes
    /// Digits of a radix, 3...254, as many a byte as fit.
    case digits(radix: Int)
    /// Zero runs and levels in one byte.
    case runs(tokenCount: Int)

    package var number: UInt8 {
        switch self {
        case .constant: 0
        case .bytes: 1
        case .digits: 2
        case .runs: 3
        }
    }
}

/// What stands before the data of one class stream.
package struct StreamHeader: Equatable, Sendable {
    /// How symbols become bytes.
    package var form: SymbolForm
    /// Low bits of every residual that are stored as they are, 0...15.
    package var rawBits: Int
    /// The preset table of the zstd frame, 0 for none.
    package var preset: Int
    /// Residuals of the stream.
    package var symbolCount: Int
    /// Values in the list of escapes.
    package var escapeCount: Int
    /// Bytes of that list.
    package var escapeByteCount: Int
    /// Bytes of its zstd frame, or nil if it is stored as it is.
    package var packedEscapeByteCount: Int?
    /// Extra bits of run tokens.
    package var extraBitCount: Int
    /// Bytes that zstd made of the main bytes, or nil if they are stored as they are.
    package var packedByteCount: Int?
    /// What zstd made.
    package var packing: Packing

    /// How main bytes stand in zstd's bytes.
    package enum Packing: Equatable, Sendable {
        /// A frame.
        case frame
        /// A frame of one block, without its header and that of the block.
        case block
        /// Blocks whose sequences stand for main bytes.
        case sequences
    }

    package init(
        form: SymbolForm, rawBits: Int, preset: Int = 0, symbolCount: Int, escapeCount: Int = 0,
        escapeByteCount: Int = 0, packedEscapeByteCount: Int? = nil, extraBitCount: Int = 0,
        packedByteCount: Int? = nil, packing: Packing = .frame
    ) {
        self.packing = packing
        self.form = form
        self.rawBits = rawBits
        self.preset = preset
        self.symbolCount = symbolCount
        self.escapeCount = escapeCount
        self.escapeByteCount = escapeByteCount
        self.packedEscapeByteCount = packedEscapeByteCount
        self.extraBitCount = extraBitCount
        self.packedByteCount = packedByteCount
    }

    /// Main bytes before zstd.
    package var mainByteCount: Int {
        switch form {
        case .constant: 0
        case .bytes: symbolCount
        case .digits(let radix):
            (symbolCount + Self.digitsPerByte(radix) - 1) / Self.digitsPerByte(radix)
        case .runs(let tokenCount): tokenCount
        }
    }

    /// Bytes that stand behind the header.
    package var dataByteCount: Int {
        (packedByteCount ?? mainByteCount) + (packedEscapeByteCount ?? escapeByteCount)
            + (extraBitCount + 7) / 8 + (symbolCount * rawBits + 7) / 8
    }

    /// The most digits of a radix whose power is at most 256.
    package static func digitsPerByte(_ radix: Int) -> Int {
        radix <= 3 ? 5 : radix == 4 ? 4 : radix <= 6 ? 3 : radix <= 16 ? 2 : 1
    }

    /// Reads a header; symbols are at most `limit`, and every length is checked against the input.
    package init(_ reader: inout ByteReader, limit: Int) throws(DecodeError) {
        do {
            let first = try reader.u8()
            guard first & 0x0C != 0x0C else {
                throw DecodeError.fieldOutOfRange(field: "Form", value: Int(first))
            }
            preset = 0
            rawBits = first & 0x80 != 0 ? Int(try reader.u8()) : 0
            guard rawBits < 16, first & 0x80 == 0 || rawBits > 0 else {
                throw DecodeError.fieldOutOfRange(field: "Raw_Bits", value: rawBits)
            }
            symbolCount = try reader.varint(field: "Symbol_Count", atMost: limit)
            escapeCount = 0
            escapeByteCount = 0
            packedEscapeByteCount = nil
            extraBitCount = 0
            packedByteCount = nil
            packing = first & 0x04 != 0 ? .sequences : first & 0x08 != 0 ? .block : .frame
            switch first & 3 {
            case 0:
                form = .constant(try reader.u16())
                guard first & 0x7F == 0 else {
                    throw DecodeError.fieldOutOfRange(field: "Form", value: Int(first))
                }
                return
            case 1: form = .bytes
            case 2:
                let radix = Int(try reader.u8())
                guard (3...254).contains(radix) else {
                    throw DecodeError.fieldOutOfRange(field: "Radix", value: radix)
                }
                form = .digits(radix: radix)
            default:
                // A token codes at least one symbol.
                form = .runs(tokenCount: try reader.varint(field: "Token_Count", atMost: symbolCount))
                extraBitCount = try reader.varint(field: "Extra_Bits", atMost: 14 * symbolCount)
            }
            if first & 0x40 != 0 {
                escapeCount = try reader.varint(field: "Escape_Count", atMost: symbolCount)
                guard escapeCount > 0 else {
                    throw DecodeError.fieldOutOfRange(field: "Escape_Count", value: 0)
                }
                escapeByteCount = try reader.varint(field: "Escape_Bytes", atMost: 3 * escapeCount)
                let packed = try reader.varint(field: "Packed_Escape_Bytes", atMost: reader.remaining)
                if packed > 0 { packedEscapeByteCount = packed }
            }
            if first & 0x10 != 0 {
                packedByteCount = try reader.varint(field: "Packed_Bytes", atMost: reader.remaining)
            }
            if first & 0x20 != 0 {
                preset = Int(try reader.u8())
                guard packedByteCount != nil, PresetTables.all.indices.contains(preset - 1),
                    PresetTables.all[preset - 1].isOfSequences == (packing == .sequences)
                else { throw DecodeError.fieldOutOfRange(field: "Preset", value: preset) }
            }
            guard packing == .frame || packedByteCount != nil, packing != .sequences || preset != 0 else {
                throw DecodeError.fieldOutOfRange(field: "Form", value: Int(first))
            }
        } catch let error as ContainerError {
            throw .container(error)
        } catch let error as DecodeError {
            throw error
        } catch { throw .damagedSource }
    }

    /// Writes the header; the inverse of reading it.
    package func write(to writer: inout ByteWriter) {
        let packing: UInt8 =
            switch self.packing {
            case .frame: 0
            case .block: 0x08
            case .sequences: 0x04
            }
        let flags: [(isSet: Bool, bit: UInt8)] = [
            (packedByteCount != nil, 0x10), (preset != 0, 0x20), (escapeCount > 0, 0x40), (rawBits > 0, 0x80),
        ]
        writer.u8(flags.reduce(form.number | packing) { $1.isSet ? $0 | $1.bit : $0 })
        if rawBits > 0 { writer.u8(UInt8(rawBits)) }
        writer.varint(symbolCount)
        switch form {
        case .constant(let value):
            writer.u16(value)
            return
        case .bytes: break
        case .digits(let radix): writer.u8(UInt8(radix))
        case .runs(let tokenCount):
            writer.varint(tokenCount)
            writer.varint(extraBitCount)
        }
        if escapeCount > 0 {
            writer.varint(escapeCount)
            writer.varint(escapeByteCount)
            writer.varint(packedEscapeByteCount ?? 0)
        }
        if let packedByteCount { writer.varint(packedByteCount) }
        if preset != 0 { writer.u8(UInt8(preset)) }
    }
}
