// SPDX-License-Identifier: Apache-2.0
import AEContainer

/// Where the residuals of the latents of a packing group are.
package enum LatentResiduals: Sendable {
    /// Cut, centroids and class streams.
    case streams(LatentGroup)
    /// Where the bytes of an adaptive group stand in the archive, and what is added to the centroids of its sets of
    /// classes: nothing where empty.
    case adaptive(Range<Int>, changes: [[Int8]])

    /// Takes apart what the body of a group of an image has, and checks all lengths.
    ///
    /// - Parameters:
    ///   - body: The body, a slice of the archive.
    ///   - isAdaptive: Whether residuals are coded by probabilities that learn.
    ///   - tree: The classes of the model.
    ///   - count: Latents of the group.
    ///   - index: The number of the group, for errors.
    /// - Throws: ``DecodeError`` if a length or field breaks the rules.
    init(
        body: ArraySlice<UInt8>, isAdaptive: Bool, tree: ClassTree, count: Int, index: Int
    ) throws(DecodeError) {
        guard isAdaptive else {
            self = .streams(try LatentGroup(body: body, tree: tree, latentCount: count, index: index))
            return
        }
        var reader = ByteReader(body)
        var changes: [[Int8]] = []
        do {
            let changed = try reader.u16()
            for set in 0..<CentroidChange.setCount {
                changes.append(changed >> UInt16(set) & 1 == 1 ? try CentroidChange.read(&reader) : [])
            }
        } catch is ContainerError {
            throw .groupLength(group: index)
        } catch let error as DecodeError { throw error } catch { throw .groupLength(group: index) }
        self = .adaptive(body.endIndex - reader.remaining..<body.endIndex, changes: changes)
    }
}
