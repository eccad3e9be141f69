// SPDX-License-Identifier: Apache-2.0
import AEContainer
import CAEKernels

/// The body of an exact group of signals, taken apart but not unpacked. (Spec/bitstream.md, section 11)
package struct SignalPackingGroup: Sendable {
    /// Prediction and classes.
    package var parameters: SignalParameters
    /// The class streams.
    package var streams: [PackingGroup.Stream]
    /// Where the low bits of the codes stand in the archive; empty if there are none.
    package var lowBits: Range<Int>
    /// Bytes of the parameters as stored.
    package var parameterByteCount: Int

    /// Takes a body apart and checks all lengths.
    ///
    /// - Parameters:
    ///   - body: The body, a slice of the archive.
    ///   - tiles: The tiles of the group.
    ///   - maximumCode: The greatest predicted code of the part.
    ///   - lowBitCount: Low bits of each code that are not predicted.
    ///   - index: The number of the group, for errors.
    /// - Throws: ``DecodeError`` if a length or a parameter breaks the rules.
    package init(
        body: ArraySlice<UInt8>, tiles: [Tile], maximumCode: Int, lowBitCount: Int, index: Int
    ) throws(DecodeError) {
        let sampleCount = tiles.reduce(0) { $0 + $1.sampleCount }
        var reader = ByteReader(body)
        do {
            let byteCount = try reader.varint(
                field: "Parameter_Bytes", atMost: SignalParameters.maximumByteCount)
            let packedCount = try reader.varint(field: "Packed_Parameter_Bytes", atMost: reader.remaining)
            let stored = try reader.bytes(packedCount == 0 ? byteCount : packedCount)
            parameterByteCount = stored.count
            let bytes = packedCount == 0 ? Array(stored) : ZstdFrame.unpack(stored, byteCount: byteCount)
            guard let bytes else { throw DecodeError.groupLength(group: index) }
            parameters = try SignalParameters(
                bytes: bytes, rowCount: tiles.reduce(1) { max($0, $1.rows) }, maximumCode: maximumCode)
            streams = []
            var left = sampleCount
            for _ in 0..<parameters.streamCount {
                let stream = try PackingGroup.stream(&reader, limit: left)
                left -= stream.header.symbolCount
                streams.append(stream)
            }
            guard left == 0 else { throw DecodeError.groupLength(group: index) }
            let low = try reader.bytes((sampleCount * lowBitCount + 7) / 8)
            lowBits = low.startIndex..<low.endIndex
        } catch is ContainerError {
            throw .groupLength(group: index)
        } catch let error as DecodeError {
            throw error
        } catch { throw .groupLength(group: index) }
        guard reader.remaining == 0 else { throw .groupLength(group: index) }
    }
}
