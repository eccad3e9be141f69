// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The files in which samples and streams pass to and from workers.
///
/// Samples: the length of a JSON layout as eight bytes, least significant first, the layout, the bytes of
/// the frames. Streams: for each, its length as eight bytes, then the streams.
enum ExchangeFiles {
    static func write(_ samples: PlainSamples, _ path: String) throws(BenchmarkError) {
        guard let layout = try? JSONEncoder().encode(samples.layout) else {
            throw .file("\(path): a layout cannot be written")
        }
        var bytes = number(layout.count) + layout
        for frame in samples.frames { bytes += frame }
        try writeBytes(bytes, path)
    }

    /// The layout alone, without reading the samples.
    static func layout(_ path: String) throws(BenchmarkError) -> PlainLayout {
        guard let file = FileHandle(forReadingAtPath: path) else { throw .file("\(path): cannot be read") }
        defer { try? file.close() }
        guard let head = try? file.read(upToCount: 8), head.count == 8,
            let bytes = try? file.read(upToCount: number([UInt8](head)[...])),
            let layout = try? JSONDecoder().decode(PlainLayout.self, from: bytes)
        else { throw .file("\(path): no layout of samples") }
        return layout
    }

    static func samples(_ path: String) throws(BenchmarkError) -> PlainSamples {
        let layout = try layout(path)
        let bytes = try readBytes(path)
        let start = 8 + number(bytes[..<8])
        let span = layout.shape.byteCount
        guard bytes.count == start + span * layout.frames else { throw .file("\(path): cut short") }
        return PlainSamples(
            layout: layout,
            frames: (0..<layout.frames).map { Array(bytes[start + $0 * span..<start + ($0 + 1) * span]) })
    }

    static func write(_ streams: [[UInt8]], _ path: String) throws(BenchmarkError) {
        try writeBytes(
            number(streams.count) + streams.flatMap { number($0.count) } + streams.flatMap(\.self), path)
    }

    static func streams(_ path: String) throws(BenchmarkError) -> [[UInt8]] {
        let bytes = try readBytes(path)
        var position = 0
        func next(_ count: Int) throws(BenchmarkError) -> ArraySlice<UInt8> {
            guard count >= 0, count <= bytes.count - position else { throw .file("\(path): cut short") }
            defer { position += count }
            return bytes[position..<position + count]
        }
        let count = number(try next(8))
        guard (0...bytes.count / 8).contains(count) else { throw .file("\(path): cut short") }
        var lengths: [Int] = []
        for _ in 0..<count { lengths.append(number(try next(8))) }
        var streams: [[UInt8]] = []
        for length in lengths { streams.append(Array(try next(length))) }
        return streams
    }

    private static func number(_ value: Int) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
