// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import Samples

/// What `info` knows of an archive; nothing of it needs decoding.
struct ArchiveReport {
    let file: String
    let container: Container
    let groups: [GroupSummary]

    init(file: String, archive: Archive) throws {
        self.file = file
        container = archive.container
        groups = try archive.groupSummaries()
    }

    var byteCount: Int { container.bytes.count }

    /// Samples of all parts.
    var sampleCount: Int { container.parts.reduce(0) { $0 + $1.extent.sampleCount } }

    /// The whole archive without the payload of `SRCE`.
    var codedByteCount: Int {
        container.chunks.reduce(byteCount) { $1.type == .source ? $0 - ($1.byteCount - 16) : $0 }
    }

    /// Coded bits for each sample: the rate.
    var bitsPerSample: Double { Double(8 * codedByteCount) / Double(sampleCount) }

    /// Bits that the samples take in cells of the original file, over coded bits.
    var ratio: Double {
        let bits = container.parts.enumerated().reduce(0) { bits, part in
            bits + part.element.extent.sampleCount * bitsAllocated(part.offset)
        }
        return Double(bits) / Double(8 * codedByteCount)
    }

    /// Bytes of the original file over bytes of the archive; nil if the original's are not known.
    var fileRatio: Double? {
        guard let source = container.source, source.byteCount > 0 else { return nil }
        return Double(source.byteCount) / Double(byteCount)
    }

    /// Bits of a cell in the original file; where that is not known, of the smallest that holds a sample.
    func bitsAllocated(_ part: Int) -> Int {
        let cell = container.source?.cuts.first { $0.part == part }?.cellBytes
        return 8 * (cell ?? container.parts[part].format.byteCount)
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
        case .dicom: "DICOM"
        case .pgm: "PGM"
        case .png: "PNG"
        }
    }
}
