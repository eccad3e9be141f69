// SPDX-License-Identifier: Apache-2.0
package import Samples

/// An image to measure.
package struct BenchmarkImage: Sendable {
    /// As tables name it.
    package var name: String
    /// Groups in whose means it counts.
    package var groups: [String]
    /// The samples, or those of the crop; at most 16 bits.
    package var samples: SampleArray
    /// Bits of a cell in the file.
    package var bitsAllocated: Int
    /// Whether the samples are a window of the image.
    package var isCrop: Bool
    /// Whether they were compressed with loss before.
    package var lossyHistory: Bool

    /// Makes an image; nothing is checked but that peers take its depth.
    package init(
        name: String, groups: [String], samples: SampleArray, bitsAllocated: Int, isCrop: Bool = false,
        lossyHistory: Bool = false
    ) {
        precondition(samples.format.bitsStored <= 16)
        self.name = name
        self.groups = groups
        self.samples = samples
        self.bitsAllocated = bitsAllocated
        self.isCrop = isCrop
        self.lossyHistory = lossyHistory
    }

    /// The result without points.
    func emptyResult(_ range: RateRange) -> ImageResult {
        let apart = groups.first { $0.hasPrefix(ImageGroups.apartPrefix) }
        return ImageResult(
            name: name, groups: groups,
            apart: apart.map {
                String($0.dropFirst(ImageGroups.apartPrefix.count).drop(while: \.isWhitespace))
            },
            frames: samples.extent.frames, rows: samples.extent.rows * samples.extent.channels,
            columns: samples.extent.columns, bitsStored: samples.format.bitsStored,
            bitsAllocated: bitsAllocated, isSigned: samples.format.isSigned, isCrop: isCrop,
            leastError: range.leastError, highestRate: range.highestRate, points: [])
    }
}
