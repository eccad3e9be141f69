// SPDX-License-Identifier: Apache-2.0
import AEContainer

/// The body of a packing group of a signal, taken apart but not unpacked. (Spec/signals.md, section 5)
package struct SignalLatentGroup: Sendable {
    /// Events of the window.
    package let eventCount: Int
    /// What of a prediction is taken, by level from 1 on, in sixteenths; empty without events.
    package let shares: [UInt8]
    /// By what steps are multiplied in each segment: eighths of the logarithm to base 2; empty if they never change.
    let segments: [Int8]
    /// What holds the residuals of events and latents.
    package let residuals: LatentResiduals

    static let greatestShare = 32
    package static let segmentRange = -64...64

    /// Puts together what the first segment and changes of four bits say.
    private static func segments(
        from first: Int8, _ bytes: ArraySlice<UInt8>, count: Int
    ) throws(DecodeError) -> [Int8] {
        var sum = Int(first)
        var segments: [Int8] = []
        segments.reserveCapacity(count)
        for index in 0..<count {
            if index > 0 {
                let byte = bytes[bytes.startIndex + (index - 1) / 2]
                let field = Int(byte >> UInt8(4 * ((index - 1) % 2)) & 15)
                sum += field < 8 ? field : field - 16
            }
            guard segmentRange.contains(sum) else {
                throw .fieldOutOfRange(field: "Step_Change", value: sum)
            }
            segments.append(Int8(sum))
        }
        return segments
    }

    /// - Parameters:
    ///   - body: The body, a slice of the archive.
    ///   - tree: The classes of the model.
    ///   - latentCount: Latents of the group.
    ///   - predictedLevels: Levels that are predicted, if the group holds them.
    ///   - segmentCount: Segments, if the group holds predicted levels.
    ///   - eventLimit: Events at most.
    ///   - isAdaptive: Whether residuals are coded by probabilities that learn.
    ///   - index: The number of the group, for errors.
    /// - Throws: ``DecodeError`` if a length or field breaks the rules.
    package init(
        body: ArraySlice<UInt8>, tree: ClassTree, latentCount: Int, predictedLevels: Int, segmentCount: Int,
        eventLimit: Int, isAdaptive: Bool, index: Int
    ) throws(DecodeError) {
        var reader = ByteReader(body)
        var eventCount = 0
        var shares: [UInt8] = []
        var segments: [Int8] = []
        do {
            if predictedLevels > 0 {
                eventCount = try reader.varint(field: "Event_Count", atMost: eventLimit)
                for _ in 0..<(eventCount > 0 ? predictedLevels : 0) {
                    let share = try reader.u8()
                    guard share <= Self.greatestShare else {
                        throw DecodeError.fieldOutOfRange(field: "Prediction_Share", value: Int(share))
                    }
                    shares.append(share)
                }
                if segmentCount > 0 {
                    let first = Int8(bitPattern: try reader.u8())
                    segments = try Self.segments(
                        from: first, try reader.bytes(segmentCount / 2), count: segmentCount)
                }
            }
        } catch is ContainerError {
            throw .groupLength(group: index)
        } catch let error as DecodeError { throw error } catch { throw .groupLength(group: index) }
        self.eventCount = eventCount
        self.shares = shares
        self.segments = segments
        if isAdaptive {
            residuals = .adaptive(body.endIndex - reader.remaining..<body.endIndex, changes: [])
        } else {
            residuals = .streams(
                try LatentGroup(
                    body: body.suffix(reader.remaining), tree: tree,
                    latentCount: latentCount + 2 * eventCount, index: index))
        }
    }
}
