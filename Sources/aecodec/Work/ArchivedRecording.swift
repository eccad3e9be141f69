// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import MedicalFormats
import Samples

/// The recording of an archive: what its files say of the signals, and as many samples as are wanted.
///
/// What the files say is read from files that are rebuilt without samples, so that a stretch of time costs no
/// more than its groups.
struct ArchivedRecording {
    private let archive: Archive
    /// The signals and times; the samples are zeros where they have not been decoded.
    let description: Recording
    /// Whether ``description`` has the samples: the files are kept whole.
    private let isWhole: Bool

    /// - Throws: An error if the archive does not keep what its signals are.
    init(_ archive: Archive) throws {
        self.archive = archive
        let container = archive.container
        guard let source = try archive.source() else {
            throw Failure(.data, "the archive does not keep what its signals are; '--format npy' writes them")
        }
        isWhole = container.parts.isEmpty
        let parts = container.parts.map { SampleArray(extent: $0.extent, format: $0.format) }
        var files: [(name: String, bytes: [UInt8])] = []
        for member in source.members {
            var bytes: [UInt8] = []
            for piece in try member.pieces(from: parts) { bytes += piece }
            files.append((member.name ?? "recording." + source.format.ending, bytes))
        }
        var options = Recording.ReadingOptions()
        options.csvRate = container.parts.first?.rate?.description
        let named = Dictionary(files.map { ($0.name, $0.bytes) }) { first, _ in first }
        description = try Recording.read(
            name: files[0].name, files[0].bytes, options: options, lookup: { named[$0] })
        guard isWhole || description.groups.map(\.samples.extent) == container.parts.map(\.extent) else {
            throw Failure(.data, "the files of the archive do not describe its samples")
        }
    }

    /// The recording with all its samples, or those of a stretch of time.
    func recording(seconds: Range<Double>?) throws -> Recording {
        guard let seconds else {
            if isWhole { return description }
            let samples = archive.container.isTruncated ? try all() : try archive.samples()
            return replacing(samples)
        }
        let (recording, columns) = try description.cut(seconds)
        var result = recording
        for (number, range) in columns.enumerated() {
            let extent = description.groups[number].samples.extent
            // A group without columns in the stretch is left out by those who write.
            let wanted = range.isEmpty ? 0..<1 : range
            let region = SampleSelection.Region(
                x: wanted.lowerBound, y: 0, width: wanted.count, height: extent.rows)
            let selection = SampleSelection(frames: 0..<1, region: region)
            result.groups[number].samples =
                isWhole
                ? try selection.of(description.groups[number].samples)
                : try archive.samples(part: number, selection)
        }
        return result
    }

    private func all() throws -> [SampleArray] {
        try archive.container.parts.enumerated().map { number, part in
            try archive.samples(part: number, SampleSelection(frames: 0..<part.extent.frames))
        }
    }

    private func replacing(_ samples: [SampleArray]) -> Recording {
        var recording = description
        for (number, samples) in samples.enumerated() { recording.groups[number].samples = samples }
        return recording
    }
}

extension Recording {
    /// The recording of a stretch of time, its samples not cut yet, and the columns of each group in it.
    ///
    /// Spans begin at the first instant of their slowest signals in the stretch; times count from its start.
    fileprivate func cut(_ seconds: Range<Double>) throws -> (recording: Recording, columns: [Range<Int>]) {
        var columns = groups.map { _ in 0..<0 }
        var pieces: [(start: Double, duration: Double, pieces: [SignalSpan.Piece])] = []
        for span in spans {
            guard let slowest = span.pieces.map({ groups[$0.group].rate }).min(by: { $0.hertz < $1.hertz }),
                let length = span.pieces.first(where: { groups[$0.group].rate == slowest })?.columns.count
            else { continue }
            let first = Self.column(seconds.lowerBound - span.start, slowest, in: length)
            let end = Self.column(seconds.upperBound - span.start, slowest, in: length)
            guard first < end else { continue }
            let inside = span.pieces.map { piece in
                let ratio = groups[piece.group].rate.hertz / slowest.hertz
                let lower = piece.columns.lowerBound + Int((Double(first) * ratio).rounded())
                let upper = piece.columns.lowerBound + Int((Double(end) * ratio).rounded())
                let range = min(lower, piece.columns.upperBound)..<min(upper, piece.columns.upperBound)
                let known = columns[piece.group]
                columns[piece.group] =
                    known.isEmpty
                    ? range
                    : min(known.lowerBound, range.lowerBound)..<max(known.upperBound, range.upperBound)
                return SignalSpan.Piece(group: piece.group, columns: range)
            }
            let start = span.start + Double(first) / slowest.hertz - seconds.lowerBound
            pieces.append((start, Double(end - first) / slowest.hertz, inside))
        }
        guard !pieces.isEmpty else { throw Failure(.usage, "'--range' has none of the recording") }
        var recording = self
        recording.spans = pieces.map { span in
            SignalSpan(
                start: span.start, duration: span.duration,
                pieces: span.pieces.map { piece in
                    let first = columns[piece.group].lowerBound
                    return SignalSpan.Piece(
                        group: piece.group,
                        columns: piece.columns.lowerBound - first..<piece.columns.upperBound - first)
                })
        }
        return (recording, columns)
    }

    /// The first column that is not before a time; a fraction of a thousandth is rounding.
    private static func column(_ seconds: Double, _ rate: SamplingRate, in count: Int) -> Int {
        let place = (seconds * rate.hertz - 1e-3).rounded(.up)
        return place <= 0 ? 0 : place >= Double(count) ? count : Int(place)
    }
}

extension SourceRecord.Format {
    /// The usual ending of a file.
    var ending: String {
        switch self {
        case .other: "bin"
        case .dicom: "dcm"
        case .pgm: "pgm"
        case .png: "png"
        case .wfdb: "hea"
        case .edf: "edf"
        case .bdf: "bdf"
        case .scp: "scp"
        case .annotatedECG, .philips: "xml"
        case .csv: "csv"
        }
    }
}
