// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import Samples

/// Chooses tiles and packing groups of a part.
enum TileChoice {
    /// Rows of a tile at most; 512 x 512 tiles cost up to 0.15 % in bytes, larger ones less.
    static let rows = 1024
    /// Columns of a tile at most; a wavefront of 16 rows idles for 75 columns at its ends.
    static let columns = 2048
    /// Samples from which on a group costs little in tables.
    static let groupSamples = 1 << 18

    static func parameters(_ extent: Extent, lowBits: Int, codeBound: Int) -> PartParameters {
        PartParameters(
            tileRows: even(extent.rows, atMost: rows), tileColumns: even(extent.columns, atMost: columns),
            lowBits: lowBits, codeBound: codeBound)
    }

    /// Splits a side into equal pieces, whole blocks long.
    private static func even(_ side: Int, atMost limit: Int) -> Int {
        let pieces = (side + limit - 1) / limit
        let piece = (side + pieces - 1) / pieces
        return pieces == 1 ? piece : (piece + 31) / 32 * 32
    }

    /// The groups of a part: tiles of one frame, or whole frames where these are small.
    static func groups(_ grid: TileGrid, part: Int) -> [GroupHeader] {
        let frameSamples = grid.extent.samplesPerFrame
        var headers: [GroupHeader] = []
        if frameSamples < groupSamples, grid.extent.frames > 1 {
            let perGroup = max(1, min(groupSamples / frameSamples, (1 << 16) / grid.tilesPerFrame))
            for first in stride(from: 0, to: grid.extent.frames, by: perGroup) {
                let frames = first..<min(first + perGroup, grid.extent.frames)
                headers.append(header(part, frames: frames, tiles: 0..<grid.tilesPerFrame))
            }
            return headers
        }
        for frame in 0..<grid.extent.frames {
            var first = 0
            var samples = 0
            for tile in 0..<grid.tilesPerFrame {
                samples += grid[frame: frame, tile: tile].sampleCount
                if samples >= groupSamples || tile + 1 - first == 1 << 16 || tile + 1 == grid.tilesPerFrame {
                    headers.append(header(part, frames: frame..<frame + 1, tiles: first..<tile + 1))
                    first = tile + 1
                    samples = 0
                }
            }
        }
        return headers
    }

    private static func header(_ part: Int, frames: Range<Int>, tiles: Range<Int>) -> GroupHeader {
        GroupHeader(part: part, layer: 1, levels: 0...0, frames: frames, tiles: tiles)
    }

    /// Samples of a group of signals, whose leads have weights of their own.
    static let signalGroupSamples = 1 << 20

    /// Tiles of signals: all leads that fit, and a time of about a group.
    static func signalParameters(_ extent: Extent, lowBits: Int, codeBound: Int) -> PartParameters {
        let rows = min(extent.rows, SignalParameters.maximumRows)
        let columns = max(4096, min(PartParameters.maximumTileSide, groupSamples / rows))
        return PartParameters(
            tileRows: rows, tileColumns: even(extent.columns, atMost: columns), lowBits: lowBits,
            codeBound: codeBound)
    }

    /// The groups of a signal: tiles that follow each other in time, of the same leads.
    static func signalGroups(_ grid: TileGrid, part: Int) -> [GroupHeader] {
        var headers: [GroupHeader] = []
        for frame in 0..<grid.extent.frames {
            for start in stride(from: 0, to: grid.tilesPerFrame, by: grid.tilesAcross) {
                let samples = grid[frame: frame, tile: start].sampleCount
                // Groups of about equal size.
                let most = max(1, signalGroupSamples / samples)
                let count = (grid.tilesAcross + most - 1) / most
                let perGroup = (grid.tilesAcross + count - 1) / count
                for first in stride(from: start, to: start + grid.tilesAcross, by: perGroup) {
                    let tiles = first..<min(first + perGroup, start + grid.tilesAcross)
                    headers.append(header(part, frames: frame..<frame + 1, tiles: tiles))
                }
            }
        }
        return headers
    }
}
