// SPDX-License-Identifier: Apache-2.0
import AECodecEncoder
import AEMetrics
import Testing

@testable import AEBenchmark

/// Codecs without one of their parts, as tables of what each is worth take them.
@Suite struct CodingPartTests {
    private static func point(_ id: String) throws -> Point {
        let image = BenchImages.image(BenchImages.noisy(12))
        let codec = try #require(
            CodecCatalog(CodecOptions(), only: [id]).codecs.first { $0.mode == .lossy })
        let samples = PlainSamples(stored: image.samples)
        let session = try codec.makeSession(CodecOptions(), samples.layout)
        let streams = try session.encode(samples, setting: 9).streams
        var point = Point(codec: codec.name, mode: .lossy, isMapped: false, setting: 9)
        point.setSize(streams.reduce(0) { $0 + $1.count }, of: image)
        point.setErrors(try session.decode(streams).image, .init(image.samples, options: .fast))
        return point
    }

    /// What is left decodes to a picture about as good, in other bytes.
    @Test(arguments: CodecCatalog.partIdentifiers) func codesWithoutIt(id: String) throws {
        let whole = try Self.point("aecodec")
        let reduced = try Self.point(id)
        let (psnr, wholePSNR) = (try #require(reduced.psnr), try #require(whole.psnr))
        #expect(reduced.failure == nil)
        #expect(abs(psnr - wholePSNR) < 3)
        #expect(reduced.byteCount != whole.byteCount || psnr != wholePSNR)
    }

    @Test func areMeasuredWhereNamedOnly() {
        let codecs = CodecCatalog(CodecOptions()).codecs.map(\.id)
        #expect(codecs.allSatisfy { !CodecCatalog.partIdentifiers.contains($0) })
    }
}
