// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import TestSupport

/// A row of `Fixtures/expected.csv`.
struct Fixture: CustomTestStringConvertible, Sendable {
    let path: String
    let rows: Int
    let columns: Int
    let frames: Int
    let bits: Int
    let isSigned: Bool
    let sampleDigest: String
    /// Why it must be refused; empty for a good file.
    let refusal: String

    var testDescription: String { path }
    var url: URL { Self.folder.appendingPathComponent(path) }
    var name: String { url.lastPathComponent }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

    static let all: [Fixture] = {
        guard
            let text = try? String(contentsOf: folder.appendingPathComponent("expected.csv"), encoding: .utf8)
        else { return [] }
        return text.split(separator: "\n").dropFirst().map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            return Fixture(
                path: fields[0], rows: Int(fields[1]) ?? 0, columns: Int(fields[2]) ?? 0,
                frames: Int(fields[3]) ?? 0, bits: Int(fields[4]) ?? 0, isSigned: fields[5] == "1",
                sampleDigest: fields[6], refusal: fields[7])
        }
    }()

    static let good = all.filter { $0.refusal.isEmpty }
    static let refused = all.filter { !$0.refusal.isEmpty }

    /// The bytes of a fixture.
    static func bytes(_ path: String) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent(path))
    }

    /// A 16 bit PGM of smooth noise.
    static func pgm(rows: Int, columns: Int, maximum: Int = 65535, seed: UInt64) -> Data {
        var random = SplitMix64(seed: seed)
        var file = Data("P5\n\(columns) \(rows)\n\(maximum)\n".utf8)
        for row in 0..<rows {
            for column in 0..<columns {
                let value = (row * 7 + column * 3 + Int(random.next() >> 59)) % (maximum + 1)
                if maximum > 255 { file.append(UInt8(truncatingIfNeeded: value >> 8)) }
                file.append(UInt8(truncatingIfNeeded: value))
            }
        }
        return file
    }
}
