// SPDX-License-Identifier: Apache-2.0
import AEContainer

/// The body of a packing group of a signal, taken apart but not unpacked. (Spec/signals.md, section 5)
package struct SignalLatentGroup: Sendable {
    /// Events of the window.
    package let eventCount: Int
    /// What of a prediction is taken, by level from 1 on, in sixteenths; empty without events.
    package let shares: [UInt8]
    /// Cut, centroids and streams.
    package let latents: LatentGroup

    static let greatestShare = 32

    /// - Parameters:
    ///   - body: The body, a slice of the archive.
    ///   - tree: The classes of the model.
    ///   - latentCount: Latents of the group.
    ///   - predictedLevels: Levels that are predicted, if the group holds them.
    ///   - eventLimit: Events at most.
    ///   - index: The number of the group, for errors.
    /// - Throws: ``DecodeError`` if a length or field breaks the rules.
    package init(
        body: ArraySlice<UInt8>, tree: ClassTree, latentCount: Int, predictedLevels: Int, eventLimit: Int,
        index: Int
    ) throws(DecodeError) {
        var reader = ByteReader(body)
        var eventCount = 0
        var shares: [UInt8] = []
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
            }
        } catch is ContainerError {
            throw .groupLength(group: index)
        } catch let error as DecodeError { throw error } catch { throw .groupLength(group: index) }
        self.eventCount = eventCount
        self.shares = shares
        latents = try LatentGroup(
            body: body.suffix(reader.remaining), tree: tree, latentCount: latentCount + 2 * eventCount,
            index: index)
    }
}
