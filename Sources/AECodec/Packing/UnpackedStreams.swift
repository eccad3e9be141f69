// SPDX-License-Identifier: Apache-2.0
package import CAEKernels

/// How far a group was decoded.
enum StreamUse {
    /// To its end: every stream must be used up.
    case usedUp
    /// As far as it is needed.
    case leftEarly
    /// Until a stream had no more symbols, or symbols were out of range.
    case ranOut
}

/// Class streams of a group, unpacked and ready to be popped.
@safe
final class UnpackedStreams {
    private var residuals: [Int16] = []
    private let unpacker: StreamUnpacker

    init?() {
        guard let unpacker = StreamUnpacker() else { return nil }
        self.unpacker = unpacker
    }

    /// Unpacks streams one behind the other and hands them to `body`.
    ///
    /// - Parameters:
    ///   - streams: The streams.
    ///   - map: The stream of every raw class; empty where the decoder of the symbols knows it.
    ///   - slack: Residuals that a stream may run past its end before that is noticed.
    ///   - index: The number of the group, for errors.
    ///   - bytes: The archive.
    ///   - body: Takes the residuals and says how far it got.
    /// - Throws: ``DecodeError`` if a stream is damaged, runs dry or is not used up.
    func withStreams(
        _ streams: [PackingGroup.Stream], map: [UInt8], slack: Int, index: Int, bytes: UnsafeRawBufferPointer,
        _ body: (inout ae_streams) -> StreamUse
    ) throws(DecodeError) {
        let count = streams.symbolCount
        if residuals.count < count + slack { residuals = [Int16](repeating: 0, count: count + slack) }
        try unsafe residuals.withUnsafeMutableBufferPointer { buffer throws(DecodeError) in
            guard let base = buffer.baseAddress else { throw .damagedGroup(group: index) }
            var starts: [Int] = []
            var at = 0
            for (number, stream) in streams.enumerated() {
                let data = unsafe UnsafeRawBufferPointer(rebasing: bytes[stream.data])
                guard unsafe unpacker.unpack(stream.header, data, into: base + at) else {
                    throw .damagedStream(group: index, stream: number)
                }
                starts.append(at)
                at += stream.header.symbolCount
            }
            starts.append(at)
            var prepared = unsafe ae_streams(base, starts: starts, map: map)
            switch body(&prepared) {
            case .usedUp: guard Self.isExhausted(prepared) else { throw .damagedGroup(group: index) }
            case .leftEarly: break
            case .ranOut: throw .damagedGroup(group: index)
            }
        }
    }

    /// Unpacks one stream to values, for labels.
    func values(_ stream: PackingGroup.Stream, bytes: UnsafeRawBufferPointer) -> [Int16]? {
        var values = [Int16](repeating: 0, count: stream.header.symbolCount)
        let data = unsafe UnsafeRawBufferPointer(rebasing: bytes[stream.data])
        let done = unsafe values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return stream.header.symbolCount == 0 }
            return unsafe unpacker.unpack(stream.header, data, into: base)
        }
        return done ? values : nil
    }

    private static func isExhausted(_ streams: ae_streams) -> Bool {
        var streams = streams
        return unsafe withUnsafeBytes(of: &streams.next) { next in
            unsafe withUnsafeBytes(of: streams.end) { unsafe next.elementsEqual($0) }
        }
    }
}

extension ae_streams {
    /// Streams whose residuals stand one behind the other.
    ///
    /// - Parameters:
    ///   - base: The first residual; all must stay while the streams are used.
    ///   - starts: Where every stream starts, and where the last one ends.
    ///   - map: The stream of every raw class.
    package init(_ base: UnsafePointer<Int16>, starts: [Int], map: [UInt8]) {
        self.init()
        unsafe withUnsafeMutableBytes(of: &next) { next in
            unsafe withUnsafeMutableBytes(of: &end) { end in
                let next = unsafe next.assumingMemoryBound(to: UnsafePointer<Int16>.self)
                let end = unsafe end.assumingMemoryBound(to: UnsafePointer<Int16>.self)
                for stream in 0..<AE_RAW_CLASSES {
                    // Streams that do not exist are empty.
                    unsafe next[stream] = unsafe base + starts[min(stream, starts.count - 1)]
                    unsafe end[stream] = unsafe base + starts[min(stream + 1, starts.count - 1)]
                }
            }
        }
        unsafe withUnsafeMutableBytes(of: &stream_of_class) { unsafe $0.copyBytes(from: map) }
    }
}
