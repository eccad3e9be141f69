// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Foundation
import Samples
import Testing

@testable import AEBenchmark

/// Every codec that this machine has, in this process.
@Suite struct CodecTests {
    static let catalog = CodecCatalog(testOptions())

    static let installed: [Codec] = {
        for codec in catalog.codecs where !codec.isInstalled {
            FileHandle.standardError.write(
                Data("CodecTests skip \(codec.name), \(codec.mode): \(codec.note ?? "")\n".utf8))
        }
        return catalog.codecs.filter(\.isInstalled)
    }()

    @Test func whatIsNotInstalledSaysWhy() {
        var options = CodecOptions()
        options.cjxl = "/there/is/no/cjxl"
        options.python = "/there/is/no/python"
        options.helper = "/there/is/no/script"
        let absent = CodecCatalog(options, only: ["jxl-3", "py-jxl-3", "py-openjph-9/7"]).codecs
        #expect(absent.count == 5)
        for codec in absent {
            #expect(!codec.isInstalled)
            #expect(codec.description.note?.contains("/there/is/no/") == true)
        }
    }

    @Test func whatIsLinkedIsAlwaysThere() {
        let names = Self.installed.map(\.name)
        for name in ["aecodec", "OpenJPEG 5/3", "OpenJPEG 9/7", "zstd -19"] { #expect(names.contains(name)) }
    }

    @Test(
        arguments: installed.filter { $0.mode == .lossless }.map(\.id),
        [(8, false, 1), (12, true, 1), (16, false, 2)])
    func losslessIsLossless(_ id: String, _ shape: (bits: Int, isSigned: Bool, frames: Int)) throws {
        let samples = BenchImages.noisy(shape.bits, signed: shape.isSigned, frames: shape.frames, step: 2)
        let catalog = CodecCatalog(testOptions(), only: [id])
        let result = try ImageMeasurement(
            BenchImages.image(samples), catalog: catalog, plan: BenchImages.plan([.lossless])
        ).measure()
        // aecodec finds its map itself; the others get the stored samples and their ranks.
        #expect(result.points.count == (id.hasPrefix("aecodec") ? 1 : 2))
        for point in result.points {
            #expect(point.failure == nil)
            #expect(point.maximumError == 0)
            #expect(point.psnr == nil)
            #expect(point.byteCount < samples.extent.sampleCount * 2)
            let bits = Double(samples.extent.sampleCount * 16)
            #expect(abs(point.ratio - bits / Double(8 * point.byteCount)) < 1e-9)
        }
    }

    @Test(arguments: installed.filter { $0.mode == .bounded }.map(\.id))
    func boundsAreKept(_ id: String) throws {
        var plan = BenchImages.plan([.bounded])
        plan.bounds = [1, 4, 8]
        // On a grid of 3 a mapped codec may err by no, by one and by two places.
        let result = try ImageMeasurement(
            BenchImages.image(BenchImages.noisy(12, step: 3)),
            catalog: CodecCatalog(testOptions(), only: [id]), plan: plan
        ).measure()
        let mapped = result.points.filter { $0.isMapped || id == "aecodec" }
        #expect(mapped.map(\.setting) == [1, 4, 8])
        #expect(mapped.map(\.maximumError) == [0, 3, 6])
        for point in result.points {
            #expect(point.failure == nil)
            #expect(Double(point.maximumError) <= point.setting ?? 0)
        }
        // aecodec finds its grid itself.
        let stored = result.points.filter { !$0.isMapped }
        if id != "aecodec" { #expect(stored.map(\.maximumError) == [1, 4, 8]) }
        #expect(stored[0].byteCount > stored[1].byteCount && stored[1].byteCount > stored[2].byteCount)
    }

    @Test(arguments: installed.filter { $0.mode == .lossy }.map(\.id), [(8, false), (12, true), (16, true)])
    func lossyCurvesFallAndCoverTheRates(_ id: String, _ format: (bits: Int, isSigned: Bool)) throws {
        var plan = BenchImages.plan([.lossy])
        plan.rates = [0.5, 1, 2, 3]
        let samples = BenchImages.noisy(format.bits, signed: format.isSigned)
        let result = try ImageMeasurement(
            BenchImages.image(samples), catalog: CodecCatalog(testOptions(), only: [id]), plan: plan
        ).measure()
        #expect(result.points.compactMap(\.failure) == [])
        let points = result.points.filter { $0.psnr != nil }.sorted { $0.bitsPerSample < $1.bitsPerSample }
        for (point, next) in zip(points, points.dropFirst()) where next.byteCount > point.byteCount {
            // A little noise, as the dead zones of steps that lie close together have.
            #expect(next.meanSquaredError < 1.03 * point.meanSquaredError)
        }
        for rate in plan.rates {
            #expect(points.contains { abs($0.bitsPerSample / rate - 1) < 0.2 }, "no point near \(rate)")
        }
        #expect(try #require(points.last?.psnr) > (format.bits > 8 ? 45 : 30))
    }

    @Test func mappedLossySamplesComeBackOnTheirGrid() throws {
        var plan = BenchImages.plan([.lossy])
        plan.rates = [0.5, 1, 2, 4]
        let result = try ImageMeasurement(
            BenchImages.image(BenchImages.noisy(16, step: 16, offset: 5)),
            catalog: CodecCatalog(testOptions(), only: ["openjpeg-9/7"]), plan: plan
        ).measure()
        #expect(result.leastError == 256)
        let mapped = result.points.filter(\.isMapped)
        #expect(mapped.count == 4)
        for point in mapped { #expect(point.maximumError.isMultiple(of: 16)) }
    }
}
