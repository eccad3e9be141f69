// SPDX-License-Identifier: Apache-2.0
import AECodec
import Foundation
import Samples

/// What one codec did on one file.
struct Measurement: Codable {
    var codec: String
    /// Which samples it was given: stored or mapped.
    var samples: String
    /// Whole codestream or archive, what undoes the map included.
    var bytes: Int
    var isIdentical: Bool
    /// CPU milliseconds a megasample.
    var encodeMilliseconds: Double
    /// CPU milliseconds a megasample.
    var decodeMilliseconds: Double
}

/// All measurements of one file.
struct FileResult: Codable {
    var file: String
    var group: String
    var frames: Int
    var rows: Int
    var columns: Int
    var bitsStored: Int
    var measurements: [Measurement]

    init(_ path: String, _ samples: SampleArray, _ measurements: [Measurement]) {
        let url = URL(fileURLWithPath: path)
        file = url.lastPathComponent
        group = url.deletingLastPathComponent().lastPathComponent
        frames = samples.extent.frames
        rows = samples.extent.rows
        columns = samples.extent.columns
        bitsStored = samples.format.bitsStored
        self.measurements = measurements
    }

    /// Whether every codec gave the samples back.
    var isSound: Bool { measurements.allSatisfy(\.isIdentical) }

    subscript(codec: String) -> Measurement? { measurements.first { $0.codec == codec } }

    /// Bytes of aecodec over those of a peer.
    func ratio(to peer: String) -> Double? {
        guard let ours = self["aecodec"], let theirs = self[peer] else { return nil }
        return Double(ours.bytes) / Double(theirs.bytes)
    }
}

/// A whole run: tables for people, JSON for programs.
struct Report: Codable {
    var kernel: String
    var repeats: Int
    var processor: String
    /// Library and version of each peer; `not installed` if absent.
    var peers: [String: String]
    var files: [FileResult]

    private var codecs: [String]

    init(kernel: KernelChoice, repeats: Int, peers: [Peer], files: [FileResult]) {
        self.kernel = kernel.rawValue
        self.repeats = repeats
        self.files = files
        processor = processorName()
        self.peers = Dictionary(uniqueKeysWithValues: peers.map { ($0.name, $0.version ?? "not installed") })
        codecs = ["aecodec"] + peers.map(\.name)
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// The heads of the columns of ``line(_:_:)``.
    static func heading(_ peers: [Peer]) -> String {
        let codecs = ["aecodec"] + peers.map(\.name)
        let first = codecs.map { TextTable.pad($0, 28) }.joined()
        let second = codecs.map { _ in
            TextTable.right("bytes", 12) + TextTable.right("encode", 8) + TextTable.right("decode", 8)
        }.joined()
        return TextTable.pad("", 30) + first + "\n" + TextTable.pad("file", 30) + second
            + TextTable.right("/CharLS", 9)
    }

    /// One file: bytes, encode and decode of each codec, and the ratio to CharLS.
    static func line(_ result: FileResult, _ peers: [Peer]) -> String {
        let cells = (["aecodec"] + peers.map(\.name)).map { codec in
            guard let cell = result[codec] else { return TextTable.right("not installed", 28) }
            guard cell.isIdentical else { return TextTable.right("NOT IDENTICAL", 28) }
            let mark = cell.samples == "mapped" ? "m" : " "
            return TextTable.right("\(cell.bytes)\(mark)", 12)
                + TextTable.right(TextTable.number(cell.encodeMilliseconds, 1), 8)
                + TextTable.right(TextTable.number(cell.decodeMilliseconds, 1), 8)
        }
        let ratio = result.ratio(to: "CharLS").map { TextTable.number($0, 4) } ?? "-"
        return TextTable.pad("\(result.group)/\(result.file)", 30) + cells.joined()
            + TextTable.right(ratio, 9)
    }

    /// Means of each group and of all files.
    func summary() -> String {
        var lines = [
            "", "means of groups; encode and decode in CPU milliseconds a megasample; m: mapped samples",
        ]
        lines.append(
            TextTable.pad("group", 22) + TextTable.right("files", 6) + TextTable.right("/CharLS", 9)
                + TextTable.right("worst", 9)
                + codecs.map { TextTable.right("\($0) encode", 18) + TextTable.right("decode", 8) }.joined())
        let groups = Dictionary(grouping: files, by: \.group)
        for group in groups.keys.sorted() { lines.append(summary(of: groups[group] ?? [], named: group)) }
        if groups.count > 1 { lines.append(summary(of: files, named: "all")) }
        lines.append("")
        lines.append("kernel \(kernel), median of \(repeats) runs, one thread, \(processor)")
        for name in peers.keys.sorted() { lines.append("\(name): \(peers[name] ?? "")") }
        return lines.joined(separator: "\n")
    }

    private func summary(of files: [FileResult], named name: String) -> String {
        let ratios = files.compactMap { $0.ratio(to: "CharLS") }
        let mean = ratios.isEmpty ? "-" : TextTable.number(ratios.reduce(0, +) / Double(ratios.count), 4)
        let worst = ratios.max().map { TextTable.number($0, 4) } ?? "-"
        let times = codecs.map { codec in
            let cells = files.compactMap { $0[codec] }
            guard !cells.isEmpty else { return TextTable.right("not installed", 18) + TextTable.right("", 8) }
            let encode = cells.reduce(0) { $0 + $1.encodeMilliseconds } / Double(cells.count)
            let decode = cells.reduce(0) { $0 + $1.decodeMilliseconds } / Double(cells.count)
            return TextTable.right(TextTable.number(encode, 1), 18)
                + TextTable.right(TextTable.number(decode, 1), 8)
        }
        return TextTable.pad(name, 22) + TextTable.right("\(files.count)", 6) + TextTable.right(mean, 9)
            + TextTable.right(worst, 9) + times.joined()
    }
}
