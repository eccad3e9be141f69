// SPDX-License-Identifier: Apache-2.0
import Samples

/// Reads WFDB records: a header, its segments, and the files that they name.
struct WFDBReader {
    let lookup: MemberLookup
    let annotators: [String]

    init(lookup: @escaping MemberLookup, annotators: [String]) {
        self.lookup = lookup
        self.annotators = annotators
    }

    /// Reads the record of a header.
    func read(name: String, _ bytes: [UInt8]) throws(SignalError) -> Recording {
        guard isPlainFileName(name) else { throw .unsafeName }
        let header = try WFDBHeader(bytes)
        var builder = RecordingBuilder()
        if header.segments.isEmpty {
            guard !header.signals.isEmpty else { throw .noSignals(.wfdb) }
            let segment = try read(header, name: name, bytes, into: &builder)
            builder.spans = [segment.span(startingAt: 0)]
        } else {
            builder.add(name: name, bytes)
            try readSegments(of: header, into: &builder)
        }
        guard !builder.groups.isEmpty else { throw .noSignals(.wfdb) }
        let stem = name.hasSuffix(".hea") ? String(name.dropLast(4)) : name
        for annotator in annotators {
            let file = "\(stem).\(annotator)"
            guard isPlainFileName(file) else { throw .unsafeName }
            guard !builder.hasMember(file) else { continue }
            builder.add(name: file, try member(file))
        }
        return builder.recording()
    }

    private func member(_ name: String) throws(SignalError) -> [UInt8] {
        guard isPlainFileName(name) else { throw .unsafeName }
        guard let bytes = lookup(name) else { throw .missingFile(name: name) }
        return bytes
    }

    /// What a record of one segment adds to a recording.
    private struct Segment {
        var pieces: [SignalSpan.Piece] = []
        var frames: Int
        var rate: SamplingRate

        var duration: Double { Double(frames) / rate.hertz }

        func span(startingAt start: Double) -> SignalSpan {
            SignalSpan(start: start, duration: duration, pieces: pieces)
        }
    }

    private func readSegments(
        of header: WFDBHeader, into builder: inout RecordingBuilder
    ) throws(SignalError) {
        var known: [String: Segment] = [:]
        var frames = 0
        for (index, segment) in header.segments.enumerated() {
            let start = Double(frames) / header.rate.hertz
            let (sum, overflow) = frames.addingReportingOverflow(segment.frames)
            guard !overflow else { throw .invalidHeader(.wfdb, field: "segment lengths", line: 0) }
            frames = sum
            if segment.name == "~" { continue }
            let isLayout = index == 0 && segment.frames == 0
            if known[segment.name] == nil {
                let file = segment.name + ".hea"
                let bytes = try member(file)
                guard !builder.hasMember(file) else { throw .unsafeName }
                let inner = try WFDBHeader(bytes)
                guard inner.segments.isEmpty else {
                    throw .unsupported(.wfdb, feature: "a segment that has segments")
                }
                if isLayout {
                    builder.add(name: file, bytes)
                    known[segment.name] = Segment(frames: 0, rate: inner.rate)
                    continue
                }
                if inner.rate != header.rate {
                    builder.notes.append("\(file) states another sampling frequency than the record")
                }
                known[segment.name] = try read(inner, name: file, bytes, into: &builder)
            }
            guard let read = known[segment.name], !isLayout else { continue }
            if read.frames != segment.frames {
                builder.notes.append(
                    "segment \(segment.name) has \(read.frames) frames where the record states \(segment.frames)"
                )
            }
            if !read.pieces.isEmpty { builder.spans.append(read.span(startingAt: start)) }
        }
        if header.frames != 0, header.frames != frames {
            builder.notes.append(
                "the segments have \(frames) frames where the record states \(header.frames)")
        }
    }

    /// Reads a record of one segment and its files.
    private func read(
        _ header: WFDBHeader, name: String, _ bytes: [UInt8], into builder: inout RecordingBuilder
    ) throws(SignalError) -> Segment {
        var files: [WFDBFile] = []
        for run in try header.files() {
            let file = header.signals[run.lowerBound].file
            guard file != name, !builder.hasMember(file) else {
                throw header.signals[run.lowerBound].line.invalid("a file that belongs to something else")
            }
            files.append(try WFDBFile(file, try member(file), signals: run, of: header))
        }
        let frames = try frameCount(header, files, name: name, &builder)
        var segment = Segment(frames: frames, rate: header.rate)
        guard !files.isEmpty else {
            builder.add(name: name, bytes)
            return segment
        }
        let isRewritten = files.contains { $0.format.isCompressed }
        if isRewritten {
            builder.addRewritten(name: name, kept: header.restoredText(bytes), cuts: [])
            builder.notes.append("FLAC source: restored as WFDB formats 80, 16 and 24 with the same samples")
        } else {
            builder.add(name: name, bytes)
        }
        let layout = try WFDBGroups(header, files, frames: frames, into: &builder)
        segment.pieces = layout.groups.map {
            SignalSpan.Piece(group: $0, columns: 0..<builder.groups[$0].columns)
        }
        for (file, cut) in zip(files, layout.cuts) {
            if file.format.isCompressed {
                builder.addRewritten(name: file.name, kept: [], cuts: [cut])
            } else {
                builder.add(name: file.name, file.bytes, cuts: [cut])
            }
        }
        return segment
    }

    /// Frames that all files have; what a header states wrongly becomes a note.
    private func frameCount(
        _ header: WFDBHeader, _ files: [WFDBFile], name: String, _ builder: inout RecordingBuilder
    ) throws(SignalError) -> Int {
        guard let shortest = files.map(\.frames).min() else { return header.frames }
        if header.frames == 0 || shortest < header.frames {
            guard shortest >= 1 else {
                let file = files.first { $0.frames == shortest }
                throw .truncated(
                    .wfdb, structure: "the first frame in \(file?.name ?? name)", needed: 1, available: 0)
            }
            if header.frames != 0 {
                builder.notes.append(
                    "\(name) states \(header.frames) frames, its files hold \(shortest): those are read")
            }
            return shortest
        }
        // Padding to a full group of samples is no surplus.
        for file in files where file.frames > header.frames + 3 {
            builder.notes.append(
                "\(file.name) holds \(file.frames) frames, \(header.frames) are stated: the rest is kept as it is"
            )
        }
        return header.frames
    }
}
