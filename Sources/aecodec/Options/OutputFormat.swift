// SPDX-License-Identifier: Apache-2.0
import AEContainer
import ArgumentParser
import MedicalFormats
import Samples

/// A format that `decompress` writes.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case dcm
    case pgm
    case png
    case npy
    /// A WFDB record in the smallest storage format that holds the samples.
    case wfdb = "hea"
    case wfdb16
    case wfdb212
    case edf
    case bdf
    case csv

    /// The format that the ending of a path stands for; nil for any other ending.
    init?(endingOf path: String) {
        let name = Directories.name(of: path)
        guard let point = name.lastIndex(of: "."), point != name.startIndex else { return nil }
        self.init(rawValue: name[name.index(after: point)...].lowercased())
    }

    /// The format of the original of an archive; nil if it is none of these.
    init?(_ format: SourceRecord.Format) {
        switch format {
        case .other: return nil
        case .dicom: self = .dcm
        case .pgm: self = .pgm
        case .png: self = .png
        case .wfdb: self = .wfdb
        case .edf: self = .edf
        case .bdf: self = .bdf
        case .csv: self = .csv
        case .scp, .annotatedECG, .philips: return nil
        }
    }

    /// Whether it is written from signals only.
    var isForRecordings: Bool {
        switch self {
        case .wfdb, .wfdb16, .wfdb212, .edf, .bdf, .csv: true
        case .dcm, .pgm, .png, .npy: false
        }
    }

    /// Whether a file of it holds any number of frames.
    var holdsFrames: Bool { self == .npy || self == .dcm }

    /// The samples as a file of this format.
    ///
    /// - Parameter samples: One frame for PGM and PNG; DICOM files are restored, never written anew.
    /// - Returns: The bytes of the file.
    /// - Throws: `MedicalFileError` if the format cannot hold the samples.
    func write(_ samples: SampleArray) throws(MedicalFileError) -> [UInt8] {
        switch self {
        case .pgm: try ImageWriter.pgm(samples)
        case .png: try ImageWriter.png(samples)
        case .npy: try ImageWriter.npy(samples)
        case .dcm, .wfdb, .wfdb16, .wfdb212, .edf, .bdf, .csv:
            throw .cannotWrite(.dicom, .severalFrames(samples.extent.frames))
        }
    }
}

/// What `decompress` makes of one archive.
enum RestorationPlan: Equatable {
    /// The file that was compressed, byte for byte or as its record says.
    case original
    /// The samples, or some frames of them, as pictures.
    case pictures(OutputFormat)

    /// - Parameters:
    ///   - asked: The format that the command line names; nil if none.
    ///   - source: What the archive keeps of the original; nil if nothing.
    ///   - option: The option that asks for some of the samples only; nil if all are wanted.
    /// - Throws: ``Failure`` if the archive cannot give what is asked.
    init(asked: OutputFormat?, source: PackedSource?, selectedBy option: String?) throws {
        let original = source.flatMap { OutputFormat($0.format) }
        let isRebuilt = source?.isRebuilt ?? false
        if asked == nil, option == nil, isRebuilt {
            self = .original
            return
        }
        switch asked ?? original {
        case nil:
            throw Failure(
                .usage,
                source == nil
                    ? "the archive keeps no original file; choose '--format pgm', 'png' or 'npy'"
                    : "'\(option ?? "")' needs '--format pgm', 'png' or 'npy'")
        case .dcm where option != nil:
            throw Failure(
                .usage,
                "a DICOM file is restored as a whole; '\(option ?? "")' needs '--format pgm', 'png' or 'npy'")
        case .dcm where original != .dcm:
            throw Failure(.data, "the archive keeps no DICOM file; pgm, png and npy are possible")
        case .some(let format) where format.isForRecordings:
            throw Failure(.usage, "an image is written as dcm, pgm, png or npy, not as \(format.rawValue)")
        case .some(let format):
            self = format == original && isRebuilt && option == nil ? .original : .pictures(format)
        }
    }

    /// Whether what is written holds everything that the archive holds.
    func isComplete(_ source: PackedSource?) -> Bool {
        switch self {
        case .original: true
        // Of a PNG that is written anew nothing but its samples is kept.
        case .pictures(let format): format == .png && source?.format == .png && source?.isRebuilt == false
        }
    }
}
