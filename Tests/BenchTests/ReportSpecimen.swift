// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import Glibc
import MedicalFormats
import Samples

/// A report whose figures follow from formulas, with everything in it that a page must cope with.
enum ReportSpecimen {
    /// A name that must not become part of the page's own text.
    static let hostileName = "films/<script>alert(\"x\")</script>&amp;'.png"
    static let hostileWords = "</script><img src=x onerror=alert(1)>"

    static let lossyCodecs = [
        "aecodec", "OpenJPEG 5/3", "OpenJPEG 9/7", "JPEG XL e3", "JPEG XL e7", "OpenJPH 9/7",
    ]
    static let losslessCodecs = ["aecodec", "OpenJPEG 5/3", "CharLS", "JPEG XL e7", "zstd -19"]

    /// Bytes of a lossy codec over those of OpenJPEG 9/7 at equal PSNR.
    static let factors = [
        "aecodec": 0.9, "OpenJPEG 5/3": 1.12, "OpenJPEG 9/7": 1, "JPEG XL e3": 1.05, "JPEG XL e7": 0.95,
        "OpenJPH 9/7": 1.03,
    ]
    /// Seconds a megasample of encoding, aecodec's in proportion to OpenJPEG's 0.08.
    static let seconds = [
        "aecodec": 0.02, "OpenJPEG 5/3": 0.08, "OpenJPEG 9/7": 0.08, "JPEG XL e3": 0.05, "JPEG XL e7": 0.5,
        "OpenJPH 9/7": 0.01, "CharLS": 0.025, "zstd -19": 1.2,
    ]
    /// Bits a sample of OpenJPEG 9/7.
    static let rates = [0.08, 0.1, 0.15, 0.2, 0.3, 0.4, 0.64, 0.8, 1.1, 1.6, 2.4, 4.5]

    static let report: BenchmarkReport = {
        var codecs = losslessCodecs.map {
            CodecDescription(name: $0, mode: .lossless, version: "1.0", note: nil)
        }
        codecs.append(CodecDescription(name: "CharLS", mode: .bounded, version: "2.4.1", note: nil))
        codecs.append(
            CodecDescription(name: "aecodec", mode: .bounded, version: nil, note: "not in this version"))
        codecs += lossyCodecs.map { CodecDescription(name: $0, mode: .lossy, version: "2.5", note: nil) }
        codecs.append(CodecDescription(name: "xz -6", mode: .lossless, version: nil, note: "not found"))
        let images = [
            image("mammography/ge-1.dcm", ["mammograms", "mammograms, GE"], level: 46),
            image("mammography/nyu-1.dcm", ["mammograms"], level: 48),
            image("radiography/ct-1.dcm", ["radiography"], level: 52),
            image(hostileName, ["radiography"], level: 50, isWhole: false),
            image("radiography/mr-4.dcm", ["apart: hard"], level: 55, apart: "hard set"),
        ]
        return BenchmarkReport(
            program: "aecodec 0.1", date: "2026-11-25",
            machine: Machine(processor: "Some Processor", system: "Debian 12", threads: 1), codecs: codecs,
            images: images)
    }()

    /// An image; one that is not whole has no curve of JPEG XL e7, and a failure in its place.
    static func image(
        _ name: String, _ groups: [String], level: Double, apart: String? = nil, isWhole: Bool = true
    ) -> ImageResult {
        var image = ImageResult(
            name: name, groups: groups, apart: apart, frames: 1, rows: 1000, columns: 1000, bitsStored: 12,
            bitsAllocated: 16, isSigned: false, isCrop: false, leastError: 1, highestRate: 2, points: [])
        for codec in losslessCodecs { image.points.append(lossless(codec)) }
        for bound in [1.0, 2, 4] { image.points.append(bounded(bound)) }
        for codec in lossyCodecs {
            if codec == "JPEG XL e7", !isWhole {
                var point = Point(codec: codec, mode: .lossy, isMapped: false, setting: 1)
                point.failure = hostileWords
                image.points.append(point)
                continue
            }
            image.points += rates.map { lossy(codec, rate: $0, level: level) }
        }
        return image
    }

