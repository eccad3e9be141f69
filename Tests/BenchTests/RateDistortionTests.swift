// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Foundation
import Samples
import Testing

@testable import AEBenchmark

/// What the encoder reaches on a real view, in corridors with two sides: too good means that the corridor
/// must be moved, in a commit whose difference shows the figures.
@Suite struct RateDistortionTests {
    /// Rows 256 to 767, columns 0 to 511 of Fixtures/breast/breast.pgm (12 bits).
    static let image: SampleArray? = {
        guard
            let file = try? Data(
                contentsOf: URL(fileURLWithPath: BenchProgram.fixtures + "/breast/breast.pgm"))
        else { return nil }
        let (rows, columns, side) = (1024, 960, 512)
        let samples = [UInt8](file.suffix(rows * columns * 2))
        var values: [Int] = []
        for row in 256..<256 + side {
            for column in 0..<side {
                let position = 2 * (row * columns + column)
                values.append(Int(samples[position]) << 8 | Int(samples[position + 1]))
            }
        }
        return SampleArray(
            extent: Extent(rows: side, columns: side), format: SampleFormat(bitsStored: 12, isSigned: false),
            values: values)
    }()

    /// Bytes and PSNR at a step, of the model image 3; the corridors are 0.5 % and
    /// 0.02 dB to both sides.
    static let curve: [(step: Double, bytes: Int, psnr: Double)] = [
        (20, 156_687, 55.633), (60, 104_371, 46.357), (180, 54_249, 37.158), (540, 6655, 28.586),
    ]
    static let losslessBytes = 279_263

    static func point(_ mode: CodecDescription.Mode, _ setting: Double?) throws -> Point {
        let image = BenchImages.image(try #require(image))
        let codec = try #require(
            CodecCatalog(CodecOptions(), only: ["aecodec"]).codecs.first { $0.mode == mode })
        let samples = PlainSamples(stored: image.samples)
        let session = try codec.makeSession(CodecOptions(), samples.layout)
        let streams = try session.encode(samples, setting: setting).streams
        var point = Point(codec: codec.name, mode: mode, isMapped: false, setting: setting)
        point.setSize(streams.reduce(0) { $0 + $1.count }, of: image)
        point.setErrors(try session.decode(streams).image, .init(image.samples, options: .fast))
        return point
    }

    static func isNear(_ bytes: Int, _ expected: Int) -> Bool {
        abs(Double(bytes) / Double(expected) - 1) <= 0.005
    }

    @Test func losslessBytesStay() throws {
        let point = try Self.point(.lossless, nil)
        #expect(point.failure == nil)
        #expect(Self.isNear(point.byteCount, Self.losslessBytes), "\(point.byteCount) bytes")
    }

    @Test func curveStays() throws {
        var before: Point?
        for expected in Self.curve {
            let point = try Self.point(.lossy, expected.step)
            let psnr = try #require(point.psnr)
            #expect(
                Self.isNear(point.byteCount, expected.bytes),
                "step \(expected.step): \(point.byteCount) bytes")
            #expect(abs(psnr - expected.psnr) <= 0.02, "step \(expected.step): \(psnr) dB")
            // A coarser step costs less and errs more.
            if let before {
                #expect(point.byteCount < before.byteCount)
                #expect(psnr < before.psnr ?? 0)
            }
            before = point
        }
    }
}
