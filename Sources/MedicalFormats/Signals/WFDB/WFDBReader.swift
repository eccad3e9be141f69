// SPDX-License-Identifier: Apache-2.0
import Samples

/// A record of one segment, or a segment of a record, with its files.
struct WFDBSegment {
    /// The header's file.
    var name: String
    var bytes: [UInt8]
    var header: WFDBHeader
    /// Files that hold samples; none for a segment without signals.
    var files: [WFDBFile]
    /// Frames that are read.
    var frames: Int
}

/// Reads WFDB records: a header, its segments, and the files that they name.
struct WFDBReader {
    private let lookup: MemberLookup
    private let annotators: [String]
    private var segments: [WFDBSegment] = []
    /// Which segment begins at which frame.
    private var times: [(segment: Int, frame: Int)] = []
    private var names: Set<String> = []
    private(set) var builder = RecordingBuilder()

    init(lookup: @escaping MemberLookup, annotators: [String]) {
        self.lookup = lookup
        self.annotators = annotators
    }

    /// Reads the record of a header.
    mutating func read(name: String, _ bytes: [UInt8]) throws(SignalError) -> Recording {
        try load(name: name, bytes)
        return builder.recording()
    }

    /// Finds the files of the record of a header, and where samples stand in them; ``builder`` knows them then.
    mutating func load(name: String, _ bytes: [UInt8]) throws(SignalError) {
        guard isPlainFileName(name) else { throw .unsafeName }
        let header = try WFDBHeader(bytes)
        names = [name]
        if header.segments.isEmpty {
            guard !header.signals.isEmpty else { throw .noSignals(.wfdb) }
            try readSegment(header, name: name, bytes)
            times = [(0, 0)]
        } else {
            builder.add(name: name, bytes)
            try readSegments(of: header)
        }
        try addSegments(rate: header.rate)
        guard !builder.groups.isEmpty else { throw .noSignals(.wfdb) }
        try addAnnotators(name)
    }

    private func member(_ name: String) throws(SignalError) -> [UInt8] {
        guard isPlainFileName(name) else { throw .unsafeName }
        guard let bytes = lookup(name) else { throw .missingFile(name: name) }
        return bytes
    }

    private mutating func addAnnotators(_ name: String) throws(SignalError) {
        let stem = name.hasSuffix(".hea") ? String(name.dropLast(4)) : name
        for annotator in annotators {
            let file = "\(stem).\(annotator)"
            guard isPlainFileName(file) else { throw .unsafeName }
            if names.insert(file).inserted { builder.add(name: file, try member(file)) }
        }
    }

    private mutating func readSegments(of header: WFDBHeader) throws(SignalError) {
        var known: [String: Int] = [:]
        var frames = 0
        for (index, segment) in header.segments.enumerated() {
            let start = frames
            let (sum, overflow) = frames.addingReportingOverflow(segment.frames)
            guard !overflow else { throw .invalidHeader(.wfdb, field: "segment lengths", line: 0) }
            frames = sum
            if segment.name == "~" { continue }
            if let number = known[segment.name] {
                times.append((number, start))
                continue
            }
            let file = segment.name + ".hea"
            let bytes = try member(file)
            guard names.insert(file).inserted else { throw .unsafeName }
            let inner = try WFDBHeader(bytes)
            guard inner.segments.isEmpty else {
                throw .unsupported(.wfdb, feature: "a segment that has segments")
            }
            if inner.rate != header.rate {
                builder.notes.append("\(file) states another sampling frequency than the record")
            }
            // A first segment without length is the layout of all signals.
            if index == 0, segment.frames == 0 {
                builder.add(name: file, bytes)
                continue
            }
            try readSegment(inner, name: file, bytes)
            known[segment.name] = segments.count - 1
            times.append((segments.count - 1, start))
            let found = segments[segments.count - 1].frames
            if found != segment.frames {
                builder.notes.append(
                    "segment \(segment.name) has \(found) frames where the record states \(segment.frames)")
            }
        }
        if header.frames != 0, header.frames != frames {
            builder.notes.append(
                "the segments have \(frames) frames where the record states \(header.frames)")
        }
    }

    /// Reads the files of a segment.
    private mutating func readSegment(
        _ header: WFDBHeader, name: String, _ bytes: [UInt8]
    ) throws(SignalError) {
        var files: [WFDBFile] = []
        for run in try header.files() {
            let signal = header.signals[run.lowerBound]
            guard names.insert(signal.file).inserted else {
                throw signal.line.invalid("a file that belongs to something else")
            }
            files.append(try WFDBFile(signal.file, try member(signal.file), signals: run, of: header))
        }
        let frames = try frameCount(header, files, name: name)
        segments.append(WFDBSegment(name: name, bytes: bytes, header: header, files: files, frames: frames))
    }

    /// Frames that all files have; what a header states wrongly becomes a note.
    private mutating func frameCount(
        _ header: WFDBHeader, _ files: [WFDBFile], name: String
    ) throws(SignalError) -> Int {
        guard let shortest = files.min(by: { $0.frames < $1.frames }) else { return header.frames }
        if header.frames == 0 || shortest.frames < header.frames {
            guard shortest.frames >= 1 else {
                throw .truncated(
                    .wfdb, structure: "the first frame in \(shortest.name)", needed: 1, available: 0)
            }
            if header.frames != 0 {
                builder.notes.append(
                    "\(name) states \(header.frames) frames, its files hold \(shortest.frames): those are read"
                )
            }
            return shortest.frames
        }
        // Padding to a full group of samples is no surplus.
        for file in files where file.frames > header.frames + 3 {
            builder.notes.append(
                "\(file.name) holds \(file.frames) frames, \(header.frames) are stated: "
                    + "the rest is kept as it is")
        }
        return header.frames
    }

    /// Adds groups, files and times of all segments.
    private mutating func addSegments(rate: SamplingRate) throws(SignalError) {
        let groups = try WFDBGroups(segments, into: &builder)
        if segments.contains(where: { $0.files.contains { $0.format.isCompressed } }) {
            builder.notes.append("FLAC source: restored as WFDB formats 80, 16 and 24 with the same samples")
        }
        for (segment, cuts) in zip(segments, groups.cuts) {
            if segment.files.contains(where: { $0.format.isCompressed }) {
                builder.addRewritten(
                    name: segment.name, kept: segment.header.restoredText(segment.bytes), cuts: [])
            } else {
                builder.add(name: segment.name, segment.bytes)
            }
            for (file, cut) in zip(segment.files, cuts) {
                if file.format.isCompressed {
                    builder.addRewritten(name: file.name, kept: [], cuts: [cut])
                } else {
                    builder.add(name: file.name, file.bytes, cuts: [cut])
                }
            }
        }
        for (number, frame) in times where !groups.pieces[number].isEmpty {
            builder.spans.append(
                SignalSpan(
                    start: Double(frame) / rate.hertz,
                    duration: Double(segments[number].frames) / segments[number].header.rate.hertz,
                    pieces: groups.pieces[number]))
        }
    }
}
