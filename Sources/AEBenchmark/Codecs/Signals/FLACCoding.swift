// SPDX-License-Identifier: Apache-2.0

/// FLAC by the `flac` program, level 8, all signals as channels of one file; eight are the most a file holds.
///
/// Padding and the table of places to seek to are left out: 8 kB that say nothing of a codec.
struct FLACCoding: SignalCoding {
    private static let mostChannels = 8

    /// The program with its version; nil if it is not installed.
    static let version = ToolVersion.flac()

    func encode(_ rows: [[Int32]], rate: Double, setting: Double?) throws(BenchmarkError) -> [UInt8] {
        let depth = try Self.depth(rows)
        let folder = try TemporaryFolder()
        var streams: [[UInt8]] = []
        for channels in Self.files(rows) {
            try folder.write(Self.interleaved(channels, bytes: depth / 8), "raw")
            let arguments = Self.arguments(channels: channels.count, depth: depth, rate: rate)
            try run(arguments + ["-o", folder.path("flac"), folder.path("raw")], folder)
            streams.append(try folder.read("flac"))
        }
        // One file needs no frame.
        guard streams.count > 1 else { return [UInt8(depth)] + (streams.first ?? []) }
        return [UInt8(depth)]
            + streams.flatMap { stream in
                (0..<4).map { UInt8(truncatingIfNeeded: stream.count >> (8 * $0)) } + stream
            }
    }

    func decode(_ stream: [UInt8], shape: SignalShape) throws(BenchmarkError) -> [[Int32]] {
        let bytes = Int(stream[0]) / 8
        let folder = try TemporaryFolder()
        var rows: [[Int32]] = []
        var position = 1
        while rows.count < shape.signals, position < stream.count {
            var end = stream.count
            if shape.signals > Self.mostChannels {
                end = position + 4 + (0..<4).reduce(0) { $0 | Int(stream[position + $1]) << (8 * $1) }
                position += 4
            }
            try folder.write(Array(stream[position..<end]), "flac")
            position = end
            try run(Self.decoding(folder.path("flac"), to: folder.path("raw")), folder)
            let raw = try folder.read("raw")
            let channels = min(Self.mostChannels, shape.signals - rows.count)
            guard raw.count == channels * shape.length * bytes else {
                throw .codec(name: "FLAC", task: "decode", words: "the signals have another shape")
            }
            rows += Self.separated(raw, channels: channels, bytes: bytes)
        }
        return rows
    }

    private func run(_ arguments: [String], _ folder: TemporaryFolder) throws(BenchmarkError) {
        let child = try ChildProcess(
            "flac", arguments, errors: .file(path: folder.path("words"), writes: true))
        _ = try child.finish { folder.words("words") }
    }

    /// The signals of each file.
    static func files(_ rows: [[Int32]]) -> [[[Int32]]] {
        stride(from: 0, to: rows.count, by: mostChannels).map {
            Array(rows[$0..<min(rows.count, $0 + mostChannels)])
        }
    }

    /// What `flac` is told to make raw samples of a file.
    static func decoding(_ file: String, to raw: String) -> [String] {
        ["-d", "-s", "-f", "--force-raw-format", "--endian=little", "--sign=signed", "-o", raw, file]
    }

    /// What `flac` is told to make a file of raw samples.
    static func arguments(channels: Int, depth: Int, rate: Double) -> [String] {
        [
            "-8", "-s", "-f", "--lax", "--no-padding", "--no-seektable", "--force-raw-format",
            "--endian=little", "--sign=signed", "--channels=\(channels)", "--bps=\(depth)",
            "--sample-rate=\(min(max(1, Int(rate.rounded())), 655_350))",
        ]
    }

    /// 16 bits a sample, or 24 where those are needed.
    static func depth(_ rows: [[Int32]]) throws(BenchmarkError) -> Int {
        let least = rows.compactMap { $0.min() }.min() ?? 0
        let greatest = rows.compactMap { $0.max() }.max() ?? 0
        if least >= -(1 << 15), greatest < 1 << 15 { return 16 }
        guard least >= -(1 << 23), greatest < 1 << 23 else {
            throw .codec(name: "FLAC", task: "encode", words: "samples of more than 24 bits")
        }
        return 24
    }

    /// Samples instant by instant, least significant byte first.
    static func interleaved(_ rows: [[Int32]], bytes: Int) -> [UInt8] {
        var raw: [UInt8] = []
        raw.reserveCapacity(rows.count * (rows.first?.count ?? 0) * bytes)
        for index in rows.first?.indices ?? 0..<0 {
            for row in rows {
                for place in 0..<bytes {
                    raw.append(UInt8(truncatingIfNeeded: row[index] >> Int32(8 * place)))
                }
            }
        }
        return raw
    }

    private static func separated(_ raw: [UInt8], channels: Int, bytes: Int) -> [[Int32]] {
        (0..<channels).map { channel in
            stride(from: channel * bytes, to: raw.count, by: channels * bytes).map { at in
                let value = (0..<bytes).reduce(UInt32(0)) { $0 | UInt32(raw[at + $1]) << (8 * UInt32($1)) }
                let unused = Int32(32 - 8 * bytes)
                return (Int32(bitPattern: value) << unused) >> unused
            }
        }
    }
}
