// SPDX-License-Identifier: Apache-2.0

/// The shape of the samples of one part: frames, channels, rows, columns; the last axis is fastest.
///
/// A mammogram has one frame and one channel. An ECG has one row per lead.
public struct Extent: Equatable, Hashable, Sendable {
    /// Images of a multi-frame object; the outermost axis.
    public var frames: Int
    /// Image channels; 1 for grey images and signals.
    public var channels: Int
    /// Samples on the slow axis: rows of an image, or leads of a signal.
    public var rows: Int
    /// Samples on the fast axis: pixels of a row, or sampling instants.
    public var columns: Int

    /// Makes an extent; every count is at least 1.
    public init(frames: Int = 1, channels: Int = 1, rows: Int, columns: Int) {
        precondition(frames >= 1 && channels >= 1 && rows >= 1 && columns >= 1, "an extent has no empty axis")
        self.frames = frames
        self.channels = channels
        self.rows = rows
        self.columns = columns
    }

    /// Samples of one frame, all channels.
    public var samplesPerFrame: Int { channels * rows * columns }

    /// Samples of all frames.
    public var sampleCount: Int { frames * samplesPerFrame }
}
