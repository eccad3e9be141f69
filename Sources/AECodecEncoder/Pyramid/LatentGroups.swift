// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer

/// How the latents of an image are divided into packing groups.
///
/// One tile is one group. Of several tiles the coarse levels go first, so that a reduced picture costs a
/// sixteenth, and many tiles share a group; the two finest levels of a large tile are a group.
struct LatentGroups {
    let layout: PyramidLayout
    let frames: Int
    let channels: Int

    /// The plane between coarse and fine groups.
    private static let boundary = 2

    /// Planes at which groups part.
    static func partings(_ layout: PyramidLayout) -> [Int] {
        isDivided(layout) ? [boundary] : []
    }

    private static func isDivided(_ layout: PyramidLayout) -> Bool {
        layout.tileCount > 1 && layout.levelCount > boundary
    }

    /// Latents from which on a group is large enough.
    private static let enough = 1 << 18
    /// Frames whose latents make a group together.
    private var framesPerGroup: Int {
        guard layout.tileCount == 1 else { return 1 }
        let latents = channels * layout.latentCount(tile: 0, levels: 0...layout.levelCount)
        return max(
            1, min(frames, Self.enough / latents, PackingGroup.maximumTiles / channels))
    }

    /// Headers stage by stage: groups of a stage take up what those before leave, and nothing of each other.
    var stages: [[GroupHeader]] {
        let last = layout.levelCount
        guard Self.isDivided(layout) else { return [headers(levels: 0...last)] }
        return [headers(levels: Self.boundary...last), headers(levels: 0...Self.boundary)]
    }

    /// The place of a header in the archive: frames follow each other, each from coarse to fine.
    static func isBefore(_ a: GroupHeader, _ b: GroupHeader) -> Bool {
        (a.frames.lowerBound, -a.levels.upperBound, a.tiles.lowerBound)
            < (b.frames.lowerBound, -b.levels.upperBound, b.tiles.lowerBound)
    }

    private func headers(levels: ClosedRange<Int>) -> [GroupHeader] {
        stride(from: 0, to: frames, by: framesPerGroup).flatMap { frame in
            let end = min(frames, frame + framesPerGroup)
            return tileRanges(levels, isWhole: end > frame + 1).map {
                GroupHeader(part: 0, layer: 0, levels: levels, frames: frame..<end, tiles: $0)
            }
        }
    }

    private func tileRanges(_ levels: ClosedRange<Int>, isWhole: Bool) -> [Range<Int>] {
        let count = channels * layout.tileCount
        if isWhole { return [0..<count] }
        var ranges: [Range<Int>] = []
        var start = 0
        var size = 0
        for tile in 0..<count {
            size += layout.latentCount(tile: tile % layout.tileCount, levels: levels)
            let isFull = size >= Self.enough || tile - start == PackingGroup.maximumTiles - 1
            if isFull || tile == count - 1 {
                ranges.append(start..<tile + 1)
                (start, size) = (tile + 1, 0)
            }
        }
        return ranges
    }
}
