// SPDX-License-Identifier: Apache-2.0
import Foundation
import MedicalFormats
import Samples

/// Reads the recordings that a training is given.
enum RecordingFiles {
    /// Signals of one sampling rate.
    struct Signals {
        var samples: SampleArray
        var rate: Double

        /// The standard deviation of the samples, the mean of every lead removed.
        var deviation: Double {
            let columns = samples.extent.columns
            var energy = 0.0
            for row in 0..<samples.extent.rows {
                let values = (row * columns..<(row + 1) * columns).map { Double(samples[$0]) }
                let mean = values.reduce(0, +) / Double(columns)
                energy += values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            }
            return (energy / Double(samples.extent.sampleCount)).squareRoot()
        }
    }

    /// The first seconds of the signals of a recording, sampling rate by sampling rate.
    static func read(_ path: String, seconds: Double) throws -> [Signals] {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent()
        let recording = try Recording.read(
            name: url.lastPathComponent, [UInt8](try Data(contentsOf: url))
        ) { name in
            (try? Data(contentsOf: folder.appendingPathComponent(name))).map { [UInt8]($0) }
        }
        return recording.groups.compactMap { group in
            let rate = group.rate.hertz
            let count = min(group.samples.extent.columns, Int(seconds * rate))
            guard count > 0, group.samples.format.bitsStored <= 16 else { return nil }
            let rows = 0..<group.samples.extent.rows
            let signals = Signals(samples: group.samples.window(rows: rows, columns: 0..<count), rate: rate)
            return signals.deviation > 0 ? signals : nil
        }
    }
}
