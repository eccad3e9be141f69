// SPDX-License-Identifier: Apache-2.0
import Samples

/// The tags of waveforms. (PS3.3, C.10.9)
extension Tag {
    static let waveformSequence = Tag(0x5400, 0x0100)
    static let waveformBitsAllocated = Tag(0x5400, 0x1004)
    static let waveformSampleInterpretation = Tag(0x5400, 0x1006)
    static let waveformPaddingValue = Tag(0x5400, 0x100A)
    static let waveformData = Tag(0x5400, 0x1010)
    static let multiplexGroupTimeOffset = Tag(0x0018, 0x1068)
    static let numberOfWaveformChannels = Tag(0x003A, 0x0005)
    static let numberOfWaveformSamples = Tag(0x003A, 0x0010)
    static let samplingFrequency = Tag(0x003A, 0x001A)
    static let channelDefinitionSequence = Tag(0x003A, 0x0200)
    static let channelLabel = Tag(0x003A, 0x0203)
    static let channelSourceSequence = Tag(0x003A, 0x0208)
    static let channelSensitivity = Tag(0x003A, 0x0210)
    static let channelSensitivityUnitsSequence = Tag(0x003A, 0x0211)
    static let channelSensitivityCorrectionFactor = Tag(0x003A, 0x0212)
    static let channelBaseline = Tag(0x003A, 0x0213)
    static let channelSampleSkew = Tag(0x003A, 0x0215)
    static let waveformBitsStored = Tag(0x003A, 0x021A)
}

/// A multiplex group: an item of the Waveform Sequence.
struct WaveformGroup {
    private var elements: [Tag: DataElement] = [:]
    private let reader: DatasetReader
    private let encoding: DatasetEncoding

    /// How samples are to be understood, by the code of Waveform Sample Interpretation.
    private static let interpretations: [String: (byteCount: Int, isSigned: Bool)] = [
        "SB": (1, true), "UB": (1, false), "SS": (2, true), "US": (2, false), "SL": (4, true),
    ]
    private static let companded = ["MB": "µ-law samples (MB)", "AB": "A-law samples (AB)"]

    init(_ item: DatasetItem, _ reader: DatasetReader, depth: Int) throws(SignalError) {
        self.reader = reader
        encoding = item.encoding
        var found: [Tag: DataElement] = [:]
        try readingDataset { () throws(MedicalFileError) in
            try reader.forEachElement(in: item.content, encoding: encoding, depth: depth) {
                found[$0.tag] = $0
            }
        }
        elements = found
    }

    /// Everything that the group says of its samples.
    struct Layout {
        var group: RecordingBuilder.Group
        var packing: SamplePacking
        /// Where the samples stand.
        var offset: Int
        var start: Double
    }

    func layout() throws(SignalError) -> Layout {
        let code = text(.waveformSampleInterpretation)
        if let name = Self.companded[code] { throw .unsupported(.dicom, feature: name) }
        guard let (byteCount, isSigned) = Self.interpretations[code] else {
            throw .unsupported(.dicom, feature: "sample interpretation \(code.prefix(2))")
        }
        guard number(.waveformBitsAllocated) == 8 * byteCount else { throw invalid("WaveformBitsAllocated") }
        guard let channels = number(.numberOfWaveformChannels), channels >= 1,
            let samples = number(.numberOfWaveformSamples), samples >= 1
        else { throw .noSignals(.dicom) }
        guard let rate = SamplingRate(decimal: text(.samplingFrequency)) else {
            throw invalid("SamplingFrequency")
        }
        guard let data = elements[.waveformData] else { throw invalid("WaveformData") }
        // Both counts have 32 bits.
        let (needed, overflow) = (channels * samples).multipliedReportingOverflow(by: byteCount)
        guard !overflow, needed <= data.value.count else {
            throw .truncated(
                .dicom, structure: "waveform data", needed: overflow ? .max : needed,
                available: data.value.count)
        }
        let isWord = data.representation != .otherByte
        if encoding.isBigEndian, byteCount == 1, isWord {
            throw .unsupported(.dicom, feature: "8-bit samples in big endian words")
        }
        var signals = try channelDescriptions()
        guard signals.count == channels else { throw invalid("ChannelDefinitionSequence") }
        let bits = signals.compactMap(\.resolutionBits).max().map { min($0, 8 * byteCount) } ?? 8 * byteCount
        let missing = padding(byteCount, isSigned: isSigned)
        for index in signals.indices { signals[index].missing = missing }
        return Layout(
            group: RecordingBuilder.Group(
                columns: samples, format: SampleFormat(bitsStored: bits, isSigned: isSigned), rate: rate,
                signals: signals),
            packing: .integers(byteCount: byteCount, isBigEndian: encoding.isBigEndian && byteCount > 1),
            offset: data.value.lowerBound,
            // Milliseconds.
            start: (ExactDecimal(text(.multiplexGroupTimeOffset))?.value ?? 0) / 1000)
    }

