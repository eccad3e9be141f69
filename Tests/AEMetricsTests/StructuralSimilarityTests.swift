// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Samples
import Testing

/// Expected values are the output of `Tests/Reference/metrics.py`: SSIM by scikit-image 0.26.0
/// (`structural_similarity`, `gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
/// data_range=4095`), MS-SSIM by SciPy 1.17.1.
@Suite struct StructuralSimilarityTests {
    /// A decoded image and what Python says of it.
    struct Case: CustomTestStringConvertible {
        let name: String
        let change: @Sendable (SampleArray) -> SampleArray
        let ssim: Double
        let multiScale: Double
        let smallSSIM: Double
        let smallMultiScale: Double
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "coarse", change: MetricImages.coarse, ssim: 0.861659189953432,
            multiScale: 0.99595096077793, smallSSIM: 0.917503793932144, smallMultiScale: 0.9990560375109182),
        Case(
            name: "smooth", change: MetricImages.smooth, ssim: 0.859456701191620,
            multiScale: 0.986460622099059, smallSSIM: 0.923722867839531, smallMultiScale: 0.993415853719975),
        Case(
            name: "grainy", change: MetricImages.grainy, ssim: 0.846017992431643,
            multiScale: 0.9926326346810356, smallSSIM: 0.887066318111829, smallMultiScale: 0.9921807729103869),
    ]

    @Test(arguments: cases) func agreesWithPython(_ example: Case) throws {
        let whole = try #require(
            StructuralSimilarity(MetricImages.view, example.change(MetricImages.view)))
        #expect(abs(whole.ssim - example.ssim) < 1e-11)
        #expect(abs(whole.multiScale - example.multiScale) < 1e-11)
        #expect(whole.scaleCount == 5)
    }

    @Test(arguments: cases) func smallImagesHaveFewerScales(_ example: Case) throws {
        let decoded = example.change(MetricImages.small)
        let small = try #require(StructuralSimilarity(MetricImages.small, decoded))
        #expect(abs(small.ssim - example.smallSSIM) < 1e-11)
        #expect(abs(small.multiScale - example.smallMultiScale) < 1e-11)
        #expect(small.scaleCount == 4)
    }

    @Test func signedSamplesGiveTheSame() throws {
        let decoded = MetricImages.coarse(MetricImages.small)
        #expect(
            StructuralSimilarity(MetricImages.signed(MetricImages.small), MetricImages.signed(decoded))
                == StructuralSimilarity(MetricImages.small, decoded))
    }

    @Test func severalFramesGiveTheMean() throws {
        let decoded = Self.cases.map { $0.change(MetricImages.small) }
        let all = try #require(
            StructuralSimilarity(
                MetricImages.frames(decoded.map { _ in MetricImages.small }), MetricImages.frames(decoded)))
        let ssim = Self.cases.reduce(0) { $0 + $1.smallSSIM } / 3
        let multiScale = Self.cases.reduce(0) { $0 + $1.smallMultiScale } / 3
        #expect(abs(all.ssim - ssim) < 1e-11)
        #expect(abs(all.multiScale - multiScale) < 1e-11)
    }

    @Test func equalImagesGiveExactlyOne() throws {
        let same = try #require(StructuralSimilarity(MetricImages.small, MetricImages.small))
        #expect(same.ssim == 1)
        #expect(same.multiScale == 1)
    }

    @Test func oneWindowIsEnoughAndLessIsRefused() throws {
        let least = MetricImages.cut(MetricImages.small, rows: 0..<11, columns: 0..<11)
        #expect(try #require(StructuralSimilarity(least, MetricImages.coarse(least))).scaleCount == 1)
        let low = MetricImages.cut(MetricImages.small, rows: 0..<10, columns: 0..<40)
        #expect(StructuralSimilarity(low, low) == nil)
        #expect(StructuralSimilarity(least, low) == nil)
    }

    @Test func invertedImageHasNoSimilarityOverScales() throws {
        let inverted = MetricImages.changed(MetricImages.small) { 4095 - MetricImages.small[$0] }
        let result = try #require(StructuralSimilarity(MetricImages.small, inverted))
        #expect(result.ssim < 0.2)
        #expect(result.multiScale == 0)
    }
}
