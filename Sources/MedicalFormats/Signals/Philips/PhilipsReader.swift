// SPDX-License-Identifier: Apache-2.0
import Foundation
import Samples

/// Reads Philips resting ECG documents (SierraECG, PhilipsECG 1.03 and 1.04) with compressed leads.
///
/// The document is kept whole: the compression has freedoms that samples do not tell.
struct PhilipsReader {
    private let bytes: [UInt8]
    private var waveforms: [Substring: String]?
    private var text: [Range<Int>] = []
    private var rate = ""
    private var resolution = ""
    private var validLeads = ""

    private static let standardLeads = [
        "I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6",
    ]

    /// Whether bytes begin like such a document, in UTF-8 or UTF-16.
    static func recognizes(_ bytes: [UInt8]) -> Bool {
        String(decoding: plainText(Array(bytes.prefix(4096))), as: UTF8.self).contains("<restingecgdata")
    }

    /// The text in UTF-8.
    private static func plainText(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) else { return bytes }
        let low = bytes[0] == 0xFF ? 0 : 1
        let units = stride(from: 2, to: bytes.count - 1, by: 2).map {
            UInt16(bytes[$0 + low]) | UInt16(bytes[$0 + 1 - low]) << 8
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    private let file: [UInt8]

    init(_ file: [UInt8]) throws(SignalError) {
        self.file = file
        bytes = Self.plainText(file)
        do throws(XMLScanner.Malformed) {
            try scan()
        } catch {
            throw .invalidHeader(.philips, field: "no well-formed XML", line: 0)
        }
    }

    private mutating func scan() throws(XMLScanner.Malformed) {
        var scanner = XMLScanner(bytes)
        var path: [Substring] = []
        while let event = try scanner.next() {
            switch event {
            case .start(let name, let attributes):
                if name == "parsedwaveforms", waveforms == nil { waveforms = attributes }
                path.append(name)
            case .end: path.removeLast()
            case .text(let range):
                switch path.last {
                case "parsedwaveforms": text.append(range)
                case "samplingrate": rate = field(range)
                case "signalresolution": resolution = field(range)
                case "resolution" where path.dropLast().last == "signalcharacteristics":
                    resolution = field(range)
                case "numberchannelsvalid": validLeads = field(range)
                default: break
                }
            }
        }
    }

    private func field(_ range: Range<Int>) -> String {
        String(decoding: bytes[range].filter { !isWhitespace($0) }, as: UTF8.self)
    }

    func read(name: String) throws(SignalError) -> Recording {
        guard let waveforms else { throw .noSignals(.philips) }
        let method = waveforms["compression"] ?? waveforms["compressmethod"] ?? "none"
        guard waveforms["dataencoding"] == "Base64", method == "XLI" else {
            throw .unsupported(.philips, feature: "waveforms in another encoding than Base64 with XLI")
        }
        guard let sampling = SamplingRate(decimal: waveforms["samplespersecond"] ?? rate),
            let step = ExactDecimal(waveforms["resolution"] ?? resolution)?.value, step > 0,
            let milliseconds = Int(waveforms["durationperchannel"] ?? ""), 1...86_400_000 ~= milliseconds
        else {
            throw .invalidHeader(.philips, field: "rate, resolution or duration of the waveforms", line: 0)
        }
        let labels = waveforms["leadlabels"]?.split(separator: " ").map(String.init) ?? Self.standardLeads
        let leadCount = Int(waveforms["numberofleads"] ?? validLeads) ?? labels.count
        guard leadCount >= 1, leadCount <= labels.count else {
            throw .invalidHeader(.philips, field: "number of leads", line: 0)
        }
        let encoded = text.reduce(into: [UInt8]()) { $0 += bytes[$1] }
        guard let data = Data(base64Encoded: Data(encoded), options: .ignoreUnknownCharacters) else {
            throw .damagedSamples(.philips, structure: "Base64 text")
        }
        let count = Int((Double(milliseconds) * sampling.hertz / 1000).rounded())
        var leads = try XLIDecoder.leads(Array(data), sampleCount: count, leadCount: leadCount)
        guard let columns = leads.map(\.count).min(), columns >= 1 else { throw .noSignals(.philips) }
        if labels.starts(with: Self.standardLeads.prefix(6)), leadCount >= 6 {
            Self.restoreLimbLeads(&leads, count: columns)
        }

        var builder = RecordingBuilder()
        let signals = labels.prefix(leadCount).map { label in
            var signal = SignalDescription(name: label, units: "uV", gain: 1 / step, baseline: 0)
            signal.gainText = "1/\(shortText(step))"
            return signal
        }
        let part = try builder.add(
            RecordingBuilder.Group(
                columns: columns, format: SampleFormat(bitsStored: 16, isSigned: true), rate: sampling,
                signals: signals, values: leads.flatMap { $0.prefix(columns).map(Int32.init) }))
        builder.addSpan(of: part, start: 0)
        builder.add(name: name, file)
        builder.notes.append("\(name) is kept whole: its samples are compressed")
        return builder.recording()
    }

    /// Four limb leads are stored as differences from what follows from I and II.
    private static func restoreLimbLeads(_ leads: inout [[Int16]], count: Int) {
        func half(_ sum: Int) -> Int { sum / 2 }
        for index in 0..<count {
            let values = (0..<6).map { Int(leads[$0][index]) }
            let third = values[1] - values[0] - values[2]
            leads[2][index] = Int16(truncatingIfNeeded: third)
            leads[3][index] = Int16(truncatingIfNeeded: -values[3] - half(values[0] + values[1]))
            leads[4][index] = Int16(truncatingIfNeeded: half(values[0] - third) - values[4])
            leads[5][index] = Int16(truncatingIfNeeded: half(values[1] + third) - values[5])
        }
    }
}
