// SPDX-License-Identifier: Apache-2.0
import AECodec
import CPeers
import Samples

/// One lossy codec at work on one image.
protocol LossyContestant: AnyObject {
    /// The codec, as tables name it.
    var name: String { get }
    /// Encodes at a setting and keeps the outcome; returns its bytes.
    func encode(_ setting: Double) throws -> Int
    /// Decodes the outcome of the last ``encode(_:)`` and keeps it.
    func decode() throws
    /// The stored values of the last ``decode()``; not part of what is timed.
    func decoded() -> SampleArray
}

/// Samples and a step in stored units to an archive.
typealias StepEncoder = @Sendable (_ samples: SampleArray, _ step: Double) throws -> [UInt8]

/// aecodec as a library, on one thread; its setting is the step in stored units.
///
/// The record of the file is left out, as everywhere in the benchmark.
final class AECodecLossyContestant: LossyContestant {
    let name = "aecodec"
    private let samples: SampleArray
    private let encoder: StepEncoder
    private var archive: [UInt8] = []
    private var result: SampleArray

    init(_ samples: SampleArray, encoder: @escaping StepEncoder) {
        self.samples = samples
        self.encoder = encoder
        result = samples
    }

    func encode(_ setting: Double) throws -> Int {
        archive = try encoder(samples, setting)
        return archive.count
    }

    func decode() throws {
        let parts = try Archive(archive, options: DecodeOptions(threads: 1)).samples()
        guard parts.count == 1 else { throw ContestantError(name: name, task: "decode") }
        result = parts[0]
    }

    func decoded() -> SampleArray { result }
}

/// OpenJPEG as a library, on one thread; its setting is bits a sample.
///
/// Every codestream is what `opj_compress -n 6 -r` makes of the frame, with `-I` for the 9/7 wavelet: one
/// tile, one layer, no file format around it.
final class OpenJPEGLossyContestant: LossyContestant {
    /// The transform.
    enum Wavelet: String {
        /// Irreversible, `-I`.
        case nineSeven = "9/7"
        /// Reversible, its codestream cut short.
        case fiveThree = "5/3"
    }

    let name: String
    private let peer = Peer.openJPEG()
    private let wavelet: Wavelet
    private let extent: Extent
    private let format: SampleFormat
    private let source: PlainSamples
    private var streams: [[UInt8]] = []
    private var frames: [[UInt8]] = []

    init(_ samples: SampleArray, wavelet: Wavelet) {
        name = "OpenJPEG \(wavelet.rawValue)"
        self.wavelet = wavelet
        extent = samples.extent
        format = samples.format
        source = PlainSamples(stored: samples)
    }

    func encode(_ setting: Double) throws -> Int {
        streams = try source.frames.map { frame in
            let ratio = max(1, Double(frame.shape.bits) / setting)
            return try encoded(frame, ratio: ratio)
        }
        return streams.reduce(0) { $0 + $1.count }
    }

    func decode() throws {
        frames = try zip(streams, source.frames).map { try peer.decode($0, shape: $1.shape) }
    }

    func decoded() -> SampleArray { source.restored(frames, extent: extent, format: format) }

    private func encoded(_ frame: PlainFrame, ratio: Double) throws -> [UInt8] {
        let capacity = frame.bytes.count * 2 + 65536
        let irreversible: Int32 = wavelet == .nineSeven ? 1 : 0
        let stream = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            guard let out = buffer.baseAddress else { return }
            count = unsafe frame.bytes.withUnsafeBytes {
                unsafe peer_openjpeg_encode_lossy(
                    frame.shape, $0.baseAddress, irreversible, ratio, out, capacity)
            }
        }
        guard !stream.isEmpty else { throw ContestantError(name: name, task: "encode") }
        return stream
    }
}
