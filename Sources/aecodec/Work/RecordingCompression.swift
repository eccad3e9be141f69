// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import Digest
import MedicalFormats
import Samples

/// Where a recording lies, so that its other files are found.
struct RecordingPlace {
    /// The name of the file that stands for it, without folders.
    let name: String
    /// The folder; nil for standard input, which has no files beside it.
    let directory: String?

    init(_ input: Input) {
        name = input.isStandardInput ? "" : Directories.name(of: input.path)
        directory = input.filePath.map { Directories.parent(of: $0) }
    }

    /// The bytes of a regular file in the same folder; nil if there is none.
    func bytes(_ name: String) -> [UInt8]? {
        guard let directory, let descriptor = try? Descriptor(reading: Directories.path(directory, name)),
            (try? descriptor.status().kind) == .regular
        else { return nil }
        return try? System.readAll(descriptor.number)
    }
}

/// Whether bytes are those of a recording rather than an image.
///
/// Any text may be named `.txt`: it is a table if it states its rate, or a rate is given.
func isRecording(_ bytes: [UInt8], name: String, hasRate: Bool = false) -> Bool {
    switch MedicalFile.recognizes(bytes) {
    case .png, .pgm: false
    // The storage classes of waveforms, in the file meta information.
    case .dicom: String(decoding: bytes.prefix(1024), as: UTF8.self).contains("1.2.840.10008.5.1.4.1.1.9.")
    case .npy, nil:
        switch SignalFormat.recognizes(bytes, name: name) {
        case nil: false
        case .csv where name.lowercased().hasSuffix(".txt"):
            hasRate || String(decoding: bytes.prefix(4096), as: UTF8.self).contains("(Hz)")
        default: true
        }
    }
}

extension Compression {
    /// Compresses a recording.
    func compressRecording(
        _ bytes: [UInt8], _ place: RecordingPlace
    ) throws -> (archive: [UInt8], facts: Facts) {
        let recording: Recording
        do throws(SignalError) {
            recording = try Recording.read(
                name: place.name, bytes, options: recordings, lookup: place.bytes)
        } catch {
            guard isFileExact else {
                throw Failure(.data, "\(error); '--exact-file' archives the file as it is")
            }
            return try keepWhole(SourceFiles(MedicalFile.whole(bytes)), notes: ["\(error): kept as it is"])
        }
        var facts = Facts(
            inputByteCount: inputByteCount(bytes, recording, place), content: recording.contentText,
            sampleDigests: recording.parts.map(\.digest), fileDigest: recording.digest,
            notes: recording.notes)
        facts.members = recording.members.map(\.name)
        guard recording.isRebuiltFromSamples else { return try keepWhole(recording, bytes, place, facts) }
        let archive = try encodeRecording(
            parts(recording), source: recording.source, options: encoding)
        guard loss == nil else {
            let container = try Archive(archive, options: decoding).container
            facts.fidelity = container.fidelityText
            return (archive, facts)
        }
        if recording.source.isByteExact { return (archive, facts) }
        // The files hold a codestream, which may be smaller than ours.
        let whole = wholeFiles(bytes, recording, place)
        if isFileExact { return try keepWhole(whole, notes: []) }
        guard let smaller = encodeWholeFiles(whole, below: archive.count + 1) else { return (archive, facts) }
        var kept = wholeFacts(
            whole, notes: ["no larger as it is than with its samples coded anew: kept whole"])
        kept.members = facts.members
        return (smaller, kept)
    }

    /// The parts, and what each may lose.
    private func parts(_ recording: Recording) throws -> [SignalPart] {
        try recording.groups.map { group in
            var part = SignalPart(samples: group.samples, rate: group.rate)
            switch loss {
            case nil: break
            case .bounded(let error): part.maximumError = error
            case .physicallyBounded(let value): part.maximumError = try bound(value, group)
            case .target(let target): part.target = target
            }
            return part
        }
    }

