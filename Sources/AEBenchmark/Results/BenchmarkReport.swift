// SPDX-License-Identifier: Apache-2.0

/// Everything that one run of the benchmark measured; what `--json` writes and the report reads.
public struct BenchmarkReport: Codable, Equatable, Sendable {
    /// Changes when files of before can no longer be read.
    public var formatVersion = 1
    /// Version of aecodec that ran.
    public var program: String
    /// Day of the run, ISO 8601.
    public var date: String
    /// Where it ran.
    public var machine: Machine
    /// Every codec in every mode that was asked for, those that are not installed too.
    public var codecs: [CodecDescription]
    /// The images in the order in which they were measured.
    public var images: [ImageResult]

    /// Makes a report.
    public init(
        program: String, date: String, machine: Machine, codecs: [CodecDescription], images: [ImageResult]
    ) {
        self.program = program
        self.date = date
        self.machine = machine
        self.codecs = codecs
        self.images = images
    }
}

/// The machine of a run; no names of hosts or people.
public struct Machine: Codable, Equatable, Sendable {
    /// Model of the processor, as the system names it.
    public var processor: String
    /// Name and version of the operating system.
    public var system: String
    /// Threads that a codec could use.
    public var threads: Int

    /// Makes a description.
    public init(processor: String, system: String, threads: Int) {
        self.processor = processor
        self.system = system
        self.threads = threads
    }
}

/// A codec in one of its modes, as tables name it: "aecodec", "OpenJPEG 9/7", "CharLS", "JPEG XL e3", ...
///
/// The bound of bounded error is the setting of a point, not part of the name: "CharLS near 2" is codec
/// "CharLS", mode bounded, setting 2. Name and mode together are unique.
public struct CodecDescription: Codable, Equatable, Sendable {
    /// What a codec keeps.
    public enum Mode: String, Codable, Sendable, CaseIterable {
        /// Every sample.
        case lossless
        /// Every sample within a bound, in stored units.
        case bounded
        /// As much as the rate allows.
        case lossy
    }

    /// As tables name it.
    public var name: String
    /// What it keeps.
    public var mode: Mode
    /// Library or tool with its version; nil if it is not installed.
    public var version: String?
    /// Why there are no results, if so.
    public var note: String?

    /// Makes a description.
    public init(name: String, mode: Mode, version: String?, note: String?) {
        self.name = name
        self.mode = mode
        self.version = version
        self.note = note
    }
}

/// All points of one image.
public struct ImageResult: Codable, Equatable, Sendable {
    /// Path as given on the command line, shortened to the last two components.
    public var name: String
    /// Groups in whose means the image counts.
    public var groups: [String]
    /// In no mean but that of its own group (hard set, earlier lossy compression); why.
    public var apart: String?
    /// Frames that were measured.
    public var frames: Int
    /// Rows of a frame.
    public var rows: Int
    /// Columns of a frame.
    public var columns: Int
    /// Depth of the samples.
    public var bitsStored: Int
    /// Bits of a cell in the file: 8 or 16.
    public var bitsAllocated: Int
    /// Whether samples are two's complement.
    public var isSigned: Bool
    /// Whether it is the most textured window of an image.
    public var isCrop: Bool
    /// Where lossy coding ends: the error up to which BD-rates go, in squared stored units.
    ///
    /// The square of the step of the grid on which the values lie, or a quarter of it up to 8 bits.
    public var leastError: Double
    /// The highest rate of an anchor that counts in BD-rates, in bits a sample.
    ///
    /// 2, or 1 for images that were lossy before.
    public var highestRate: Double
    /// Every codec at every setting.
    public var points: [Point]

    /// Makes a result.
    public init(
        name: String, groups: [String], apart: String?, frames: Int, rows: Int, columns: Int, bitsStored: Int,
        bitsAllocated: Int, isSigned: Bool, isCrop: Bool, leastError: Double, highestRate: Double,
        points: [Point]
    ) {
        self.name = name
        self.groups = groups
        self.apart = apart
        self.frames = frames
        self.rows = rows
        self.columns = columns
        self.bitsStored = bitsStored
        self.bitsAllocated = bitsAllocated
        self.isSigned = isSigned
        self.isCrop = isCrop
        self.leastError = leastError
        self.highestRate = highestRate
        self.points = points
    }

    /// Samples of all frames.
    public var sampleCount: Int { frames * rows * columns }
}

/// One codec at one setting on one image.
public struct Point: Codable, Equatable, Sendable {
    /// Name of a ``CodecDescription``.
    public var codec: String
    /// Mode of the same.
    public var mode: CodecDescription.Mode
    /// Whether our sample map was applied before a peer.
    public var isMapped: Bool
    /// What the codec was given: bits a sample, step, distance, bound; nil for lossless.
    public var setting: Double?
    /// Bytes of the file or codestream, and of the sample map if there is one.
    public var byteCount = 0
    /// Bits of these over samples.
    public var bitsPerSample = 0.0
    /// samples x bits allocated / bits.
    public var ratio = 0.0
    /// In squared stored units.
    public var meanSquaredError = 0.0
    /// Decibels for the stored depth; nil if the error is 0.
    public var psnr: Double?
    /// Decibels over the foreground; nil if the error there is 0, or if it was not measured.
    public var foregroundPSNR: Double?
    /// Structural similarity; nil if it was not measured.
    public var ssim: Double?
    /// Structural similarity over scales; nil if it was not measured.
    public var multiScaleSSIM: Double?
    /// In stored units.
    public var maximumError = 0
    /// Contrast kept by small bright structures, mean over them; nil without any, or if not measured.
    public var brightContrast: Double?
    /// The same of the worst of them.
    public var brightContrastWorst: Double?
    /// Cost of encoding; nil if it was not timed.
    public var encode: Timing?
    /// Cost of decoding; nil if it was not timed.
    public var decode: Timing?
    /// Set instead of results: what went wrong.
    public var failure: String?

    /// Makes a point without results.
    public init(codec: String, mode: CodecDescription.Mode, isMapped: Bool, setting: Double?) {
        self.codec = codec
        self.mode = mode
        self.isMapped = isMapped
        self.setting = setting
    }
}

/// Medians over repetitions.
public struct Timing: Codable, Equatable, Sendable {
    /// Seconds for the image.
    public var wall: Double
    /// CPU seconds for the image, all threads together.
    public var cpu: Double
    /// Half the distance between quartiles of the CPU seconds.
    public var cpuSpread: Double
    /// Peak resident bytes of the worker process.
    public var peakBytes: Int
    /// Runs.
    public var repetitions: Int

    /// Makes a timing.
    public init(wall: Double, cpu: Double, cpuSpread: Double, peakBytes: Int, repetitions: Int) {
        self.wall = wall
        self.cpu = cpu
        self.cpuSpread = cpuSpread
        self.peakBytes = peakBytes
        self.repetitions = repetitions
    }
}
