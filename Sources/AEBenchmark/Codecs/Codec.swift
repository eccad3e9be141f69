// SPDX-License-Identifier: Apache-2.0
import AECodec
import Samples

/// What the codecs of a run have in common.
package struct CodecOptions: Codable, Sendable {
    /// Threads that a codec may use, 1 or more.
    package var threads = 1
    /// The kernels of aecodec.
    package var kernel = KernelChoice.automatic.rawValue
    /// The encoder of JPEG XL, by path or looked for on the PATH.
    package var cjxl = "cjxl"
    /// The decoder that belongs to it.
    package var djxl = "djxl"
    /// The interpreter that has imagecodecs.
    package var python = "python3"
    /// The program for it, Scripts/imagecodecs-peer; nil if it was not found.
    package var helper: String?

    /// The options when nothing is asked for.
    package init() {}
}

/// What the setting of a codec is.
package enum SettingKind: Sendable, Equatable {
    /// There is none: lossless.
    case none
    /// The greatest error, in stored units.
    case bound
    /// Bits a sample.
    case bitsPerSample
    /// The step of the quantiser in stored units, or the root mean square error, which follows from one.
    case step
    /// The distance of JPEG XL, in just noticeable differences.
    case distance

    /// The settings that codecs take.
    var limits: ClosedRange<Double> { self == .distance ? 0.01...25 : 1e-3...1e6 }
}

/// Which form of the samples a codec is given.
enum SampleInput: String, Codable, Sendable {
    /// The stored values; signed ones from their smallest up.
    case stored
    /// Our affine map applied: places on the grid of the values.
    case grid
    /// Our dense map applied: ranks among the values that occur.
    case ranks

    var isMapped: Bool { self != .stored }
}

/// One codec in one of its modes.
package struct Codec: Sendable {
    /// As the command line names it; a codec with several modes has one name there.
    package let id: String
    /// As tables name it.
    package let name: String
    /// What it keeps.
    package let mode: CodecDescription.Mode
    /// What its setting means.
    package let setting: SettingKind
    /// Library or tool with its version; nil if it is not installed.
    package let version: String?
    /// Why there are no results, if so.
    package let note: String?
    /// Whether it finds the map of the samples by itself.
    let findsMap: Bool
    let makeSession: @Sendable (CodecOptions, PlainLayout) throws(BenchmarkError) -> any CodecSession

    /// Whether it can be measured.
    package var isInstalled: Bool { version != nil && note == nil }
    /// What the report says of it.
    package var description: CodecDescription {
        CodecDescription(name: name, mode: mode, version: version, note: note)
    }
}

/// A codec at work on images of one layout.
protocol CodecSession: AnyObject {
    /// Encodes an image; the time is that of the codec alone.
    func encode(
        _ samples: PlainSamples, setting: Double?
    ) throws(BenchmarkError) -> (streams: [[UInt8]], cost: Cost)
    /// Decodes what ``encode(_:setting:)`` made.
    func decode(_ streams: [[UInt8]]) throws(BenchmarkError) -> (image: SampleArray, cost: Cost)
}

/// A codec that takes one grey frame at a time.
protocol FrameCodec: AnyObject {
    /// The codestream of a frame.
    ///
    /// - Parameters:
    ///   - frame: `shape.byteCount` bytes.
    ///   - shape: Size and depth.
    ///   - setting: In units of the frame; 0 for lossless.
    /// - Returns: The codestream, and what making it took.
    /// - Throws: ``BenchmarkError`` if the codec refuses.
    func encode(
        _ frame: [UInt8], shape: FrameShape, setting: Double
    ) throws(BenchmarkError) -> (stream: [UInt8], cost: Cost)
    /// The frame of a codestream, `shape.byteCount` bytes.
    func decode(
        _ stream: [UInt8], shape: FrameShape
    ) throws(BenchmarkError) -> (frame: [UInt8], cost: Cost)
}

/// A codec of frames on images: frames are coded one by one, their bytes and times added.
final class FrameSession: CodecSession {
    private let codec: any FrameCodec
    private let layout: PlainLayout
    private let kind: SettingKind

    init(_ codec: any FrameCodec, _ layout: PlainLayout, _ kind: SettingKind) {
        self.codec = codec
        self.layout = layout
        self.kind = kind
    }

    func encode(
        _ samples: PlainSamples, setting: Double?
    ) throws(BenchmarkError) -> (streams: [[UInt8]], cost: Cost) {
        var value = setting ?? 0
        switch kind {
        case .bound: value = (value / Double(layout.unit)).rounded(.down)
        case .step: value /= Double(layout.unit)
        case .none, .bitsPerSample, .distance: break
        }
        var streams: [[UInt8]] = []
        var sum = Cost()
        for frame in samples.frames {
            let (stream, cost) = try codec.encode(frame, shape: layout.shape, setting: value)
            streams.append(stream)
            sum = sum + cost
        }
        return (streams, sum)
    }

    func decode(_ streams: [[UInt8]]) throws(BenchmarkError) -> (image: SampleArray, cost: Cost) {
        var frames: [[UInt8]] = []
        var sum = Cost()
        for stream in streams {
            let (frame, cost) = try codec.decode(stream, shape: layout.shape)
            frames.append(frame)
            sum = sum + cost
        }
        return (layout.restored(frames), sum)
    }
}
