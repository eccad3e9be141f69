// SPDX-License-Identifier: Apache-2.0
import CPeers
import Samples

/// A codec of another project that takes one grey frame at a time.
///
/// The functions behind it are loaded once and stay for the life of the process.
@safe struct Peer {
    /// As tables name it.
    let name: String
    /// Library and version, or nil if it is not installed.
    let version: String?
    private let codec: peer

    /// JPEG-LS.
    static func charLS() -> Peer { unsafe Peer("CharLS", peer_charls()) }

    /// JPEG 2000, reversible.
    static func openJPEG() -> Peer { unsafe Peer("OpenJPEG", peer_openjpeg()) }

    private init(_ name: String, _ codec: peer) {
        self.name = name
        unsafe self.codec = unsafe codec
        version = unsafe codec.name.map { unsafe String(cString: $0) }
    }

    var isInstalled: Bool { version != nil }

    /// The codestream of one frame.
    func encode(_ frame: PlainFrame) throws(ContestantError) -> [UInt8] {
        let capacity = frame.bytes.count * 2 + 65536
        let stream = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            guard let out = buffer.baseAddress else { return }
            count = unsafe frame.bytes.withUnsafeBytes {
                unsafe codec.encode(frame.shape, $0.baseAddress, out, capacity)
            }
        }
        guard !stream.isEmpty else { throw ContestantError(name: name, task: "encode") }
        return stream
    }

    /// The frame of a codestream; `shape` is that of the frame that was encoded.
    func decode(_ stream: [UInt8], shape: peer_frame) throws(ContestantError) -> [UInt8] {
        let byteCount = Int(shape.columns) * Int(shape.rows) * (shape.bits > 8 ? 2 : 1)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            guard let out = buffer.baseAddress else { return }
            let done = unsafe codec.decode(shape, stream, stream.count, out)
            count = done == 1 ? byteCount : 0
        }
        guard bytes.count == byteCount else { throw ContestantError(name: name, task: "decode") }
        return bytes
    }
}

/// A peer with the samples on which it does better: stored, or mapped.
final class PeerContestant: Contestant {
    let name: String
    let variant: String
    private let peer: Peer
    private let source: PlainSamples
    private var streams: [[UInt8]] = []
    private var decoded: [[UInt8]] = []

    init(_ peer: Peer, _ samples: SampleArray) throws {
        self.peer = peer
        name = peer.name
        let candidates = [
            ("stored", PlainSamples(stored: samples)), ("mapped", PlainSamples(mapped: samples)),
        ]
        var best: (variant: String, source: PlainSamples, bytes: Int)?
        for (variant, source) in candidates {
            var bytes = source.mapByteCount
            for frame in source.frames { bytes += try peer.encode(frame).count }
            if bytes < best?.bytes ?? .max { best = (variant, source, bytes) }
        }
        guard let best else { throw ContestantError(name: peer.name, task: "encode") }
        variant = best.variant
        source = best.source
    }

    func encode() throws -> Int {
        streams = try source.frames.map(peer.encode)
        return streams.reduce(source.mapByteCount) { $0 + $1.count }
    }

    func decode() throws {
        decoded = try zip(streams, source.frames).map { try peer.decode($0, shape: $1.shape) }
    }

    var isIdentical: Bool { decoded == source.frames.map(\.bytes) }
}
