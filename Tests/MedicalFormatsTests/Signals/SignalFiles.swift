// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import MedicalFormats
import Samples
import TestSupport
import Testing

/// Recordings of the repository and of the shared collection.
enum SignalFiles {
    /// Folder of the shared formats; nil if absent.
    static let shared: String? = {
        guard let images = Repository.sharedImages else { return nil }
        let folder = images + "/ecg/formats"
        return FileManager.default.fileExists(atPath: folder) ? folder : nil
    }()

    static let fixtures = Repository.root + "/Fixtures/signals"

    /// A folder with what some archives of the shared collection hold; nil without them.
    static let unpacked: String? = {
        guard let images = Repository.sharedImages, let tar = PeerProgram("tar") else { return nil }
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "aecodec-tests-annotations", directoryHint: .isDirectory)
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for archive in ["mitdb-paced", "train/cpsc2021", "train/ludb"] {
            let path = "\(images)/ecg/\(archive).tar.xz"
            // Archives that hold none of a pattern are no failure here: what is missing, its test misses.
            _ = try? tar.run(["-xJf", path, "-C", folder.path, "--wildcards", "*.atr", "*.ii"])
        }
        return folder.path
    }()

    /// The path of a name that begins with "Fixtures/", "shared/" or "unpacked/".
    static func path(_ name: String) -> String? {
        if name.hasPrefix("Fixtures/") { return fixtures + name.dropFirst("Fixtures".count) }
        if name.hasPrefix("unpacked/") { return unpacked.map { $0 + name.dropFirst("unpacked".count) } }
        return shared.map { $0 + name.dropFirst("shared".count) }
    }

    static func bytes(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).map { Array($0) }
    }

    /// Reads a recording and whatever lies beside it.
    static func read(
        _ name: String, options: Recording.ReadingOptions = Recording.ReadingOptions()
    ) throws -> Recording {
        let path = try #require(Self.path(name))
        let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        let file = String(path[folder.endIndex...].dropFirst())
        return try Recording.read(name: file, #require(bytes(path)), options: options) {
            bytes("\(folder)/\($0)")
        }
    }

    /// The files beside a name, by their names.
    static func neighbor(_ name: String, of recording: String) -> [UInt8]? {
        guard let path = Self.path(recording), let slash = path.lastIndex(of: "/") else { return nil }
        return bytes(path[...slash] + name)
    }
}

/// What a reference implementation found in one signal. (Scripts/signal-expectations)
struct ExpectedSignal: Decodable, Sendable, Comparable, CustomStringConvertible {
    var name: String
    var count: Int
    var sha256: String
    var gain: Double?
    var baseline: Double?
    var units: String?
    var rate: Double?

    static let all: [String: [ExpectedSignal]] = {
        guard let bytes = SignalFiles.bytes(SignalFiles.fixtures + "/expected.json"),
            let table = try? JSONDecoder().decode([String: [ExpectedSignal]].self, from: Data(bytes))
        else { return [:] }
        return table
    }()

    /// Recordings that are here; those of the shared collection may not be.
    static let names: [String] = all.keys.sorted().filter { SignalFiles.path($0) != nil }

    static func < (first: Self, second: Self) -> Bool {
        (first.name, first.sha256) < (second.name, second.sha256)
    }

    var description: String { "\(name): \(count) samples, \(sha256.prefix(12))" }
}

extension Recording {
    /// All signals as a reference would describe them, segment by segment.
    var described: [ExpectedSignal] {
        var pieces: [SignalSpan.Piece] = []
        for piece in spans.flatMap(\.pieces) where !pieces.contains(piece) { pieces.append(piece) }
        return pieces.flatMap { piece in
            let group = groups[piece.group]
            return group.signals.indices.map { index in
                let signal = group.signals[index]
                let values = group.row(index)[piece.columns]
                let bytes = values.flatMap { littleEndian(Int32($0)) }
                return ExpectedSignal(
                    name: signal.name, count: values.count, sha256: hexadecimal(SHA256.hash(bytes)),
                    gain: signal.gain, baseline: signal.baseline, units: signal.units, rate: group.rate.hertz)
            }
        }
    }

    /// Checks that every member comes back, and says whether byte for byte.
    func expectRestoration(of name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        for member in members {
            let rebuilt = try member.source.rebuilt(from: parts)
            #expect(SHA256.hash(rebuilt) == member.source.digest, sourceLocation: sourceLocation)
            guard member.source.isByteExact else { continue }
            #expect(
                rebuilt == SignalFiles.neighbor(member.name, of: name), "\(member.name)",
                sourceLocation: sourceLocation)
        }
    }
}

func littleEndian(_ value: Int32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> Int32(8 * $0)) }
}