    private static func sized(_ point: Point, bitsPerSample: Double) -> Point {
        var point = point
        point.byteCount = Int((bitsPerSample * 125_000).rounded())
        point.bitsPerSample = bitsPerSample
        point.ratio = 16 / bitsPerSample
        return point
    }

    private static func lossless(_ codec: String) -> Point {
        let sizes = ["aecodec": 4.8, "OpenJPEG 5/3": 5, "CharLS": 4.9, "JPEG XL e7": 4.85, "zstd -19": 7]
        let point = Point(codec: codec, mode: .lossless, isMapped: false, setting: nil)
        return timed(sized(point, bitsPerSample: sizes[codec] ?? 6))
    }

    private static func bounded(_ bound: Double) -> Point {
        var point = Point(codec: "CharLS", mode: .bounded, isMapped: false, setting: bound)
        point = sized(point, bitsPerSample: 4 - log2(bound))
        point.maximumError = Int(bound)
        return point
    }

    private static func lossy(_ codec: String, rate: Double, level: Double) -> Point {
        var point = Point(codec: codec, mode: .lossy, isMapped: false, setting: rate)
        let factor = factors[codec] ?? 1
        point = sized(point, bitsPerSample: rate * factor)
        let psnr = level + 4 * log2(rate / 0.4) + 0.4 * rate
        point.psnr = psnr
        point.meanSquaredError = 4095 * 4095 / pow(10, psnr / 10)
        point.foregroundPSNR = psnr - 1.5
        point.ssim = 1 - 0.2 * pow(rate, -0.8) / 3
        point.multiScaleSSIM = 1 - 0.02 * pow(rate, -0.9)
        point.maximumError = Int(400 / (1 + 3 * rate))
        point.brightContrast = 1 - 0.3 * exp(-2.5 * rate)
        point.brightContrastWorst = 1 - 0.6 * exp(-2 * rate)
        return rate == 0.64 || rate == 1.6 ? timed(point) : point
    }

    private static func timed(_ point: Point) -> Point {
        var point = point
        let seconds = Self.seconds[point.codec] ?? 0.1
        point.encode = Timing(
            wall: 1.1 * seconds, cpu: seconds, cpuSpread: 0.02 * seconds, peakBytes: 60_000_000,
            repetitions: 3)
        point.decode = Timing(
            wall: 0.6 * seconds, cpu: 0.5 * seconds, cpuSpread: 0.01 * seconds, peakBytes: 40_000_000,
            repetitions: 3)
        return point
    }
}

extension ReportSpecimen {
    /// A view with bright spots, coarse and blurred, for the viewer.
    static func pictures() throws -> [ReportPicture] {
        let extent = Extent(rows: 300, columns: 420)
        let format = SampleFormat(bitsStored: 12, isSigned: false)
        func made(_ value: (Int, Int) -> Int) -> SampleArray {
            SampleArray(
                extent: extent, format: format,
                values: (0..<extent.sampleCount).map { value($0 / extent.columns, $0 % extent.columns) })
        }
        func view(_ row: Int, _ column: Int) -> Int {
            let isSpot = row % 40 < 3 && column % 60 < 3
            return 300 + 5 * row + 3 * column + (row * 31 + column * 57) % 97 + (isSpot ? 700 : 0)
        }
        let original = made(view)
        let coarse = made { row, column in view(row, column) / 64 * 64 + 32 }
        let shifted = made { row, column in view(row, max(column - 1, 0)) }
        return [
            try ReportPicture(
                name: "mammography/ge-1.dcm", original: original,
                versions: [
                    .init(label: "aecodec", detail: "0.64 bits a sample, 25:1, 48.2 dB", samples: coarse),
                    .init(label: hostileWords, detail: "0.64 bits a sample", samples: shifted),
                ], png: ImageWriter.png)
        ]
    }
}
