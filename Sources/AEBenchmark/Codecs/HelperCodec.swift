// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A codec of the Python package imagecodecs, in a helper process that stays as long as this object.
///
/// Requests go to its standard input, replies come from its standard output: the length of a JSON header
/// in four bytes, least significant first, the header, and as many bytes as its `bytes` says. The helper
/// takes the time around the call of the codec by its own clocks. `Scripts/imagecodecs-peer` is the other
/// side and says what headers hold.
final class HelperCodec: FrameCodec {
    /// What a request says.
    private struct Request: Encodable {
        var task: String
        var codec: String?
        var rows: Int?
        var columns: Int?
        var bits: Int?
        var lossy: Bool?
        /// In units of the frame; of lossy encoding.
        var setting: Double?
        var effort: Int?
        var threads: Int?
        var bytes: Int
    }

    /// What a reply says.
    struct Reply: Decodable {
        var bytes: Int?
        var cpu: Double?
        var wall: Double?
        var peak: Int?
        /// Names and versions of libraries by the names of codecs.
        var versions: [String: String]?
        /// Instead of everything else: what went wrong.
        var error: String?
    }

    private static let mostBytes = 1 << 31

    private let process: ChildProcess
    private let toHelper: FileHandle
    private let fromHelper: FileHandle
    private let codec: String
    private let effort: Int?
    private let isLossy: Bool
    private let threads: Int

    /// Starts the helper.
    ///
    /// - Parameters:
    ///   - codec: Name of a codec of the helper.
    ///   - effort: Of JPEG XL.
    ///   - isLossy: Whether a setting is given.
    ///   - options: Interpreter, path of the script, threads.
    /// - Throws: ``BenchmarkError/start(program:words:)``.
    init(_ codec: String, effort: Int?, isLossy: Bool, _ options: CodecOptions) throws(BenchmarkError) {
        guard let script = options.helper else {
            throw .start(program: "Scripts/imagecodecs-peer", words: "it was not found")
        }
        // A helper that is gone must not take this process with it.
        signal(SIGPIPE, SIG_IGN)
        process = try ChildProcess(options.python, [script], input: .pipe, output: .pipe)
        guard let toHelper = process.toChild, let fromHelper = process.fromChild else {
            throw .reply("there are no pipes")
        }
        self.toHelper = toHelper
        self.fromHelper = fromHelper
        self.codec = codec
        self.effort = effort
        self.isLossy = isLossy
        threads = options.threads
    }

    /// Library versions by codec, as the helper has them; why not, if it does not start.
    static func versions(_ options: CodecOptions) throws(BenchmarkError) -> [String: String] {
        let helper = try HelperCodec("", effort: nil, isLossy: false, options)
        let (reply, _) = try helper.ask(Request(task: "versions", bytes: 0), [])
        return reply.versions ?? [:]
    }

    func encode(
        _ frame: [UInt8], shape: FrameShape, setting: Double
    ) throws(BenchmarkError) -> (stream: [UInt8], cost: Cost) {
        let (reply, stream) = try ask(
            Request(
                task: "encode", codec: codec, rows: shape.rows, columns: shape.columns, bits: shape.bits,
                lossy: isLossy, setting: isLossy ? setting : nil, effort: effort, threads: threads,
                bytes: frame.count), frame
        )
        guard !stream.isEmpty else { throw .codec(name: codec, task: "encode", words: "") }
        return (stream, reply.cost)
    }

    func decode(
        _ stream: [UInt8], shape: FrameShape
    ) throws(BenchmarkError) -> (frame: [UInt8], cost: Cost) {
        let (reply, frame) = try ask(
            Request(
                task: "decode", codec: codec, rows: shape.rows, columns: shape.columns, bits: shape.bits,
                lossy: isLossy, setting: nil, effort: effort, threads: threads, bytes: stream.count), stream)
        guard frame.count == shape.byteCount else {
            throw .codec(name: codec, task: "decode", words: "its picture has another shape")
        }
        return (frame, reply.cost)
    }

    private func ask(
        _ request: Request, _ payload: [UInt8]
    ) throws(BenchmarkError) -> (reply: Reply, payload: [UInt8]) {
        do {
            let header = [UInt8](try JSONEncoder().encode(request))
            let length = [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: header.count >> $0) }
            try toHelper.write(contentsOf: length + header + payload)
        } catch {
            throw .reply("it takes no requests")
        }
        let length = try receive(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= 1 << 16 else { throw .reply("a header of \(length) bytes") }
        let header = try receive(length)
        guard let reply = try? JSONDecoder().decode(Reply.self, from: Data(header)) else {
            throw .reply(String(decoding: header, as: UTF8.self))
        }
        if let error = reply.error { throw .codec(name: codec, task: request.task, words: error) }
        let count = reply.bytes ?? 0
        guard (0...Self.mostBytes).contains(count) else { throw .reply("\(count) bytes") }
        return (reply, try receive(count))
    }

    private func receive(_ count: Int) throws(BenchmarkError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let piece = try? fromHelper.read(upToCount: count - bytes.count), !piece.isEmpty else {
                throw .reply("it ended")
            }
            bytes += piece
        }
        return bytes
    }
}

extension HelperCodec.Reply {
    fileprivate var cost: Cost { Cost(cpu: cpu ?? 0, wall: wall ?? 0, peakBytes: peak) }
}
