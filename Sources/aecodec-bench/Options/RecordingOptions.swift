// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import ArgumentParser
import Foundation
import MedicalFormats
import Samples

/// Which recordings.
struct RecordingOptions: ParsableArguments {
    @Argument(
        help: """
            Recordings (WFDB headers, EDF, BDF, DICOM, SCP-ECG, HL7 aECG, Philips XML, CSV), or folders that are \
            searched for them by content.
            """, completion: .file())
    var paths: [String] = []

    @Option(
        help: ArgumentHelp(
            "A list of groups, as Benchmarks/signal-groups.txt; without it folders are groups.",
            valueName: "file"))
    var groups: String?

    @Flag(help: "Leave out recordings that no line of '--groups' names.")
    var onlyGrouped = false

    @Option(help: "The annotator whose beats are the reference, where its file lies beside a WFDB record.")
    var annotator = "atr"

    @Option(help: ArgumentHelp("Only the first seconds of each recording.", valueName: "seconds"))
    var first: Double?

    @Option(help: ArgumentHelp("Measure nothing: take the results of an earlier run.", valueName: "json"))
    var from: String?

    /// The files, those of folders in the order of their names.
    func files() throws -> [String] {
        let list = try self.list
        return try paths.flatMap { path -> [String] in
            var isFolder: ObjCBool = false
            guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                note("\(path): there is no such file")
                throw ExitCode(2)
            }
            return isFolder.boolValue ? try members(path) : [path]
        }.filter { !onlyGrouped || list.names($0) }
    }

    private func members(_ folder: String) throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted {
            $0.compare($1, options: .numeric) == .orderedAscending
        }
        return names.map { folder + (folder.hasSuffix("/") ? "" : "/") + $0 }.filter { path in
            guard let file = FileHandle(forReadingAtPath: path) else { return false }
            defer { try? file.close() }
            let start = (try? file.read(upToCount: 65536)).map { [UInt8]($0) } ?? []
            return SignalFormat.recognizes(start, name: URL(fileURLWithPath: path).lastPathComponent) != nil
        }
    }

    /// The recordings in a file, one for each of its groups of signals; none after a word on standard error.
    func recordings(_ path: String) throws -> [BenchmarkRecording] {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent()
        let read = { (name: String) in
            (try? Data(contentsOf: folder.appending(path: name))).map { [UInt8]($0) }
        }
        let recording: Recording
        do {
            let bytes = [UInt8](try Data(contentsOf: url))
            recording = try Recording.read(name: url.lastPathComponent, bytes, lookup: read)
        } catch let error as SignalError {
            note("skipped \(path): \(error)")
            return []
        } catch {
            note("skipped \(path): \(error.localizedDescription)")
            return []
        }
        let name = "\(folder.lastPathComponent)/\(url.lastPathComponent)"
        let groups = try list.groups(of: path)
        let annotations = read(url.deletingPathExtension().lastPathComponent + ".\(annotator)").flatMap {
            bytes -> WFDBAnnotations? in
            do throws(SignalError) {
                return try WFDBAnnotations(bytes)
            } catch {
                note("\(path): its annotations are left out: \(error)")
                return nil
            }
        }
        return recording.groups.enumerated().map { number, group in
            var whole = BenchmarkRecording(
                group, name: recording.groups.count == 1 ? name : "\(name) #\(number + 1)", groups: groups,
                annotations: recording.groups.count == 1 ? annotations : nil)
            if recording.groups.count == 1 { whole.path = path }
            return first.map { whole.cut(seconds: $0) } ?? whole
        }
    }

    private var list: ImageGroups {
        get throws {
            guard let groups else { return ImageGroups() }
            return ImageGroups(list: (try? String(contentsOfFile: groups, encoding: .utf8)) ?? "")
        }
    }

    func validate() throws {
        if let groups, !FileManager.default.isReadableFile(atPath: groups) {
            throw ValidationError("'\(groups)' cannot be read.")
        }
        guard first ?? 1 > 0 else { throw ValidationError("'--first' must be above 0.") }
        guard !onlyGrouped || groups != nil else {
            throw ValidationError("'--only-grouped' needs '--groups'.")
        }
    }
}

extension BenchmarkRecording {
    /// Signals of one rate as a reader found them.
    init(_ group: SignalGroup, name: String, groups: [String], annotations: WFDBAnnotations?) {
        let depth = group.samples.format.bitsStored
        let volts = group.signals.map(\.millivoltsPerUnit)
        // Annotations without a class of ours are no beats; those of other rates are converted.
        let beats = annotations.flatMap { annotations -> ReferenceBeats? in
            let found = annotations.beats(recordRate: group.rate)
            guard !found.isEmpty else { return nil }
            return ReferenceBeats(
                places: found.map(\.time), areEctopic: found.map(\.kind.isEctopic),
                flutter: annotations.flutter(recordRate: group.rate))
        }
        self.init(
            name: name, groups: groups, rate: group.rate.hertz,
            rows: group.signals.indices.map { group.row($0).map { Int32(clamping: $0) } },
            signalNames: group.signals.map(\.name),
            bits: group.signals.compactMap(\.resolutionBits).filter { $0 > 0 }.max().map { min($0, depth) }
                ?? depth,
            millivolts: volts.contains(nil) ? nil : volts.compactMap(\.self),
            offsets: group.signals.map { $0.converterZero.map(Double.init) ?? $0.baseline },
            missing: group.signals.map { $0.missing.map { Int32(clamping: $0) } }, beats: beats)
    }
}

extension SignalDescription {
    /// Millivolts in a stored unit; nil if it is no voltage.
    fileprivate var millivoltsPerUnit: Double? {
        let unit: Double? =
            switch units.lowercased() {
            case "mv": 1
            case "uv", "µv", "μv": 1e-3
            case "v": 1e3
            case "nv": 1e-6
            default: nil
            }
        return gain == 0 ? nil : unit.map { $0 / gain }
    }
}
