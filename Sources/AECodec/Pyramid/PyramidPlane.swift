// SPDX-License-Identifier: Apache-2.0
package import CAEKernels
import CSystem

/// The bands of one plane, or of what is needed for a window of it.
///
/// Threads work on it at the same time: each on tiles or rows of its own, and stages follow each other.
@safe
package final class PyramidPlane: @unchecked Sendable {
    package let window: PyramidWindow
    /// Steps may change between passes of an encoder; nothing else does.
    package var parameters: PyramidParameters
    private let storage: UnsafeMutablePointer<Int32>
    /// Where the details of every level, by level - 1, and the planes start in the storage.
    private var details: [[Int]] = []
    private var planes: [Int] = []
    /// Doubled values of the details of some levels, which the groups of finer levels look at.
    private var kept: [Int: UnsafeMutableBufferPointer<Int16>] = unsafe [:]

    /// - Parameters:
    ///   - window: What is needed.
    ///   - parameters: Tiles, levels and steps.
    ///   - kept: Levels of coarser groups that finer ones look at.
    package init(_ window: PyramidWindow, parameters: PyramidParameters, kept: [Int]) {
        self.window = window
        self.parameters = parameters
        var offset = 0
        let layout = window.layout
        planes = [Int](repeating: 0, count: layout.levelCount + 1)
        for level in 1...layout.levelCount {
            var bands: [Int] = []
            for band in 1...3 {
                bands.append(offset)
                if level > window.reduction { offset += window.held(level: level, band: band).count }
            }
            details.append(bands)
            planes[level] = offset
            if level > window.reduction || level == layout.levelCount {
                offset += window.plane(level).count
            }
        }
        unsafe storage = UnsafeMutablePointer<Int32>.allocate(capacity: offset + 1)
        unsafe c_expect_whole_use(storage, 4 * offset)
        unsafe storage.initialize(repeating: 0, count: offset + 1)
        for level in kept {
            let buffer = UnsafeMutableBufferPointer<Int16>.allocate(
                capacity: Self.keptCount(layout, level: level) * layout.tileCount)
            unsafe buffer.initialize(repeating: 0)
            unsafe self.kept[level] = unsafe buffer
        }
    }

    deinit {
        unsafe storage.deallocate()
        unsafe kept.values.forEach { unsafe $0.deallocate() }
    }

    package var layout: PyramidLayout { window.layout }

    /// The storage of plane `number`, at a place of it.
    package func plane(_ number: Int, row: Int, column: Int) -> UnsafeMutablePointer<Int32> {
        let held = window.plane(number)
        return unsafe storage + planes[number] + (row - held.rows.lowerBound) * held.columns.count + column
            - held.columns.lowerBound
    }

    /// Values between the rows of a kept plane.
    package func stride(ofPlane number: Int) -> Int { window.plane(number).columns.count }

    private func detail(_ band: Int, level: Int, row: Int, column: Int) -> (
        values: UnsafeMutablePointer<Int32>, stride: Int
    ) {
        let held = window.held(level: level, band: band)
        let offset = (row - held.rows.lowerBound) * held.columns.count + column - held.columns.lowerBound
        // A band without values has no place to point to.
        let first = details[level - 1][band - 1] + (held.isEmpty ? 0 : offset)
        return unsafe (storage + first, held.columns.count)
    }

    /// A window of a level as the kernels take it; rows and columns start even.
    package func level(_ number: Int, _ window: PlaneWindow) -> ae_level {
        let row = window.rows.lowerBound / 2
        let column = window.columns.lowerBound / 2
        func band(_ band: Int) -> ae_band {
            let place = unsafe detail(band, level: number, row: row, column: column)
            return unsafe ae_band(values: place.values, stride: place.stride)
        }
        let low = unsafe ae_band(
            values: plane(number, row: row, column: column), stride: stride(ofPlane: number))
        return unsafe ae_level(
            rows: Int32(window.rows.count), columns: Int32(window.columns.count), low: low,
            horizontal: band(1), vertical: band(2), diagonal: band(3))
    }

    /// Half the range is taken away, so that coefficients of the low band are small.
    package static func offset(_ maximumCode: Int) -> Int { (maximumCode + 1) / 2 }

    /// The tile as the kernels take it; `work` has room for what its contexts see.
    ///
    /// - Parameters:
    ///   - tile: The tile.
    ///   - levels: As ``PyramidLayout/latentCount(tile:levels:)`` takes them.
    ///   - work: ``workByteCount(_:)`` bytes.
    ///   - sink: Takes what the window does not hold; nil if it holds the whole plane.
    /// - Returns: Pointers into the bands, valid as long as the plane, `work` and `sink` are.
    package func latentTile(
        _ tile: Int, levels: ClosedRange<Int>, work: UnsafeMutableRawPointer,
        sink: UnsafeMutablePointer<Int32>? = nil
    ) -> ae_latent_tile {
        let finest = window.finestLevel(tile: tile) ?? layout.levelCount + 1
        var result = unsafe ae_latent_tile()
        unsafe result.levels = Int32(layout.levelCount)
        unsafe result.first = Int32(levels.lowerBound)
        unsafe result.last = Int32(levels.upperBound)
        unsafe result.work = unsafe work
        if levels.upperBound == layout.levelCount {
            unsafe result.low = unsafe band(
                0, level: layout.levelCount, tile, isHeld: finest <= layout.levelCount, sink)
        }
        unsafe withUnsafeMutableBytes(of: &result.bands) { raw in
            let bands = unsafe raw.assumingMemoryBound(to: ae_latent_band.self)
            for level in 1...layout.levelCount {
                for band in 1...3 {
                    unsafe bands[3 * (level - 1) + band - 1] = unsafe self.band(
                        band, level: level, tile, isHeld: finest <= level && level > window.reduction,
                        sink)
                }
            }
        }
        unsafe result.is_dependent = parameters.quantizer == .dependent ? 1 : 0
        unsafe withUnsafeMutableBytes(of: &result.kept) { raw in
            let levels = unsafe raw.assumingMemoryBound(to: ae_kept_level.self)
            for level in 1...layout.levelCount { unsafe levels[level - 1] = unsafe keptLevel(level, tile) }
        }
        return unsafe result
    }

    private func keptLevel(_ level: Int, _ tile: Int) -> ae_kept_level {
        let (rows, columns) = layout.largestPart(level: level)
        let place = unsafe kept[level]?.baseAddress.map {
            unsafe $0 + Self.keptCount(layout, level: level) * tile
        }
        return unsafe ae_kept_level(values: place, rows: Int32(rows), columns: Int32(columns))
    }

    /// Doubled values of all details of a level of one tile.
    private static func keptCount(_ layout: PyramidLayout, level: Int) -> Int {
        let (rows, columns) = layout.largestPart(level: level)
        return 3 * rows * columns
    }

    /// Bytes of a plane, or of what is needed for a window of it; as ``init(_:parameters:kept:)``.
    static func byteCount(_ window: PyramidWindow, kept: [Int]) -> Int {
        let values = kept.reduce(0) { $0 + keptCount(window.layout, level: $1) }
        return 4 * window.valueCount + 2 * values * window.layout.tileCount + overheadByteCount
    }

    /// The levels that are kept where groups part at some planes, for contexts of a rule.
    package static func keptLevels(_ layout: PyramidLayout, partings: [Int], rule: ContextRule) -> [Int] {
        var levels: Set<Int> = []
        for plane in partings where plane > 0 { levels.formUnion(plane + 1...plane + rule.depth) }
        return levels.filter { $0 <= layout.levelCount }.sorted()
    }

    /// About what a plane takes besides its values: the object, its window and lists.
    private static let overheadByteCount = 1024

    /// Where the tile's part of a band is.
    private func band(
        _ band: Int, level: Int, _ tile: Int, isHeld: Bool, _ sink: UnsafeMutablePointer<Int32>?
    ) -> ae_latent_band {
        let part = layout.part(tile, level: level, band: band)
        let step = band == 0 ? parameters.steps[0] : parameters.step(level: level, band: band - 1)
        if part.isEmpty {
            // Its sides count: contexts take up what the largest band of a level has.
            return unsafe ae_latent_band(
                values: storage, stride: 0, rows: Int32(part.rows.count), columns: Int32(part.columns.count),
                step: step)
        }
        var place = unsafe (values: sink ?? storage, stride: part.columns.count)
        if isHeld {
            let row = part.rows.lowerBound
            let column = part.columns.lowerBound
            unsafe place =
                unsafe band == 0
                ? (plane(level, row: row, column: column), stride(ofPlane: level))
                : detail(band, level: level, row: row, column: column)
        }
        return unsafe ae_latent_band(
            values: place.values, stride: place.stride, rows: Int32(part.rows.count),
            columns: Int32(part.columns.count), step: step)
    }

    /// Bytes that the largest band of a tile takes; 0 if the window holds all of them.
    static func sinkByteCount(_ window: PyramidWindow) -> Int {
        let (rows, columns) = window.layout.largestPart(level: 1)
        return window.holdsEverything ? 0 : 4 * rows * columns
    }

    /// Bytes of workspace that any tile needs.
    package func workByteCount(_ model: PyramidModel) -> Int { Self.workByteCount(layout, model) }

    static func workByteCount(_ layout: PyramidLayout, _ model: PyramidModel) -> Int {
        let (rows, columns) = layout.largestPart(level: 1)
        return unsafe model.kernelRule.with { rule in
            unsafe (ae_latent_work_bytes(&rule, Int32(rows), Int32(columns)) + 63) / 64 * 64
        }
    }

    /// The values of a band of a level (0 is the low band), row by row.
    package func values(level: Int, band: Int) -> UnsafeBufferPointer<Int32> {
        let (start, count) =
            band == 0
            ? (planes[level], window.plane(level).count)
            : (details[level - 1][band - 1], window.held(level: level, band: band).count)
        return unsafe UnsafeBufferPointer(start: storage + start, count: count)
    }
}
