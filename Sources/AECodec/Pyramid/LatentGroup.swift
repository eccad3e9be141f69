// SPDX-License-Identifier: Apache-2.0
import AEContainer

/// The body of a packing group of latents, taken apart but not unpacked.
///
/// Spec/bitstream.md, section 9.
package struct LatentGroup: Sendable {
    /// The first raw class of every class stream but the first, rising.
    package var classStarts: [UInt8]
    /// Reconstruction offsets of every stream for magnitudes 1, 2 and above, in 1/64 of a step.
    package var centroids: [[Int8]]
    /// The class streams.
    package var streams: [PackingGroup.Stream]

    /// Takes a body apart and checks all lengths.
    ///
    /// - Parameters:
    ///   - body: The body, a slice of the archive.
    ///   - latentCount: Latents of the group.
    ///   - index: The number of the group, for errors.
    /// - Throws: ``DecodeError`` if a length or field breaks the rules.
    package init(body: ArraySlice<UInt8>, latentCount: Int, index: Int) throws(DecodeError) {
        var reader = ByteReader(body)
        do {
            let streamCount = Int(try reader.u8())
            guard (1...PredictionParameters.rawClassCount).contains(streamCount) else {
                throw DecodeError.fieldOutOfRange(field: "Stream_Count", value: streamCount)
            }
            classStarts = []
            for _ in 1..<streamCount {
                let start = try reader.u8()
                guard start > classStarts.last ?? 0, start < PredictionParameters.rawClassCount else {
                    throw DecodeError.fieldOutOfRange(field: "Class_Start", value: Int(start))
                }
                classStarts.append(start)
            }
            centroids = []
            for _ in 0..<streamCount {
                var three: [Int8] = []
                for _ in 0..<3 { three.append(Int8(bitPattern: try reader.u8())) }
                guard three.allSatisfy({ (-63...63).contains($0) }) else {
                    throw DecodeError.fieldOutOfRange(field: "Centroid", value: Int(three[0]))
                }
                centroids.append(three)
            }
            streams = []
            var left = latentCount
            for _ in 0..<streamCount {
                let stream = try PackingGroup.stream(&reader, limit: left)
                left -= stream.header.symbolCount
                streams.append(stream)
            }
            guard left == 0, reader.remaining == 0 else { throw DecodeError.groupLength(group: index) }
        } catch is ContainerError {
            throw .groupLength(group: index)
        } catch let error as DecodeError { throw error } catch { throw .groupLength(group: index) }
    }
}
