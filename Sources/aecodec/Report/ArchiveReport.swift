// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import Samples

/// What `info` knows of an archive; no samples are decoded for it.
struct ArchiveReport {
    let file: String
    let container: Container
    let groups: [GroupSummary]
    /// The model that is missing, so that groups cannot be looked into; nil if all is there.
    let missingModel: String?
    /// What is known of the signals of a recording; nil for images.
    let recording: RecordingReport?

    init(file: String, archive: Archive) throws {
        self.file = file
        container = archive.container
        groups = try archive.groupSummaries()
        recording = RecordingReport(archive)
        missingModel = nil
    }

    /// What can be told without the model that the archive needs.
    init(file: String, container: Container, missingModel: String) {
        self.file = file
        self.container = container
        groups = []
        recording = nil
        self.missingModel = missingModel
    }

    var byteCount: Int { container.bytes.count }

    /// Bytes of the original file over bytes of the archive; nil if the original's are not known.
    var fileRatio: Double? {
        guard let source = container.source, source.byteCount > 0 else { return nil }
        return Double(source.byteCount) / Double(byteCount)
    }

    /// Number and bytes of the chunks of each type, in the order of the file.
    var chunkTotals: [(type: FourCC, count: Int, byteCount: Int)] {
        var totals: [(type: FourCC, count: Int, byteCount: Int)] = []
        for chunk in container.chunks {
            if let index = totals.firstIndex(where: { $0.type == chunk.type }) {
                totals[index].count += 1
                totals[index].byteCount += chunk.byteCount
            } else {
                totals.append((chunk.type, 1, chunk.byteCount))
            }
        }
        return totals
    }
}

extension GroupSummary {
    /// How many streams have each form, most frequent first.
    var forms: [(form: String, count: Int)] {
        var counts: [String: Int] = [:]
        for stream in streams { counts[stream.form, default: 0] += 1 }
        return counts.map { (form: $0.key, count: $0.value) }.sorted {
            ($1.count, $0.form) < ($0.count, $1.form)
        }
    }
}

extension CodingMode.Kind {
    /// The word for it.
    var name: String {
        switch self {
        case .lossless: "lossless"
        case .bounded: "bounded"
        case .lossy: "lossy"
        }
    }
}

extension CodingMode {
    /// The value of the target in the fewest digits that tell it from its neighbors: 43.7 stays 43.7.
    var shortTargetValue: Double { Double("\(targetValue)") ?? Double(targetValue) }
}

extension CodingMode.Target {
    /// The word for it, as in the options of the command.
    var name: String {
        switch self {
        case .none: "none"
        case .quality: "quality"
        case .psnr: "psnr"
        case .ratio: "ratio"
        case .bitsPerSample: "bpp"
        case .maximumError: "max-error"
        case .prd: "prd"
        }
    }
}

extension SourceRecord.Format {
    /// The usual name.
    var name: String {
        switch self {
        case .other: "other"
        case .dicom: "DICOM"
        case .pgm: "PGM"
        case .png: "PNG"
        case .wfdb: "WFDB"
        case .edf: "EDF"
        case .bdf: "BDF"
        case .scp: "SCP-ECG"
        case .annotatedECG: "HL7 aECG"
        case .philips: "Philips XML"
        case .csv: "CSV"
        }
    }
}
