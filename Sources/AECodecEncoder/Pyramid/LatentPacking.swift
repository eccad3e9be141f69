// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer

/// Packs the residuals of a group by their classes. (Spec/bitstream.md, section 9)
enum LatentPacking {
    /// - Parameters:
    ///   - residuals: Residuals in coding order.
    ///   - classes: Their classes.
    ///   - count: How many there are.
    ///   - statistics: Where their values lie; nil where centroids must stay those of the model.
    ///   - fineness: How far classes are divided.
    ///   - set: The classes.
    ///   - tree: How classes join.
    ///   - centroids: What the model knows of them.
    ///   - lambda: Squared steps that a bit is worth.
    ///   - packer: Packs streams.
    ///   - writer: Takes cut, changes of centroids and streams.
    static func write(
        residuals: [Int16], classes: [UInt16], count: Int, statistics: LatentStatistics?,
        fineness: ClassCut.Fineness = .best, set: LatentClassSet, tree: ClassTree, centroids: [Int8],
        lambda: Float, packer: StreamPacker, to writer: inout ByteWriter
    ) {
        let cut = ClassCut(
            residuals: residuals, classes: classes, count: count, set: set, tree: tree, fineness: fineness)
        var classesOfStream = [[Int]](repeating: [], count: cut.counts.count)
        for (c, stream) in cut.streamOfClass.enumerated() where Int(stream) < classesOfStream.count {
            classesOfStream[Int(stream)].append(c)
        }
        cut.write(
            to: &writer,
            changes: classesOfStream.map {
                statistics?.changes(of: $0, known: centroids, lambda: lambda) ?? []
            })
        let sorted = sortedResiduals(residuals, classes, cut.streamOfClass, counts: cut.counts)
        packer.write(sorted, counts: cut.counts, rawBits: cut.rawBits, to: &writer)
    }
}
