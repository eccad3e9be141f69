// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// One call of a codec of signals in a process of its own, whose whole life is measured: its start and its
/// files are in its time, as they are in that of a command.
package struct SignalTask: Codable, Sendable {
    /// What is measured.
    enum Direction: String, Codable {
        case encode
        case decode
    }

    var direction: Direction
    /// Identifier and mode of a codec of the catalog.
    var codec: String
    var mode: CodecDescription.Mode
    var step: Double?
    var threads: Int
    var shape: SignalShape
    /// What is read, and what is written: signals one behind the other in four bytes a sample, or a stream.
    var input: String
    var output: String

    /// Reads a task as JSON and carries it out: the work of a worker process.
    package static func perform(_ json: Data) throws {
        try JSONDecoder().decode(SignalTask.self, from: json).perform()
    }

    private func perform() throws(BenchmarkError) {
        let catalog = SignalCatalog(only: [codec], threads: threads)
        guard let codec = catalog.codecs.first(where: { $0.mode == mode }), codec.isInstalled else {
            throw .codec(name: codec, task: direction.rawValue, words: "not installed")
        }
        let bytes = try readBytes(input)
        switch direction {
        case .encode:
            let rows = try Self.rows(bytes, shape)
            try writeBytes(try codec.coding.encode(rows, rate: shape.rate, setting: step), output)
        case .decode: try writeBytes(Self.bytes(try codec.coding.decode(bytes, shape: shape)), output)
        }
    }

    /// Has the task carried out by a process of the program at a path; the cost is that of the process.
    func performInProcess(_ program: String, folder: TemporaryFolder) throws(BenchmarkError) -> Cost {
        guard let json = try? JSONEncoder().encode(self) else { throw .file("a task cannot be written") }
        try folder.write([UInt8](json), "task")
        let child = try ChildProcess(
            program, ["signal-worker"], input: .file(path: folder.path("task"), writes: false),
            errors: .file(path: folder.path("words"), writes: true))
        return try child.finish { folder.words("words") }
    }

    static func bytes(_ rows: [[Int32]]) -> [UInt8] {
        rows.flatMap { row in unsafe row.withUnsafeBytes { unsafe Array($0) } }
    }

    private static func rows(_ bytes: [UInt8], _ shape: SignalShape) throws(BenchmarkError) -> [[Int32]] {
        guard bytes.count == 4 * shape.signals * shape.length else { throw .file("signals are cut short") }
        return (0..<shape.signals).map { signal in
            let part = bytes[4 * signal * shape.length..<4 * (signal + 1) * shape.length]
            return unsafe part.withUnsafeBytes { unsafe Array($0.bindMemory(to: Int32.self)) }
        }
    }
}
