// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Samples
import Testing

@Suite struct ImageMetricsTests {
    @Test func gathersWhatItsPartsMeasure() throws {
        let image = MetricImages.view
        let decoded = MetricImages.smooth(image)
        let metrics = try #require(ImageMetrics.measure(image, decoded))
        let difference = try #require(SampleDifference(image, decoded))
        #expect(metrics.meanSquaredError == difference.meanSquaredError)
        #expect(metrics.psnr == difference.psnr(bitsStored: 12))
        #expect(metrics.maximumError == difference.maximumError)
        let similarity = try #require(StructuralSimilarity(image, decoded))
        #expect(metrics.ssim == similarity.ssim)
        #expect(metrics.multiScaleSSIM == similarity.multiScale)
        #expect(metrics.scaleCount == 5)
        let foreground = Foreground(image)
        #expect(metrics.foregroundPSNR == foreground.psnr(image, decoded))
        #expect(metrics.foregroundShare == foreground.share)
        let spots = BrightSpots(image, foreground: foreground)
        #expect(metrics.brightContrast == spots.kept(decoded)?.mean)
        #expect(metrics.brightContrastWorst == spots.kept(decoded)?.worst)
        #expect(metrics.spotCount == 3)
    }

    @Test func equalImagesHaveNoRatioAndFullMarks() throws {
        let metrics = try #require(ImageMetrics.measure(MetricImages.view, MetricImages.view))
        #expect(metrics.meanSquaredError == 0)
        #expect(metrics.maximumError == 0)
        #expect(metrics.psnr == nil)
        #expect(metrics.foregroundPSNR == nil)
        #expect(metrics.ssim == 1)
        #expect(metrics.multiScaleSSIM == 1)
        #expect(metrics.brightContrast == 1)
        #expect(metrics.brightContrastWorst == 1)
    }

    @Test func fastMeasuresTheDifferenceAlone() throws {
        let image = MetricImages.small
        let fast = try #require(ImageMetrics.measure(image, MetricImages.coarse(image), options: .fast))
        #expect(fast.psnr != nil)
        #expect(fast.foregroundPSNR == nil)
        #expect(fast.foregroundShare == nil)
        #expect(fast.ssim == nil)
        #expect(fast.spotCount == nil)
    }

    @Test func otherExtentsAreNotComparable() {
        #expect(ImageMetrics.measure(MetricImages.small, MetricImages.view) == nil)
    }

    @Test func deepSamplesAreMeasured() throws {
        let format = SampleFormat(bitsStored: 24, isSigned: true)
        let image = SampleArray(
            extent: MetricImages.small.extent, format: format,
            values: MetricImages.small.values.map { $0 << 12 - 1 << 23 })
        let decoded = SampleArray(
            extent: image.extent, format: format,
            values: MetricImages.coarse(MetricImages.small).values.map { $0 << 12 - 1 << 23 })
        let deep = try #require(ImageMetrics.measure(image, decoded))
        let shallow = try #require(
            ImageMetrics.measure(MetricImages.small, MetricImages.coarse(MetricImages.small)))
        #expect(abs(try #require(deep.ssim) - (try #require(shallow.ssim))) < 1e-3)
    }
}
