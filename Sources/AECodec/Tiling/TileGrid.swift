// SPDX-License-Identifier: Apache-2.0
package import AEContainer
package import Samples

/// What `PARM` says of the base of a lossless part. (Spec/bitstream.md, section 10)
package struct BaseParameters: Equatable, Sendable {
    /// Both sides of the part are those of the base times 2 to this power.
    package var exponent: Int
    /// The parameters of its pyramid.
    package var pyramid: [UInt8]

    package static let exponents = 1...3

    package init(exponent: Int, pyramid: [UInt8]) {
        self.exponent = exponent
        self.pyramid = pyramid
    }
}

/// The payload of `PARM`: how a part is cut into tiles. (Spec/bitstream.md, section 2)
package struct PartParameters: Equatable, Sendable {
    /// Rows of a tile; the last ones of a column of tiles may have fewer.
    package var tileRows: Int
    /// Columns of a tile; the last ones of a row of tiles may have fewer.
    package var tileColumns: Int
    /// Low bits of each code that are stored as they are; the rest is predicted.
    package var lowBits: Int
    /// The greatest error of a code; 0 in lossless parts.
    package var codeBound: Int
    /// The base; nil if there is none.
    package var base: BaseParameters?

    package init(tileRows: Int, tileColumns: Int, lowBits: Int, codeBound: Int = 0) {
        self.tileRows = tileRows
        self.tileColumns = tileColumns
        self.lowBits = lowBits
        self.codeBound = codeBound
    }

    /// Sides are limited so that the workspace of one band stays small.
    package static let maximumTileSide = 1 << 16

    /// Codes of a bounded part are at most this far from the original's.
    package static let codeBounds = 1...16_383

    package init(payload: [UInt8], isBounded: Bool, hasBase: Bool = false) throws(DecodeError) {
        var reader = ByteReader(payload)
        codeBound = 0
        do {
            tileRows = Int(try reader.u32())
            tileColumns = Int(try reader.u32())
            lowBits = Int(try reader.u8())
            if isBounded { codeBound = Int(try reader.u16()) }
            if hasBase {
                let exponent = Int(try reader.u8())
                base = BaseParameters(
                    exponent: exponent, pyramid: Array(try reader.bytes(reader.remaining)))
            }
        } catch { throw .container(error) }
        if let exponent = base?.exponent, !BaseParameters.exponents.contains(exponent) {
            throw .fieldOutOfRange(field: "Base_Exponent", value: exponent)
        }
        guard reader.remaining == 0 else {
            throw .fieldOutOfRange(field: "length of PARM", value: payload.count)
        }
        guard (1...Self.maximumTileSide).contains(tileRows) else {
            throw .fieldOutOfRange(field: "Tile_Rows", value: tileRows)
        }
        guard (1...Self.maximumTileSide).contains(tileColumns) else {
            throw .fieldOutOfRange(field: "Tile_Columns", value: tileColumns)
        }
        guard (0...(isBounded || hasBase ? 0 : 16)).contains(lowBits) else {
            throw .fieldOutOfRange(field: "Low_Bits", value: lowBits)
        }
        guard !isBounded || Self.codeBounds.contains(codeBound) else {
            throw .fieldOutOfRange(field: "Code_Bound", value: codeBound)
        }
    }

    package var payload: [UInt8] {
        var writer = ByteWriter()
        writer.u32(UInt32(tileRows))
        writer.u32(UInt32(tileColumns))
        writer.u8(UInt8(lowBits))
        if codeBound > 0 { writer.u16(UInt16(codeBound)) }
        if let base {
            writer.u8(UInt8(base.exponent))
            writer.bytes(base.pyramid)
        }
        return writer.bytes
    }
}

/// Where one tile lies in the flat order of its part.
package struct Tile: Equatable, Sendable {
    package var rows: Int
    package var columns: Int
    /// The flat index of its first sample.
    package var start: Int

    package init(rows: Int, columns: Int, start: Int) {
        self.rows = rows
        self.columns = columns
        self.start = start
    }

    package var sampleCount: Int { rows * columns }
}

/// The tiles of a part: frame by frame, within a frame channel by channel, then row by row.
package struct TileGrid: Equatable, Sendable {
    package let extent: Extent
    package let parameters: PartParameters
    package let tilesDown: Int
    package let tilesAcross: Int

    package init(extent: Extent, parameters: PartParameters) {
        self.extent = extent
        self.parameters = parameters
        tilesDown = (extent.rows + parameters.tileRows - 1) / parameters.tileRows
        tilesAcross = (extent.columns + parameters.tileColumns - 1) / parameters.tileColumns
    }

    /// Tiles of one frame, all channels.
    package var tilesPerFrame: Int { extent.channels * tilesDown * tilesAcross }

    package subscript(frame frame: Int, tile index: Int) -> Tile {
        let (channel, inPlane) = index.quotientAndRemainder(dividingBy: tilesDown * tilesAcross)
        let (down, across) = inPlane.quotientAndRemainder(dividingBy: tilesAcross)
        let row = down * parameters.tileRows
        let column = across * parameters.tileColumns
        let plane = frame * extent.channels + channel
        return Tile(
            rows: min(parameters.tileRows, extent.rows - row),
            columns: min(parameters.tileColumns, extent.columns - column),
            start: (plane * extent.rows + row) * extent.columns + column)
    }

    /// The tiles of a packing group in coding order.
    package func tiles(of header: GroupHeader) -> [Tile] {
        header.frames.flatMap { frame in header.tiles.map { self[frame: frame, tile: $0] } }
    }
}
