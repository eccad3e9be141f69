// SPDX-License-Identifier: Apache-2.0
import AEContainer
import CAEKernels

/// The body of a packing group of latents, taken apart but not unpacked.
///
/// Spec/bitstream.md, section 9.
package struct LatentGroup: Sendable {
    /// Which stream every class is in; ``emptyStream`` for classes without symbols.
    package let streamOfClass: [UInt8]
    /// What is added to the centroids of the classes of a stream; empty where nothing is.
    package let changes: [[Int8]]
    /// The class streams.
    package let streams: [PackingGroup.Stream]
    /// Bytes of the cut and the changes.
    package let parameterByteCount: Int

    /// Streams at most; the kernels hold one more, which is empty.
    package static let maximumStreams = Int(AE_RAW_CLASSES) - 1
    private static let emptyStream = UInt8(maximumStreams)

    /// Takes a body apart and checks all lengths.
    ///
    /// - Parameters:
    ///   - body: The body, a slice of the archive.
    ///   - tree: The classes of the model.
    ///   - latentCount: Latents of the group.
    ///   - index: The number of the group, for errors.
    /// - Throws: ``DecodeError`` if a length or field breaks the rules.
    package init(body: ArraySlice<UInt8>, tree: ClassTree, latentCount: Int, index: Int) throws(DecodeError) {
        var reader = ByteReader(body)
        do {
            var bits = BitReader()
            let ends = try tree.ends { _ in try bits.next(&reader) }
            // Ends of the cut by stream, and whether the centroids of each are changed.
            var streamOfEnd: [UInt8] = []
            var isChanged: [Bool] = []
            for _ in ends {
                let isOccupied = try bits.next(&reader)
                streamOfEnd.append(isOccupied ? UInt8(truncatingIfNeeded: isChanged.count) : Self.emptyStream)
                if isOccupied { isChanged.append(try bits.next(&reader)) }
                guard isChanged.count <= Self.maximumStreams else {
                    throw DecodeError.fieldOutOfRange(field: "class streams", value: isChanged.count)
                }
            }
            streamOfClass = tree.spread(streamOfEnd, over: ends)
            guard bits.restIsZero else { throw DecodeError.fieldOutOfRange(field: "padding", value: 1) }
            var changes: [[Int8]] = []
            for isChanged in isChanged {
                changes.append(isChanged ? try CentroidChange.read(&reader) : [])
            }
            self.changes = changes
            parameterByteCount = body.count - reader.remaining
            streams = try PackingGroup.streams(&reader, count: isChanged.count, limit: latentCount)
            guard streams.symbolCount == latentCount, reader.remaining == 0 else {
                throw DecodeError.groupLength(group: index)
            }
        } catch is ContainerError {
            throw .groupLength(group: index)
        } catch let error as DecodeError { throw error } catch { throw .groupLength(group: index) }
    }

    /// The centroids of all classes of details, from those of the model.
    package func centroids(_ known: [Int8]) -> [Int8] {
        CentroidChange.centroids(known, changedBy: changes) { Int(streamOfClass[$0]) }
    }
}

/// Bits of bytes, the lowest first.
private struct BitReader {
    private var byte: UInt8 = 0
    private var left = 0

    mutating func next(_ reader: inout ByteReader) throws -> Bool {
        if left == 0 { (byte, left) = (try reader.u8(), 8) }
        defer {
            byte >>= 1
            left -= 1
        }
        return byte & 1 == 1
    }

    /// Whether the bits of the byte in work that nobody took are zero.
    var restIsZero: Bool { byte == 0 }
}
