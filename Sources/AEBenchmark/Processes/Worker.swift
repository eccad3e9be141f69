// SPDX-License-Identifier: Apache-2.0
import AEMetrics
package import Foundation

/// One measured call of a codec in a process of its own.
///
/// Every codec is measured in the same way: a fresh process reads samples or streams from a file, calls
/// the codec on a small made-up image, so that code is loaded and tables are built, and then once on the
/// image, inside the clock. The peak of memory begins at what is resident just before that call (the
/// program, and the samples or the streams) and ends after it. Where the codec is in another process again
/// (a command, the Python helper), clock and memory are that process's.
package struct WorkerTask: Codable, Sendable {
    /// What is measured.
    package enum Direction: String, Codable, Sendable {
        /// Samples are read, streams written.
        case encode
        /// Streams are read, and compared with the samples outside the clock.
        case decode
    }

    var direction: Direction
    /// Identifier and mode of a codec of the catalog.
    var codec: String
    var mode: CodecDescription.Mode
    var setting: Double?
    var options: CodecOptions
    /// File of samples.
    var samples: String
    /// File of streams.
    var streams: String
}

/// What a worker writes to its standard output, as JSON.
struct WorkerResult: Codable, Sendable {
    var cost = Cost()
    /// Bytes of all streams; of encoding.
    var byteCount = 0
    /// Of decoding.
    var maximumError = 0
    var meanSquaredError = 0.0
}

extension WorkerTask {
    /// Reads a task as JSON, carries it out, and gives the result as JSON: the work of a worker process.
    package static func perform(_ json: Data) throws -> Data {
        let task = try JSONDecoder().decode(WorkerTask.self, from: json)
        return try JSONEncoder().encode(try task.perform())
    }

    func perform() throws(BenchmarkError) -> WorkerResult {
        let catalog = CodecCatalog(options, only: [codec])
        guard let codec = catalog.codecs.first(where: { $0.mode == mode }), codec.isInstalled else {
            throw .codec(name: codec, task: direction.rawValue, words: "not installed")
        }
        let layout = try ExchangeFiles.layout(samples)
        warmUp(codec, bits: layout.shape.bits)
        let session = try codec.makeSession(options, layout)
        var result = WorkerResult()
        switch direction {
        case .encode:
            let image = try ExchangeFiles.samples(samples)
            resetPeakMemory()
            let (encoded, cost) = try session.encode(image, setting: setting)
            result.cost = cost
            result.cost.peakBytes = cost.peakBytes ?? peakMemory()
            result.byteCount = encoded.reduce(0) { $0 + $1.count }
            try ExchangeFiles.write(encoded, streams)
        case .decode:
            let encoded = try ExchangeFiles.streams(streams)
            resetPeakMemory()
            let (decoded, cost) = try session.decode(encoded)
            result.cost = cost
            result.cost.peakBytes = cost.peakBytes ?? peakMemory()
            let original = try ExchangeFiles.samples(samples).restored
            guard let difference = SampleDifference(original, decoded) else {
                throw .codec(name: codec.name, task: "decode", words: "its picture has another shape")
            }
            result.maximumError = difference.maximumError
            result.meanSquaredError = difference.meanSquaredError
        }
        return result
    }

    /// Encodes and decodes 64 x 64 samples that are neither flat nor noise; a failure is no matter.
    private func warmUp(_ codec: Codec, bits: Int) {
        let shape = FrameShape(rows: 64, columns: 64, bits: bits)
        let layout = PlainLayout(
            frames: 1, channels: 1, shape: shape, bitsStored: bits, isSigned: false, base: 0, map: .stored,
            mapByteCount: 0)
        var bytes: [UInt8] = []
        for index in 0..<64 * 64 {
            let value = (index % 64 * (index / 64) + index * index % 7) & ((1 << bits) - 1)
            bytes.append(UInt8(truncatingIfNeeded: value))
            if shape.cellBytes == 2 { bytes.append(UInt8(truncatingIfNeeded: value >> 8)) }
        }
        let image = PlainSamples(layout: layout, frames: [bytes])
        guard let session = try? codec.makeSession(options, layout),
            let encoded = try? session.encode(image, setting: setting)
        else { return }
        _ = try? session.decode(encoded.streams)
    }

    /// Has the task carried out by a process of the program at a path, started as `program worker`.
    func performInProcess(_ program: String, folder: TemporaryFolder) throws(BenchmarkError) -> WorkerResult {
        guard let json = try? JSONEncoder().encode(self) else { throw .file("a task cannot be written") }
        try folder.write([UInt8](json), "task")
        let child = try ChildProcess(
            program, ["worker"], input: .file(path: folder.path("task"), writes: false),
            output: .file(path: folder.path("result"), writes: true),
            errors: .file(path: folder.path("words"), writes: true))
        _ = try child.finish { folder.words("words") }
        guard
            let result = try? JSONDecoder().decode(
                WorkerResult.self, from: Data(try folder.read("result")))
        else { throw .file("a worker gave no result") }
        return result
    }
}
