// SPDX-License-Identifier: Apache-2.0
import AECodec
import CAEKernels

/// Weight sets by label and part of a block.
struct PredictorSets {
    /// What blocks choose among.
    let labelCount: Int
    /// 1, or 2 if smooth and textured samples have sets of their own.
    let partCount: Int

    var count: Int { labelCount * partCount }

    func number(label: Int, part: Int) -> Int { partCount * label + min(part, partCount - 1) }
}

/// Normal equations of every block of a group, or of its smooth and its textured samples: of its *cells*.
struct BlockSums {
    /// By cell, block after block.
    private(set) var sums: [NormalEquations] = []
    private(set) var counts: [Int] = []
    /// Mean activity of every block.
    private(set) var activities: [Float] = []
    /// Whether all samples of a block repeat their left neighbours.
    private(set) var isFlat: [Bool] = []
    /// Samples outside flat blocks, about.
    let sampleCount: Int
    /// Cells of a block, 1 or 2.
    let partCount: Int
    /// The greatest texture of a smooth sample.
    let textureLimit: Int
    private let tiles: [CodedTile]
    private let hasBase: Bool
    /// Rows of a block are sampled at this distance.
    private let every: Int
    private let floor: Float

    /// Groups of no more samples are parted; larger ones where few samples have most of the activity.
    static let alwaysParted = 1 << 18
    private static let leastParted = 1 << 14
    /// The mean square of activities over the square of their mean from which on that is so.
    ///
    /// Mammograms have 1.5 to 2.8, pages and scanned films 5.
    private static let unevenness: Float = 3.2
    /// So many of the samples are smooth.
    private static let smoothShare = 0.75

    var observationCount: Int { counts.reduce(0, +) }

    init(_ tiles: [CodedTile], distance: Double) {
        self.tiles = tiles
        hasBase = tiles.contains { !$0.base.isEmpty }
        isFlat = tiles.flatMap(Self.flatBlocks)
        let flatCount = isFlat.filter { $0 }.count * PackingGroup.blockSide * PackingGroup.blockSide
        sampleCount = max(0, tiles.reduce(0) { $0 + $1.tile.sampleCount } - flatCount)
        let usual =
            sampleCount > 1 << 20 ? 8 : sampleCount >= 1 << 19 ? 4 : sampleCount >= 1 << 17 ? 2 : 1
        every = max(1, min(16, Int(Double(usual) * distance)))
        let activities = Self.someActivities(tiles)
        let count = Float(max(1, activities.count))
        let mean = activities.reduce(0, +) / count
        let square = activities.reduce(0) { $0 + $1 * $1 } / count
        // Smooth places get no more weight than a tenth of the mean activity, squared, allows.
        floor = 0.1 * mean * mean + 0.05
        // Background is no reason.
        let busyShare = Float(activities.filter { $0 > 0 }.count) / count
        let isUneven = square * busyShare > Self.unevenness * mean * mean
        partCount =
            sampleCount >= Self.leastParted && (sampleCount <= Self.alwaysParted || isUneven) ? 2 : 1
        let limit = activities.isEmpty ? 0 : activities[Int(Self.smoothShare * Double(activities.count))]
        textureLimit = min(PredictionParameters.maximumTextureLimit, Int(5 * limit))
        var total: Float = 0
        forEachCell(every: every) { cell, panel, activity in
            var sum = NormalEquations()
            sum.add(panel)
            sums.append(sum)
            counts.append(panel.count)
            total = cell % partCount == 0 ? activity : total + activity
            guard cell % partCount == partCount - 1 else { return }
            let count = counts.suffix(partCount).reduce(0, +)
            self.activities.append(count > 0 ? total / Float(count) : 0)
        }
    }

    /// What a weighted error of 1 is in codes, where the activity is about this.
    func unit(activity: Float) -> Double { Double((activity * activity + floor).squareRoot()) }

    /// Choosing among predictors takes fewer observations than fitting them.
    var everyForChoice: Int { min(8, 2 * every) }

    /// Calls `body` with the number, the observations and the sum of activities of every cell.
    func forEachCell(every: Int, _ body: (Int, Panel, Float) -> Void) {
        var panel = Panel(
            capacity: 1024 / every, termCount: hasBase ? Panel.termCount : AE_FIT_PLAIN_TERMS)
        // Whole textures are a fifth apart as activities; the limit stands between two.
        let limit = (Float(textureLimit) + 0.5) / 5
        let ranges =
            partCount == 1
            ? [Self.all] : [(above: Float(-1), limit: limit), (above: limit, limit: .infinity)]
        var block = 0
        for tile in tiles {
            for row in stride(from: 0, to: tile.tile.rows, by: PackingGroup.blockSide) {
                for column in stride(from: 0, to: tile.tile.columns, by: PackingGroup.blockSide) {
                    for (part, range) in ranges.enumerated() {
                        var activity: Float = 0
                        panel.count = 0
                        if !isFlat[block] {
                            Self.fill(
                                &panel, tile, row: row, column: column, every: every, floor: floor, range,
                                &activity)
                        }
                        body(block * partCount + part, panel, activity)
                    }
                    block += 1
                }
            }
        }
    }

    /// The range of all activities.
    private static let all: (above: Float, limit: Float) = (-1, .infinity)

    private static func flatBlocks(_ tile: CodedTile) -> [Bool] {
        var flags: [Bool] = []
        for row in stride(from: 0, to: tile.tile.rows, by: PackingGroup.blockSide) {
            for column in stride(from: 0, to: tile.tile.columns, by: PackingGroup.blockSide) {
                let isFlat = unsafe ae_block_is_flat(
                    tile.codes, tile.tile.columns, Int32(tile.tile.rows), Int32(tile.tile.columns),
                    Int32(row),
                    Int32(column))
                flags.append(isFlat != 0)
            }
        }
        return flags
    }

    /// Activities of samples from one block in sixteen, rising.
    private static func someActivities(_ tiles: [CodedTile]) -> [Float] {
        var panel = Panel(capacity: 128)
        var activities: [Float] = []
        for tile in tiles {
            for row in stride(from: 0, to: tile.tile.rows, by: 128) {
                for column in stride(from: 0, to: tile.tile.columns, by: 128) {
                    var ignored: Float = 0
                    fill(
                        &panel, tile, row: row, column: column, every: 8, floor: 1, all, &ignored)
                    // The weight of an observation says its activity.
                    for place in 0..<panel.count {
                        let weight = panel.values[28 * panel.stride + place]
                        activities.append(max(0, 1 / (weight * weight) - 1).squareRoot())
                    }
                }
            }
        }
        return activities.sorted()
    }

    private static func fill(
        _ panel: inout Panel, _ tile: CodedTile, row: Int, column: Int, every: Int, floor: Float,
        _ range: (above: Float, limit: Float), _ activity: inout Float
    ) {
        unsafe tile.base.withUnsafeBufferPointer { base in
            let base = panel.usedTermCount == Panel.termCount ? base.baseAddress : nil
            panel.count = unsafe ae_block_panel(
                tile.decoded, tile.codes, base, tile.tile.columns, Int32(tile.tile.rows),
                Int32(tile.tile.columns), Int32(row), Int32(column), Int32(every), floor, range.above,
                range.limit, &panel.values, panel.stride, &activity)
        }
    }
}
