// SPDX-License-Identifier: Apache-2.0
import AEContainer
import CAEKernels

/// The body of an exact group of signals, taken apart but not unpacked. (Spec/bitstream.md, section 11)
package struct SignalPackingGroup: Sendable {
    /// Prediction and classes.
    package var parameters: SignalParameters
    /// Where the bytes of an adaptive group stand in the archive, else empty.
    package var adaptive: Range<Int>
    /// The class streams; none if the group is adaptive.
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
            let packed = try PackingGroup.parameters(
                &reader, atMost: SignalParameters.maximumByteCount, index: index)
            parameterByteCount = packed.storedCount
            parameters = try SignalParameters(
                bytes: packed.bytes, rowCount: tiles.reduce(1) { max($0, $1.rows) }, maximumCode: maximumCode)
            streams = try PackingGroup.streams(&reader, count: parameters.streamCount, limit: sampleCount)
            guard parameters.isAdaptive || streams.symbolCount == sampleCount else {
                throw DecodeError.groupLength(group: index)
            }
            adaptive = try PackingGroup.adaptive(&reader, isThere: parameters.isAdaptive)
            lowBits = try PackingGroup.lowBits(&reader, count: sampleCount * lowBitCount)
        } catch is ContainerError {
            throw .groupLength(group: index)
        } catch let error as DecodeError {
            throw error
        } catch { throw .groupLength(group: index) }
        guard reader.remaining == 0 else { throw .groupLength(group: index) }
    }
}
