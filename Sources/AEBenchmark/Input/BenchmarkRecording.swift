// SPDX-License-Identifier: Apache-2.0

/// A recording that is measured: signals of one rate, and what is known of them.
package struct BenchmarkRecording: Sendable {
    /// Path as given on the command line, shortened to the last two components.
    package var name: String
    /// The file, if these signals are all that it names; nil otherwise.
    package var path: String?
    /// Groups in whose means it counts.
    package var groups: [String]
    /// Instants in a second.
    package var rate: Double
    /// Stored values, one array for each signal, all of one length.
    package var rows: [[Int32]]
    /// What each signal is called.
    package var signalNames: [String]
    /// Bits of a sample that ratios are held against: those of the converter where the file states them.
    package var bits: Int
    /// Millivolts in one stored unit, of each signal; nil if a signal is no voltage.
    package var millivolts: [Double]?
    /// The stored value that is taken off for PRD without offset, of each signal: the zero of the converter
    /// where the file states one, the baseline otherwise.
    package var offsets: [Double]
    /// The stored value of a missing sample, of each signal.
    package var missing: [Int32?]
    /// Places of the beats that people have marked, ascending; nil without annotations.
    package var beats: ReferenceBeats?

    /// Beats as annotated.
    package struct ReferenceBeats: Sendable {
        /// Places, ascending.
        package var places: [Int]
        /// Whether each is premature, of the ventricles, or a fusion.
        package var areEctopic: [Bool]
        /// Times of ventricular flutter, where none are marked.
        package var flutter: [ClosedRange<Int>]

        /// Makes a list.
        package init(places: [Int], areEctopic: [Bool], flutter: [ClosedRange<Int>]) {
            precondition(places.count == areEctopic.count, "every beat has a class")
            self.places = places
            self.areEctopic = areEctopic
            self.flutter = flutter
        }
    }

    /// Makes a recording.
    package init(
        name: String, groups: [String], rate: Double, rows: [[Int32]], signalNames: [String], bits: Int,
        millivolts: [Double]?, offsets: [Double], missing: [Int32?], beats: ReferenceBeats?
    ) {
        self.name = name
        self.groups = groups
        self.rate = rate
        self.rows = rows
        self.signalNames = signalNames
        self.bits = bits
        self.millivolts = millivolts
        self.offsets = offsets
        self.missing = missing
        self.beats = beats
    }

    /// Instants.
    package var length: Int { rows.first?.count ?? 0 }
    /// Samples of all signals.
    package var sampleCount: Int { rows.count * length }
    /// Bits of the samples over those of a stream.
    package func ratio(byteCount: Int) -> Double { Double(sampleCount * bits) / Double(8 * byteCount) }
    /// Whether a sample is missing.
    package var hasMissingSamples: Bool {
        zip(rows, missing).contains { row, missing in missing.map(row.contains) ?? false }
    }

    /// The first seconds alone.
    package func cut(seconds: Double) -> BenchmarkRecording {
        var cut = self
        cut.path = nil
        let count = min(length, max(1, Int(seconds * rate)))
        cut.rows = rows.map { Array($0[..<count]) }
        if let beats {
            let kept = beats.places.indices.filter { beats.places[$0] < count }
            cut.beats = ReferenceBeats(
                places: kept.map { beats.places[$0] }, areEctopic: kept.map { beats.areEctopic[$0] },
                flutter: beats.flutter)
        }
        return cut
    }
}
