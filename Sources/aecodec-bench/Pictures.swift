// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import Foundation
import MedicalFormats
import Samples

/// What the viewer of the page shows of an image: what aecodec and the anchor make of it.
struct Pictures {
    var catalog: CodecCatalog
    var plan: MeasurementPlan
    var anchor: String

    /// Pictures at the timed rates; nil after a word on standard error.
    ///
    /// Of a whole image the most textured window is shown, so that the page stays small.
    func picture(
        of image: BenchmarkImage, _ measurement: ImageMeasurement, _ result: ImageResult
    ) -> ReportPicture? {
        let window = image.isCrop ? nil : TexturedCrop(of: image.samples)
        func shown(_ samples: SampleArray) -> SampleArray { window?.samples(of: samples) ?? samples }
        var versions: [ReportPicture.Version] = []
        for rate in plan.timedRates {
            for codec in catalog.codecs
            where codec.mode == .lossy && ["aecodec", anchor].contains(codec.name) {
                let nearest = result.lossyPoints(of: codec.name).min {
                    abs(log($0.bitsPerSample / rate)) < abs(log($1.bitsPerSample / rate))
                }
                guard let nearest else { continue }
                do {
                    let decoded = try measurement.decoded(codec, setting: nearest.setting)
                    versions.append(
                        ReportPicture.Version(
                            label: "\(codec.name), \(TextTable.number(16 / nearest.bitsPerSample, 1)):1",
                            detail: "\(TextTable.number(nearest.bitsPerSample, 2)) bits a sample, "
                                + "\(TextTable.number(nearest.psnr, 2)) dB",
                            samples: shown(decoded)))
                } catch {
                    note("no picture of \(image.name) by \(codec.name): \(error)")
                }
            }
        }
        guard !versions.isEmpty else {
            note("no picture of \(image.name): it has no lossy points of aecodec or \(anchor)")
            return nil
        }
        do {
            return try ReportPicture(
                name: image.name, original: shown(image.samples), versions: versions
            ) { (frame) throws(MedicalFileError) in try ImageWriter.png(frame) }
        } catch {
            note("no picture of \(image.name): \(error)")
            return nil
        }
    }
}
