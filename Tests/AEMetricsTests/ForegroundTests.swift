// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Glibc
import Samples
import TestSupport
import Testing

@Suite struct ForegroundTests {
    /// Half a disk of tissue at the left border, grain everywhere; air is at `air`, within `padding` samples
    /// of the border everything but tissue is 0.
    static func view(air: Int, tissue: Int, grain: Int, padding: Int) -> SampleArray {
        var random = SplitMix64(seed: 7)
        return MetricImages.made(rows: 240, columns: 200) { row, column in
            if isTissue(row, column) {
                return tissue + 8 * column + Int.random(in: -40...40, using: &random)
            }
            let distance = min(row, column, 239 - row, 199 - column)
            return distance < padding ? 0 : air + Int.random(in: -grain...grain, using: &random)
        }
    }

    static func isTissue(_ row: Int, _ column: Int) -> Bool {
        let down = Double(row - 120)
        return down * down + Double(column * column) < 90 * 90
    }

    /// Air, tissue, grain and padding.
    static let views = [
        (0, 1000, 0, 0), (200, 1500, 12, 0), (300, 1500, 10, 6), (4000, 1500, 15, 0), (3900, 900, 12, 9),
    ]

    @Test(arguments: views) func tissueStaysAndAirAndPaddingGo(
        air: Int, tissue: Int, grain: Int, padding: Int
    ) {
        let foreground = Foreground(Self.view(air: air, tissue: tissue, grain: grain, padding: padding))
        var kept = 0
        var tissueCount = 0
        var left = 0
        for index in foreground.mask.indices {
            let isTissue = Self.isTissue(index / 200, index % 200)
            tissueCount += isTissue ? 1 : 0
            kept += isTissue && foreground.mask[index] ? 1 : 0
            left += !isTissue && foreground.mask[index] ? 1 : 0
        }
        #expect(Double(kept) >= 0.995 * Double(tissueCount))
        // The means of 3 x 3 leave a line of air along the skin.
        #expect(Double(left) < 0.03 * Double(240 * 200 - tissueCount))
    }

    @Test func breastViewAgreesWithSciPy() throws {
        // Tests/Reference/metrics.py
        let foreground = Foreground(MetricImages.view)
        #expect(foreground.mask.count { $0 } == 78_710)
        let expected = [
            (MetricImages.coarse, 46.872979893346), (MetricImages.smooth, 30.376399669433),
            (MetricImages.grainy, 36.987212987576),
        ]
        for (change, psnr) in expected {
            let measured = foreground.psnr(MetricImages.view, change(MetricImages.view))
            #expect(abs(try #require(measured) - psnr) < 1e-9)
        }
    }

    @Test func imageWithoutBackgroundIsAllForeground() {
        let tissue = MetricImages.cut(MetricImages.view, rows: 0..<320, columns: 0..<180)
        #expect(Foreground(tissue).share == 1)
    }

    @Test func constantImageHasNoForeground() throws {
        let flat = MetricImages.made(rows: 30, columns: 20) { _, _ in 17 }
        let foreground = Foreground(flat)
        #expect(foreground.share == 0)
        #expect(foreground.psnr(flat, MetricImages.coarse(flat)) == nil)
    }

    @Test func errorsInTheBackgroundDoNotCount() throws {
        let foreground = Foreground(MetricImages.view)
        let outside = MetricImages.changed(MetricImages.view) {
            foreground.mask[$0] ? MetricImages.view[$0] : MetricImages.view[$0] + 9
        }
        #expect(foreground.psnr(MetricImages.view, outside) == nil)
    }

    @Test func framesAreJudgedOneByOne() {
        let views = Self.views.map { Self.view(air: $0.0, tissue: $0.1, grain: $0.2, padding: $0.3) }
        #expect(Foreground(MetricImages.frames(views)).mask == views.flatMap { Foreground($0).mask })
    }

    @Test(arguments: [(1, 1), (1, 40), (40, 1), (2, 2)]) func smallestImagesAreJudged(rows: Int, columns: Int)
    {
        let image = MetricImages.made(rows: rows, columns: columns) { row, column in row * 100 + column * 90 }
        #expect(Foreground(image).mask.count == rows * columns)
    }
}