    /// A bound that every lead of a group keeps.
    private func bound(_ value: PhysicalValue, _ group: SignalGroup) throws -> Int {
        var least = Double(1 << 24)
        for signal in group.signals {
            guard let units = value.storedUnits(signal) else {
                throw Failure(
                    .usage,
                    "'--max-error \(value.text)' has no meaning for a signal in '\(signal.units)'; give stored units"
                )
            }
            // A product that is a whole number but for rounding counts as that.
            least = min(least, (units * (1 + 1e-9)).rounded(.down))
        }
        return Int(least)
    }

    /// An archive of a recording whose files do not follow from its samples.
    private func keepWhole(
        _ recording: Recording, _ bytes: [UInt8], _ place: RecordingPlace, _ facts: Facts
    ) throws -> (archive: [UInt8], facts: Facts) {
        guard loss == nil else {
            throw Failure(
                .data,
                "its samples cannot be put back into the file, so that nothing can be left out; convert it first"
            )
        }
        var result = try keepWhole(wholeFiles(bytes, recording, place), notes: facts.notes)
        result.facts.members = facts.members
        let text = "its samples do not give the bytes of the file: kept whole, restored byte for byte"
        if !facts.notes.contains(where: { $0.contains("kept whole") }) {
            result.facts = result.facts.adding(text)
        }
        return result
    }

    private func keepWhole(_ files: SourceFiles, notes: [String]) throws -> (archive: [UInt8], facts: Facts) {
        guard let archive = encodeWholeFiles(files) else {
            throw Failure(.data, "the file cannot be kept whole")
        }
        return (archive, wholeFacts(files, notes: notes))
    }

    /// The files as they are.
    private func wholeFiles(_ bytes: [UInt8], _ recording: Recording, _ place: RecordingPlace) -> SourceFiles
    {
        var files = recording.source
        var hash = SHA256()
        files.members = zip(files.members, recording.members).map { member, file in
            let own = file.name == place.name ? bytes : place.bytes(file.name) ?? []
            hash.update(own)
            return SourceFiles.Member(name: member.name, byteCount: own.count, cuts: [], kept: own)
        }
        files.isByteExact = true
        files.digest = hash.finalize()
        return files
    }

    private func inputByteCount(_ bytes: [UInt8], _ recording: Recording, _ place: RecordingPlace) -> Int {
        guard !recording.source.isByteExact else { return recording.source.byteCount }
        return wholeFiles(bytes, recording, place).byteCount
    }
}

extension Compression.Facts {
    /// The same with one more note.
    func adding(_ note: String) -> Compression.Facts {
        var facts = Compression.Facts(
            inputByteCount: inputByteCount, content: content, sampleDigests: sampleDigests,
            fileDigest: fileDigest, notes: notes + [note])
        facts.members = members
        return facts
    }
}

extension Recording {
    /// Leads, rate and duration, for people.
    var contentText: String {
        let leads = groups.reduce(0) { $0 + $1.signals.count }
        let rates = groups.map(\.rate).reduce(into: [SamplingRate]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        let seconds = spans.map { $0.start + $0.duration }.max() ?? 0
        return "\(leads) lead\(leads == 1 ? "" : "s"), "
            + rates.map { "\($0)" }.joined(separator: " and ") + " Hz, \(durationText(seconds))"
            + (spans.count > 1 ? " in \(spans.count) pieces" : "")
    }
}

/// A duration for people, such as `30:05.556` or `10 s`.
func durationText(_ seconds: Double) -> String {
    let thousandths = Int((min(seconds, 1e12) * 1000).rounded())
    func short(_ value: Int) -> String {
        let text = fixed(Double(value) / 1000, 3)
        let digits = text.reversed().drop { $0 == "0" }
        return String((digits.first == "." ? digits.dropFirst() : digits[...]).reversed())
    }
    guard thousandths >= 60_000 else { return short(thousandths) + " s" }
    let minutes = thousandths / 60_000
    let rest = (thousandths % 60_000 < 10_000 ? "0" : "") + short(thousandths % 60_000)
    guard minutes >= 60 else { return "\(minutes):\(rest) min" }
    return "\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60):\(rest) h"
}
