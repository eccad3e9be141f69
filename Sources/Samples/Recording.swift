// SPDX-License-Identifier: Apache-2.0

/// Signals that were recorded together, and the files they came from.
public struct Recording: Sendable {
    /// The signals, one group for each sampling rate, multiplex group or segment; their samples are the
    /// parts that the cuts of ``members`` name.
    public var groups: [SignalGroup]
    /// When the groups were recorded; gaps are where no span is.
    public var spans: [SignalSpan]
    /// The files; the first is the one that was named.
    public var members: [RecordingMember]
    /// The kind of the files.
    public var format = SourceRecord.Format.other
    /// SHA-256 of the files that ``members`` give, one after the other; empty if there are none.
    public var digest: [UInt8] = []
    /// Remarks for a person, one sentence each.
    public var notes: [String] = []

    /// Makes a recording.
    public init(groups: [SignalGroup], spans: [SignalSpan], members: [RecordingMember]) {
        self.groups = groups
        self.spans = spans
        self.members = members
    }

    /// The samples of all groups, in the order that cuts name.
    public var parts: [SampleArray] { groups.map(\.samples) }

    /// What an archive keeps of the files; a single file that has all is named after its archive.
    public var source: SourceFiles {
        let hasNames = format == .wfdb || members.count > 1
        return SourceFiles(
            format: format, isByteExact: members.allSatisfy(\.source.isByteExact), digest: digest,
            members: members.map {
                SourceFiles.Member(
                    name: hasNames ? $0.name : nil, byteCount: $0.source.byteCount, cuts: $0.source.cuts,
                    kept: $0.source.kept)
            })
    }

    /// Some of the groups, without the files; for writing them elsewhere.
    ///
    /// - Parameter numbers: Places in ``groups``.
    /// - Returns: A recording of these groups in this order.
    public func selecting(groups numbers: [Int]) -> Recording {
        let spans = spans.compactMap { span -> SignalSpan? in
            var span = span
            span.pieces = span.pieces.compactMap { piece in
                numbers.firstIndex(of: piece.group).map {
                    SignalSpan.Piece(group: $0, columns: piece.columns)
                }
            }
            return span.pieces.isEmpty ? nil : span
        }
        return Recording(groups: numbers.map { groups[$0] }, spans: spans, members: [])
    }

    /// Whether every group can be put back into its files: if not, some files are kept whole although
    /// their samples are known.
    public var isRebuiltFromSamples: Bool {
        var named = Set<Int>()
        for cut in members.flatMap(\.source.cuts) {
            for case .samples(let part, _, _, _) in cut.slots { named.insert(part) }
        }
        return named.count == groups.count
    }
}

/// One file of a recording.
public struct RecordingMember: Sendable {
    /// Its name, without folders.
    public var name: String
    /// What the file is put together from.
    public var source: SourceRecord

    /// Makes a member.
    public init(name: String, source: SourceRecord) {
        self.name = name
        self.source = source
    }
}

/// Signals of one sampling rate: one row each.
public struct SignalGroup: Sendable {
    /// Stored values, one row for each signal, one column for each instant; `[1, 1, signals, instants]`.
    public var samples: SampleArray
    /// What each row is.
    public var signals: [SignalDescription]
    /// Instants in a second.
    public var rate: SamplingRate

    /// Makes a group; there is a description for each row.
    public init(samples: SampleArray, signals: [SignalDescription], rate: SamplingRate) {
        precondition(samples.extent.rows == signals.count, "every signal has a row")
        self.samples = samples
        self.signals = signals
        self.rate = rate
    }

    /// Whether a stored value is the one that stands for a missing sample.
    public var hasMissingSamples: Bool {
        signals.enumerated().contains { row, signal in
            guard let missing = signal.missing else { return false }
            let columns = samples.extent.columns
            return (row * columns..<(row + 1) * columns).contains { samples[$0] == missing }
        }
    }

    /// Stored values of one signal.
    public func row(_ index: Int) -> [Int] {
        let columns = samples.extent.columns
        return (index * columns..<(index + 1) * columns).map { samples[$0] }
    }
}

/// A time without gaps.
public struct SignalSpan: Equatable, Sendable {
    /// Columns of one group.
    public struct Piece: Equatable, Sendable {
        /// The group, by its place in the recording.
        public var group: Int
        /// Its columns that were recorded in the span.
        public var columns: Range<Int>

        /// Makes a piece.
        public init(group: Int, columns: Range<Int>) {
            self.group = group
            self.columns = columns
        }
    }

    /// Seconds from the start of the recording.
    public var start: Double
    /// How long it is, in seconds.
    public var duration: Double
    /// What was recorded.
    public var pieces: [Piece]

    /// Makes a span.
    public init(start: Double, duration: Double, pieces: [Piece]) {
        self.start = start
        self.duration = duration
        self.pieces = pieces
    }
}

/// What a file says of one signal.
public struct SignalDescription: Hashable, Sendable {
    /// The name, such as "MLII"; empty if there is none.
    public var name: String
    /// The physical unit, such as "mV"; empty if there is none.
    public var units: String
    /// Stored units in one physical unit: physical value = (stored value - baseline) / gain.
    public var gain: Double
    /// The gain as the file has it; empty if it states none and ``gain`` is what its format prescribes.
    public var gainText = ""
    /// The stored value of the physical value 0; may lie outside the range of samples.
    public var baseline: Double
    /// The stored value of the middle of the converter's range, where the file states one.
    public var converterZero: Int?
    /// Bits of the converter, where the file states them.
    public var resolutionBits: Int?
    /// The stored value that stands for a missing sample, if there is one.
    public var missing: Int?
    /// The first stored value, where the file states one for the whole signal.
    public var initialValue: Int?
    /// The sum of all stored values modulo 65536, where the file states one for the whole signal.
    public var checksum: UInt16?
    /// Instants by which the signal comes late: its value at instant n is in column n + skew.
    public var skew = 0

    /// Makes a description.
    public init(name: String, units: String, gain: Double, baseline: Double) {
        self.name = name
        self.units = units
        self.gain = gain
        self.baseline = baseline
    }
}
