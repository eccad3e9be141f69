// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Samples

extension Point {
    /// Fills in the size.
    mutating func setSize(_ byteCount: Int, of image: BenchmarkImage) {
        self.byteCount = byteCount
        let count = Double(image.samples.extent.sampleCount)
        bitsPerSample = Double(8 * byteCount) / count
        ratio = count * Double(image.bitsAllocated) / Double(8 * byteCount)
    }

    /// Compares what was decoded with its source and fills in the rest, or says what is wrong with it.
    ///
    /// Where nothing was lost there is nothing to measure.
    ///
    /// - Parameters:
    ///   - decoded: What the codec gave.
    ///   - reference: What it was given, and what is measured.
    mutating func setErrors(_ decoded: SampleArray, _ reference: ImageReference) {
        guard let difference = SampleDifference(reference.original, decoded) else {
            failure = "the decoded picture has another shape"
            return
        }
        meanSquaredError = difference.meanSquaredError
        maximumError = difference.maximumError
        failure = fault(maximumError: difference.maximumError)
        guard difference.maximumError > 0, failure == nil else { return }
        let metrics = reference.metrics(of: decoded, difference: difference)
        psnr = metrics.psnr
        foregroundPSNR = metrics.foregroundPSNR
        ssim = metrics.ssim
        multiScaleSSIM = metrics.multiScaleSSIM
        brightContrast = metrics.brightContrast
        brightContrastWorst = metrics.brightContrastWorst
    }

    /// What is wrong with an error of that size, if something is.
    func fault(maximumError: Int) -> String? {
        switch mode {
        case .lossless where maximumError > 0: "not lossless: samples differ by up to \(maximumError)"
        case .bounded where Double(maximumError) > setting ?? 0:
            "samples differ by up to \(maximumError), more than was allowed"
        default: nil
        }
    }
}
