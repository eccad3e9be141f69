// SPDX-License-Identifier: Apache-2.0
public import Samples

/// Which samples of a part are wanted.
public struct SampleSelection: Equatable, Sendable {
    /// Frames, counted from 0.
    public var frames: Range<Int>
    /// A window in samples of the full size; nil for whole frames.
    public var region: Region?
    /// How often both sides are halved, 0 for full size.
    ///
    /// Reduced pictures are those that the pyramid holds.
    public var reduction: Int
    /// Which layer of a part is decoded.
    public var layer = Layer.exact

    /// The layers of an archive.
    public enum Layer: Sendable {
        /// The samples of the archive.
        case exact
        /// The coarse picture that an archive of two layers begins with; lossy archives have nothing else.
        case base
    }

    /// A window of an image.
    public struct Region: Equatable, Sendable {
        /// The first column.
        public var x: Int
        /// The first row.
        public var y: Int
        /// Columns, at least 1.
        public var width: Int
        /// Rows, at least 1.
        public var height: Int

        /// Makes a region.
        public init(x: Int, y: Int, width: Int, height: Int) {
            self.x = x
            self.y = y
            self.width = width
            self.height = height
        }
    }

    /// Makes a selection.
    public init(frames: Range<Int>, region: Region? = nil, reduction: Int = 0) {
        self.frames = frames
        self.region = region
        self.reduction = reduction
    }

    /// Throws unless frames and region are in a part.
    func check(_ extent: Extent) throws(DecodeError) {
        guard frames.lowerBound >= 0, frames.upperBound <= extent.frames, !frames.isEmpty else {
            throw .framesOutOfRange(asked: frames, frames: extent.frames)
        }
        guard let region else { return }
        guard region.x >= 0, region.y >= 0, region.width >= 1, region.height >= 1,
            region.x < extent.columns, region.y < extent.rows,
            region.width <= extent.columns - region.x, region.height <= extent.rows - region.y
        else { throw .regionOutOfRange(columns: extent.columns, rows: extent.rows) }
    }

    /// The samples of an array that are wanted.
    ///
    /// - Parameter samples: All samples, at full size.
    /// - Returns: A copy of those wanted.
    /// - Throws: ``DecodeError`` if frames or region are not in the array, or a reduction is wanted: an array
    ///   has none.
    public func of(_ samples: SampleArray) throws(DecodeError) -> SampleArray {
        try check(samples.extent)
        guard reduction == 0 else { throw .noSuchReduction(asked: reduction, levels: 0) }
        let frames = samples.frames(frames)
        guard region != nil else { return frames }
        let window = window(of: samples.extent)
        return frames.window(rows: window.rows, columns: window.columns)
    }

    /// The window of a plane `reduction` times halved: every sample of it that touches the region.
    func window(of extent: Extent) -> PlaneWindow {
        let region = region ?? Region(x: 0, y: 0, width: extent.columns, height: extent.rows)
        return PlaneWindow(
            rows: region.y >> reduction..<(region.y + region.height - 1) >> reduction + 1,
            columns: region.x >> reduction..<(region.x + region.width - 1) >> reduction + 1)
    }
}