    private func channelDescriptions() throws(SignalError) -> [SignalDescription] {
        var channels: [SignalDescription] = []
        for channel in try items(of: .channelDefinitionSequence) {
            let source = try channel.items(of: .channelSourceSequence).first
            let name = source?.text(.codeMeaning) ?? ""
            var description = SignalDescription(
                name: name.isEmpty ? channel.text(.channelLabel) : name, units: "", gain: 1, baseline: 0)
            if let bits = channel.number(.waveformBitsStored), 1...32 ~= bits {
                description.resolutionBits = bits
            }
            description.skew = Int(channel.text(.channelSampleSkew)) ?? 0
            let sensitivity = channel.text(.channelSensitivity)
            if !sensitivity.isEmpty {
                let correction = channel.text(.channelSensitivityCorrectionFactor)
                guard let step = ExactDecimal(sensitivity)?.value,
                    let factor = correction.isEmpty ? 1 : ExactDecimal(correction)?.value, step * factor != 0
                else { throw invalid("ChannelSensitivity") }
                description.gain = 1 / (step * factor)
                description.baseline =
                    -(ExactDecimal(channel.text(.channelBaseline))?.value ?? 0) * description.gain
                description.gainText = "1/\(sensitivity)"
                description.units =
                    try channel.items(of: .channelSensitivityUnitsSequence).first?.text(.codeValue) ?? ""
            }
            channels.append(description)
        }
        return channels
    }

    private func items(of tag: Tag) throws(SignalError) -> [WaveformGroup] {
        guard let sequence = elements[tag] else { return [] }
        var groups: [WaveformGroup] = []
        var at = sequence.value.lowerBound
        while true {
            var item: DatasetItem?
            try readingDataset { () throws(MedicalFileError) in
                item = try reader.nextItem(of: sequence, at: &at, encoding: encoding, depth: 2)
            }
            guard let item else { return groups }
            groups.append(try WaveformGroup(item, reader, depth: 3))
        }
    }

    private func text(_ tag: Tag) -> String { elements[tag].map { reader.text(of: $0) } ?? "" }

    private func number(_ tag: Tag) -> Int? {
        guard let value = elements[tag]?.value else { return nil }
        switch value.count {
        case 2: return Int(reader.uint16(at: value.lowerBound, bigEndian: encoding.isBigEndian))
        case 4: return Int(reader.uint32(at: value.lowerBound, bigEndian: encoding.isBigEndian))
        default: return nil
        }
    }

    /// The value of missing samples.
    private func padding(_ byteCount: Int, isSigned: Bool) -> Int? {
        guard let value = elements[.waveformPaddingValue]?.value, value.count >= byteCount else { return nil }
        let at = value.lowerBound
        switch byteCount {
        case 1: return isSigned ? Int(Int8(bitPattern: reader.bytes[at])) : Int(reader.bytes[at])
        case 2:
            let bits = reader.uint16(at: at, bigEndian: encoding.isBigEndian)
            return isSigned ? Int(Int16(bitPattern: bits)) : Int(bits)
        default: return Int(Int32(bitPattern: reader.uint32(at: at, bigEndian: encoding.isBigEndian)))
        }
    }

    private func invalid(_ field: String) -> SignalError { .invalidHeader(.dicom, field: field, line: 0) }
}

/// Runs something that walks a data set.
func readingDataset(_ body: () throws(MedicalFileError) -> Void) throws(SignalError) {
    do throws(MedicalFileError) { try body() } catch { throw .dataset(error) }
}
