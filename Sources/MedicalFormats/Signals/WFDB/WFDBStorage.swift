// SPDX-License-Identifier: Apache-2.0
import Samples

/// The signals of a WFDB record that share a file.
struct WFDBFile {
    let name: String
    let format: WFDBFormat
    let bytes: [UInt8]
    /// Places in the list of signals of the header.
    let signals: Range<Int>
    let offset: Int
    /// Samples of one frame, all signals.
    let samplesPerFrame: Int
    /// Decoded samples of a compressed file.
    var flac: FLACSamples?

    /// Whole frames that the file holds.
    let frames: Int

    init(
        _ name: String, _ bytes: [UInt8], signals: Range<Int>, of header: WFDBHeader
    ) throws(SignalError) {
        let first = header.signals[signals.lowerBound]
        self.name = name
        self.bytes = bytes
        self.signals = signals
        format = first.format
        offset = first.byteOffset
        samplesPerFrame = header.signals[signals].reduce(0) { $0 + $1.samplesPerFrame }
        guard offset <= bytes.count else {
            throw .truncated(.wfdb, structure: "prologue of \(name)", needed: offset, available: bytes.count)
        }
        guard format.isCompressed else {
            frames = (format.packing.samples(in: bytes.count - offset) ?? 0) / samplesPerFrame
            return
        }
        let stream = try FLACSamples(Array(bytes[offset...]), limit: RecordingBuilder.maximumSamples)
        guard stream.channels == signals.count, stream.bits <= format.bits,
            header.signals[signals].allSatisfy({ $0.samplesPerFrame == first.samplesPerFrame })
        else { throw .damagedSamples(.wfdb, structure: "\(name) has other channels than the header states") }
        frames = stream.count / first.samplesPerFrame
        flac = stream
    }
}

extension WFDBHeader {
    /// Runs of signals that share a file; those without one are left out.
    func files() throws(SignalError) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var names = Set<String>()
        for index in signals.indices where signals[index].format != .none {
            let signal = signals[index]
            guard isPlainFileName(signal.file) else { throw .unsafeName }
            if let run = runs.last, run.upperBound == index, signals[run.lowerBound].file == signal.file {
                guard signals[run.lowerBound].format == signal.format else {
                    throw signal.line.invalid("another format than the signal before it in the same file")
                }
                runs[runs.count - 1] = run.lowerBound..<index + 1
            } else {
                guard names.insert(signal.file).inserted else {
                    throw signal.line.invalid("signals of one file do not stand together")
                }
                runs.append(index..<index + 1)
            }
        }
        return runs
    }

    /// The header's bytes with the formats of compressed files replaced by those that they are restored in.
    func restoredText(_ bytes: [UInt8]) -> [UInt8] {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        for signal in signals where signal.format.isCompressed {
            let line = lines[signal.line.number - 1]
            // The format is the second field; Latin-1 has a byte for each character.
            var at = line.firstIndex { !isWhitespace($0) } ?? 0
            while at < line.count, !isWhitespace(line[at]) { at += 1 }
            while at < line.count, isWhitespace(line[at]) { at += 1 }
            var rest = line[at...].drop { 0x30...0x39 ~= $0 }
            // The prologue goes with the stream.
            let field = rest.prefix { !isWhitespace($0) }
            if let plus = field.firstIndex(of: UInt8(ascii: "+")) {
                let end = rest[(plus + 1)...].firstIndex { !(0x30...0x39 ~= $0) } ?? rest.endIndex
                rest = (Array(rest[..<plus]) + rest[end...])[...]
            }
            lines[signal.line.number - 1] = Array(
                line[..<at] + "\(signal.format.restored.rawValue)".utf8 + rest)
        }
        return Array(lines.joined(separator: [0x0A]))
    }
}
