// SPDX-License-Identifier: Apache-2.0
import Samples

/// Reads the waveforms of a DICOM file: one group of signals for each multiplex group.
struct WaveformReader {
    /// Whether a DICOM file has a Waveform Sequence.
    static func recognizes(_ bytes: [UInt8]) -> Bool {
        guard FileMetaInformation.hasPreamble(bytes),
            let dataset = try? DICOMDataset(bytes, mustDecode: false)
        else { return false }
        return (try? sequence(in: dataset)) != nil
    }

    static func read(name: String, _ bytes: [UInt8]) throws(SignalError) -> Recording {
        var builder = RecordingBuilder()
        var cuts: [SourceRecord.Cut] = []
        var found: DICOMDataset?
        var waveforms: DataElement?
        try readingDataset { () throws(MedicalFileError) in
            let dataset = try DICOMDataset(bytes)
            (found, waveforms) = (dataset, try sequence(in: dataset))
        }
        guard let dataset = found, let waveforms else { throw .noSignals(.dicom) }
        var at = waveforms.value.lowerBound
        while true {
            var item: DatasetItem?
            try readingDataset { () throws(MedicalFileError) in
                item = try dataset.reader.nextItem(
                    of: waveforms, at: &at, encoding: dataset.encoding, depth: 1)
            }
            guard let item else { break }
            let layout = try WaveformGroup(item, dataset.reader, depth: 2).layout()
            let part = try builder.add(layout.group)
            let columns = layout.group.columns
            cuts.append(
                SourceRecord.Cut(
                    offset: layout.offset, packing: layout.packing, repeats: columns,
                    slots: layout.group.signals.indices.map {
                        .samples(part: part, first: $0 * columns, count: 1)
                    }))
            builder.addSpan(of: part, start: layout.start)
        }
        guard !cuts.isEmpty else { throw .noSignals(.dicom) }
        if dataset.transferSyntax.coding == .deflated {
            builder.addDeflated(name: name, bytes, inflated: dataset.reader.bytes, cuts: cuts)
            builder.notes.append("\(name) is kept whole: it is deflated")
        } else {
            builder.add(name: name, bytes, cuts: cuts)
        }
        return builder.recording()
    }

    /// The Waveform Sequence of the top level; nil if there is none.
    private static func sequence(in dataset: DICOMDataset) throws(MedicalFileError) -> DataElement? {
        var at = dataset.offset
        let end = dataset.reader.bytes.count
        while end - at >= 8 {
            let element = try dataset.reader.element(at: at, end: end, encoding: dataset.encoding)
            if element.tag == .waveformSequence { return element }
            // Elements stand in the order of their tags.
            if element.tag > .waveformSequence { return nil }
            at = element.end
        }
        return nil
    }
}
