// SPDX-License-Identifier: Apache-2.0
import AEContainer

/// The body of an exact (lossless) packing group, taken apart but not unpacked.
/// (Spec/bitstream.md, section 5)
package struct PackingGroup: Sendable {
    /// Prediction and classes.
    package var parameters: PredictionParameters
    /// The stream of block labels; nil if all blocks have the first predictor.
    package var labels: Stream?
    /// The class streams; none if the group is adaptive.
    package var streams: [Stream]
    /// Where the bytes of an adaptive group stand in the archive, else empty.
    package var adaptive: Range<Int>
    /// Where the low bits of the codes stand in the archive; empty if there are none.
    package var lowBits: Range<Int>
    /// Bytes of the parameters as stored.
    package var parameterByteCount: Int

    /// One stream: its header, and where its data stand in the archive.
    package struct Stream: Sendable {
        package var header: StreamHeader
        package var data: Range<Int>
    }

    /// Bounds what the list of tiles of a group of any kind may take. (Spec/bitstream.md, sections 2 and 7)
    package static let maximumTiles = 1 << 16

    /// Side of the blocks that share a predictor.
    package static let blockSide = 32

    /// The blocks of a tile.
    package static func blockCount(_ tile: Tile) -> Int {
        ((tile.rows + blockSide - 1) / blockSide) * ((tile.columns + blockSide - 1) / blockSide)
    }

    /// Takes a body apart and checks all lengths.
    ///
    /// - Parameters:
    ///   - body: The body, a slice of the archive.
    ///   - tiles: The tiles of the group.
    ///   - maximumCode: The greatest predicted code of the part.
    ///   - lowBitCount: Low bits of each code that are not predicted.
    ///   - hasBase: Whether the part has a base.
    ///   - index: The number of the group, for errors.
    /// - Throws: ``DecodeError`` if a length or a parameter breaks the rules.
    package init(
        body: ArraySlice<UInt8>, tiles: [Tile], maximumCode: Int, lowBitCount: Int, hasBase: Bool = false,
        index: Int
    ) throws(DecodeError) {
        let sampleCount = tiles.reduce(0) { $0 + $1.sampleCount }
        let blockCount = tiles.reduce(0) { $0 + Self.blockCount($1) }
        var reader = ByteReader(body)
        do {
            let packed = try Self.parameters(&reader, atMost: 4096 + 2 * tiles.count, index: index)
            parameterByteCount = packed.storedCount
            parameters = try PredictionParameters(
                bytes: packed.bytes, tileCount: tiles.count, maximumCode: maximumCode, hasBase: hasBase)
            labels = nil
            if parameters.hasLabels {
                let stream = try Self.stream(&reader, limit: blockCount)
                guard stream.header.symbolCount == blockCount else {
                    throw DecodeError.groupLength(group: index)
                }
                labels = stream
            }
            // Samples of flat blocks have no symbols; that streams and samples fit is found in decoding.
            streams =
                parameters.isAdaptive
                ? [] : try Self.streams(&reader, count: parameters.streamCount, limit: sampleCount)
            adaptive = try Self.adaptive(&reader, isThere: parameters.isAdaptive)
            lowBits = try Self.lowBits(&reader, count: sampleCount * lowBitCount)
        } catch is ContainerError {
            throw .groupLength(group: index)
        } catch let error as DecodeError {
            throw error
        } catch { throw .groupLength(group: index) }
        guard reader.remaining == 0 else { throw .groupLength(group: index) }
    }

    /// The parameters of an exact group, unpacked, and how many bytes they are as stored.
    static func parameters(
        _ reader: inout ByteReader, atMost limit: Int, index: Int
    ) throws -> (bytes: [UInt8], storedCount: Int) {
        let byteCount = try reader.varint(field: "Parameter_Bytes", atMost: limit)
        let packedCount = try reader.varint(field: "Packed_Parameter_Bytes", atMost: reader.remaining)
        let stored = try reader.bytes(packedCount == 0 ? byteCount : packedCount)
        let bytes = packedCount == 0 ? Array(stored) : ZstdFrame.unpack(stored, byteCount: byteCount)
        guard let bytes else { throw DecodeError.groupLength(group: index) }
        return (bytes, stored.count)
    }

    /// Streams, which have at most `limit` symbols together.
    static func streams(_ reader: inout ByteReader, count: Int, limit: Int) throws -> [Stream] {
        var streams: [Stream] = []
        var left = limit
        for _ in 0..<count {
            let stream = try stream(&reader, limit: left)
            left -= stream.header.symbolCount
            streams.append(stream)
        }
        return streams
    }

    /// Where the bytes of adaptive residuals stand in the archive, if there are any.
    static func adaptive(_ reader: inout ByteReader, isThere: Bool) throws -> Range<Int> {
        let count = isThere ? try reader.varint(field: "Adaptive_Bytes", atMost: reader.remaining) : 0
        let coded = try reader.bytes(count)
        return coded.startIndex..<coded.endIndex
    }

    /// Where a string of so many bits stands in the archive.
    static func lowBits(_ reader: inout ByteReader, count: Int) throws -> Range<Int> {
        let low = try reader.bytes((count + 7) / 8)
        return low.startIndex..<low.endIndex
    }

    static func stream(_ reader: inout ByteReader, limit: Int) throws -> Stream {
        let header = try StreamHeader(&reader, limit: limit)
        let data = try reader.bytes(header.dataByteCount)
        return Stream(header: header, data: data.startIndex..<data.endIndex)
    }
}

extension [PackingGroup.Stream] {
    /// Symbols of all streams.
    var symbolCount: Int { reduce(0) { $0 + $1.header.symbolCount } }
}
