// SPDX-License-Identifier: Apache-2.0
import Samples
import TestSupport
import Testing

@testable import AEBenchmark

@Suite struct TexturedCropTests {
    /// Zero but for noise in a rectangle.
    static func image(
        rows: Int, columns: Int, noise: (rows: Range<Int>, columns: Range<Int>), signed: Bool = false
    ) -> SampleArray {
        var random = SplitMix64(seed: 11)
        let values = (0..<rows * columns).map { index in
            noise.rows.contains(index / columns) && noise.columns.contains(index % columns)
                ? Int.random(in: 0..<2000, using: &random) : 0
        }
        return SampleArray(
            extent: Extent(rows: rows, columns: columns),
            format: SampleFormat(bitsStored: 12, isSigned: signed), values: values)
    }

    @Test func windowLiesOverTheTexture() throws {
        let image = Self.image(rows: 1500, columns: 1300, noise: (400..<1424, 160..<1184))
        let crop = try #require(TexturedCrop(of: image))
        #expect((crop.row, crop.column, crop.rows, crop.columns) == (400, 160, 1024, 1024))
        let samples = crop.samples(of: image)
        #expect(samples.extent == Extent(rows: 1024, columns: 1024))
        #expect(samples[0] == image[400 * 1300 + 160])
        #expect(samples[1024 * 1024 - 1] == image[1423 * 1300 + 1183])
    }

    @Test(arguments: [
        (788, 1318, 768, 1024), (512, 512, 512, 512), (639, 5000, 512, 1024), (1024, 700, 1024, 640),
    ])
    func sidesAreMultiplesOf128(_ rows: Int, _ columns: Int, _ cutRows: Int, _ cutColumns: Int) throws {
        let image = Self.image(rows: rows, columns: columns, noise: (0..<64, 0..<64), signed: true)
        let crop = try #require(TexturedCrop(of: image))
        #expect((crop.rows, crop.columns) == (cutRows, cutColumns))
    }

    @Test(arguments: [(511, 2000), (2000, 511), (1, 1)])
    func smallImagesHaveNoCrop(_ rows: Int, _ columns: Int) {
        let format = SampleFormat(bitsStored: 8, isSigned: false)
        #expect(
            TexturedCrop(of: SampleArray(extent: Extent(rows: rows, columns: columns), format: format)) == nil
        )
    }

    @Test func flatImageGivesItsFirstWindow() throws {
        let flat = SampleArray(
            extent: Extent(rows: 700, columns: 700), format: SampleFormat(bitsStored: 16, isSigned: true))
        let crop = try #require(TexturedCrop(of: flat))
        #expect((crop.row, crop.column) == (0, 0))
    }
}
