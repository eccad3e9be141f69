// SPDX-License-Identifier: Apache-2.0
import CPeers

/// A codec of another project as a library that this process calls.
///
/// The functions behind it are loaded once and stay for the life of the process.
@safe final class LibraryCodec: FrameCodec {
    private let name: String
    private let codec: peer
    private let kind: SettingKind
    private let threads: Int
    /// Library and version, or nil if it is not installed.
    let version: String?

    /// JPEG-LS.
    static func charLS(_ kind: SettingKind) -> LibraryCodec {
        unsafe LibraryCodec("CharLS", peer_charls(), kind)
    }

    /// JPEG 2000 with the 5/3 or the 9/7 wavelet; with a rate its codestream is cut.
    static func openJPEG(irreversible: Bool, _ kind: SettingKind, threads: Int = 1) -> LibraryCodec {
        unsafe LibraryCodec("OpenJPEG", peer_openjpeg(irreversible ? 1 : 0), kind, threads: threads)
    }

    /// zstd, which knows nothing of images.
    static func zstd() -> LibraryCodec { unsafe LibraryCodec("zstd", peer_zstd(), .none) }

    /// xz, which knows nothing of images either.
    static func xz() -> LibraryCodec { unsafe LibraryCodec("xz", peer_xz(), .none) }

    private init(_ name: String, _ codec: peer, _ kind: SettingKind, threads: Int = 1) {
        self.name = name
        self.kind = kind
        self.threads = threads
        unsafe self.codec = unsafe codec
        version = unsafe codec.name.map { unsafe String(cString: $0) }
    }

    func encode(
        _ frame: [UInt8], shape: FrameShape, setting: Double
    ) throws(BenchmarkError) -> (stream: [UInt8], cost: Cost) {
        guard version != nil else { throw .codec(name: name, task: "encode", words: "not installed") }
        // OpenJPEG wants its rate as a ratio.
        let value = kind == .bitsPerSample ? max(1, Double(shape.bits) / setting) : setting
        peer_openjpeg_set_threads(Int32(clamping: threads))
        let capacity = frame.count * 2 + 65536
        let (stream, cost) = timed {
            unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                guard let out = buffer.baseAddress else { return }
                count = unsafe frame.withUnsafeBytes {
                    unsafe codec.encode(peer_frame(shape), value, $0.baseAddress, out, capacity)
                }
            }
        }
        guard !stream.isEmpty else { throw .codec(name: name, task: "encode", words: "") }
        // Without the room that was not used.
        return (Array(stream[...]), cost)
    }

    func decode(
        _ stream: [UInt8], shape: FrameShape
    ) throws(BenchmarkError) -> (frame: [UInt8], cost: Cost) {
        guard version != nil else { throw .codec(name: name, task: "decode", words: "not installed") }
        peer_openjpeg_set_threads(Int32(clamping: threads))
        let (frame, cost) = timed {
            unsafe [UInt8](unsafeUninitializedCapacity: shape.byteCount) { buffer, count in
                guard let out = buffer.baseAddress else { return }
                let done = unsafe codec.decode(peer_frame(shape), stream, stream.count, out)
                count = done == 1 ? shape.byteCount : 0
            }
        }
        guard frame.count == shape.byteCount else { throw .codec(name: name, task: "decode", words: "") }
        return (frame, cost)
    }
}

extension peer_frame {
    fileprivate init(_ shape: FrameShape) {
        self.init(
            columns: UInt32(shape.columns), rows: UInt32(shape.rows), bits: Int32(shape.bits))
    }
}
