// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import ArgumentParser
import MedicalFormats
import Samples

extension Decompress {
    /// Restores the files of a recording, or writes its signals in another format.
    func decompressRecording(
        _ archive: Archive, _ input: Input, _ status: FileStatus, _ destinations: inout Destinations,
        _ console: Console
    ) throws {
        if let given = selection.given {
            throw Failure(.usage, "'\(given)' goes with images; '--range' chooses a stretch of time")
        }
        guard selection.layer == .exact else {
            throw Failure(.data, "the archive of a recording has no base")
        }
        let asked = format ?? destinations.name.flatMap { OutputFormat(endingOf: $0) }
        let original = archive.container.source.flatMap { OutputFormat($0.format) }
        guard range != nil || partial || asked != nil && asked != original else {
            return try restoreFiles(archive, input, status, &destinations)
        }
        guard let written = asked ?? original, written.isForRecordings || written == .npy else {
            let options = range == nil ? partial ? "--partial" : asked?.rawValue ?? "" : "--range"
            throw Failure(
                .usage, "'\(options)' needs '--format wfdb16', 'wfdb212', 'edf', 'bdf', 'csv' or 'npy'")
        }
        guard !output.removesInput else {
            throw Failure(
                .usage, "a converted file does not replace the archive; '--rm' goes with the original only")
        }
        let result = try convert(archive, to: written, name: recordingPath(input, destinations))
        for note in result.notes { console.note(input.name, note) }
        try place(result.files, input, status, &destinations)
    }

    /// Writes the files that were compressed.
    private func restoreFiles(
        _ archive: Archive, _ input: Input, _ status: FileStatus, _ destinations: inout Destinations
    ) throws {
        let restoration = try Restoration(archive)
        guard let first = restoration.names.first else {
            throw Failure(.usage, "the archive keeps no original files; choose '--format npy'")
        }
        guard first != nil else {
            // A single file is named after its archive.
            let destination = try destinations.destination(of: input) { path in
                guard path.hasSuffix(".aec"), Directories.name(of: path).utf8.count > 4 else {
                    throw Failure(.file, "the name does not end in '.aec'; choose another with '--output'")
                }
                return String(path.dropLast(4))
            }
            try destinations.claim(destination, from: status)
            let delivery = Delivery(destination: destination, options: output, source: status)
            try delivery.deliver { try restoration.rebuild($0) }
            try delivery.removeInput(input)
            return
        }
        var files = try restoration.files().map { (name: $0.name ?? "", bytes: $0.bytes) }
        if archive.container.lossyPart != nil { files = try Recording.withRightChecksums(files) }
        try place(files, input, status, &destinations)
        if output.removesInput { try Directories.remove(input.path) }
    }

    /// Puts files in the folder of the archive, or the one that was named; all or none.
    private func place(
        _ files: [(name: String, bytes: [UInt8])], _ input: Input, _ status: FileStatus,
        _ destinations: inout Destinations
    ) throws {
        let paths = try destinations.paths(of: files.map(\.name), from: input)
        guard let paths else {
            let delivery = Delivery(destination: .standardOutput, options: output, source: status)
            try destinations.claim(.standardOutput, from: status)
            try delivery.deliver(files[0].bytes)
            return
        }
        for path in paths { try destinations.claim(.file(path), from: status) }
        try FileSet(replaces: output.force, source: status).write(
            zip(paths, files).map { (path: $0, bytes: $1.bytes) })
    }

    /// What the results are named after, without an ending.
    private func recordingPath(_ input: Input, _ destinations: Destinations) -> String {
        var name = Directories.name(
            of: destinations.name ?? (input.isStandardInput ? "recording" : input.path))
        for ending in [
            ".aec", ".hea", ".edf", ".bdf", ".dcm", ".scp", ".xml", ".csv", ".txt", ".tsv", ".npy",
        ]
        where name.lowercased().hasSuffix(ending) && name.utf8.count > ending.utf8.count {
            name.removeLast(ending.count)
        }
        return name
    }

    private func convert(
        _ archive: Archive, to format: OutputFormat, name: String
    ) throws -> SignalWriter.Output {
        if format == .npy, archive.container.source == nil {
            return SignalWriter.Output(
                files: try archive.samples().enumerated().map { number, samples in
                    let count = archive.container.parts.count
                    return ("\(name)\(count > 1 ? ".\(number + 1)" : "").npy", try ImageWriter.npy(samples))
                })
        }
        let recording = try ArchivedRecording(archive).recording(seconds: range?.seconds)
        return try format.write(recording, name: name)
    }
}

extension OutputFormat {
    /// The files of a recording in this format.
    fileprivate func write(_ recording: Recording, name: String) throws -> SignalWriter.Output {
        let record = String(
            name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") ? $0 : "_" })
        switch self {
        case .wfdb: return try SignalWriter.wfdb(recording, name: record)
        case .wfdb16: return try SignalWriter.wfdb(recording, name: record, storage: .format16)
        case .wfdb212: return try SignalWriter.wfdb(recording, name: record, storage: .format212)
        case .edf: return try SignalWriter.edf(recording, name: name + ".edf")
        case .bdf: return try SignalWriter.edf(recording, format: .bdf, name: name + ".bdf")
        default:
            var output = SignalWriter.Output()
            for (number, group) in recording.groups.enumerated() {
                let count = recording.groups.count
                let file = "\(name)\(count > 1 ? ".\(number + 1)" : "").\(rawValue)"
                output.files.append(
                    (
                        file,
                        self == .csv
                            ? try SignalWriter.csv(group, isPhysical: true) : try SignalWriter.npy(group)
                    ))
            }
            return output
        }
    }
}

extension Destinations {
    /// Where the files of a recording go; nil for standard output.
    fileprivate func paths(of names: [String], from input: Input) throws -> [String]? {
        if streams {
            guard names.count == 1 else {
                throw Failure(.usage, "the recording has \(names.count) files; standard output takes one")
            }
            return nil
        }
        if let directory { return names.map { Directories.path(directory, $0) } }
        let folder =
            name.map { Directories.parent(of: $0) } ?? input.filePath.map { Directories.parent(of: $0) }
            ?? "."
        guard let name, names.count == 1 else { return names.map { Self.beside(folder, $0) } }
        return [name]
    }

    private static func beside(_ folder: String, _ name: String) -> String {
        folder == "." ? name : Directories.path(folder, name)
    }
}
