// SPDX-License-Identifier: Apache-2.0
import Foundation
import Samples

/// CPU milliseconds a megasample of a codec and of the anchor where they give the same PSNR.
struct LossyTimes: Codable {
    /// The setting of the codec.
    var setting: Double
    /// The PSNR that it gives, in decibels; nil if every sample comes back.
    var psnr: Double?
    var encodeMilliseconds: Double
    var decodeMilliseconds: Double
    /// The rate of the anchor in bits a sample.
    var anchorRate: Double
    var anchorEncodeMilliseconds: Double
    var anchorDecodeMilliseconds: Double
}

/// Everything measured on one image.
struct LossyResult: Codable {
    /// Folder and file.
    var file: String
    var groups: [String]
    var frames: Int
    var rows: Int
    var columns: Int
    var bitsStored: Int
    /// Row and column of the upper left sample of the crop; nil for whole images.
    var cropOrigin: [Int]?
    var lossyHistory: Bool
    /// The error at which the image no longer counts as lossy, in squared stored units.
    var leastError: Double
    var anchor: [LossyPoint]
    /// The codec's points; empty if the peer alone was asked for.
    var points: [LossyPoint] = []
    var comparison: LossyComparison?
    var times: [LossyTimes] = []

    init(path: String, groups: [String], image: LossyImage, range: LossyRange, anchor: [LossyPoint]) {
        let url = URL(fileURLWithPath: path)
        file = "\(url.deletingLastPathComponent().lastPathComponent)/\(url.lastPathComponent)"
        self.groups = groups
        frames = image.samples.extent.frames
        rows = image.samples.extent.rows
        columns = image.samples.extent.columns
        bitsStored = image.samples.format.bitsStored
        cropOrigin = image.crop.map { [$0.row, $0.column] }
        lossyHistory = image.lossyHistory
        leastError = range.leastError
        self.anchor = anchor
    }

    /// Whether the image counts in the mean of all.
    var countsInAll: Bool { !groups.contains { $0.hasPrefix(ImageGroups.apartPrefix) } }
}

/// What a codec is given.
struct LossyImage {
    var samples: SampleArray
    var crop: TexturedCrop?
    var lossyHistory: Bool
}
