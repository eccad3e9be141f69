// SPDX-License-Identifier: Apache-2.0
import AECodec
import MedicalFormats
import Samples

/// One side of `compare`: an image file, or an archive of one.
struct ComparedImage {
    let samples: SampleArray
    /// The DICOM file, for its attributes; nil for other formats.
    let dicom: [UInt8]?

    /// Reads an image of any format that the program knows.
    init(_ input: Input, _ options: DecodeOptions) throws {
        let descriptor = try input.open()
        let bytes = try System.readAll(descriptor.number)
        guard isArchive(bytes) else {
            samples = try MedicalFile.read(bytes).samples
            dicom = MedicalFile.recognizes(bytes) == .dicom ? bytes : nil
            return
        }
        let archive = try Archive(bytes, options: options)
        let parts = try archive.samples()
        guard parts.count == 1 else {
            throw Failure(.data, "holds \(parts.count) images; one can be compared")
        }
        samples = parts[0]
        if let source = try archive.source(), source.format == .dicom {
            dicom = try Restoration.rebuild(source, from: parts)
        } else {
            dicom = nil
        }
    }
}
