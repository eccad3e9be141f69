// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import MedicalFormats
import Samples

/// One side of `compare`: an image file, or an archive of one.
struct ComparedImage {
    let samples: SampleArray
    /// The DICOM file, for its attributes; nil for other formats.
    let dicom: [UInt8]?

    /// Reads an image of any format that the program knows from the bytes of a file.
    init(_ bytes: [UInt8], _ input: Input, _ options: DecodeOptions, _ search: ModelSearch) throws {
        guard isArchive(bytes) else {
            samples = try MedicalFile.read(bytes).samples
            dicom = MedicalFile.recognizes(bytes) == .dicom ? bytes : nil
            return
        }
        let found = try archive(bytes, options, search, beside: input.filePath)
        let count = found.container.parts.count
        let restoration = try Restoration(found)
        if count == 0, let file = try restoration.file() {
            samples = try MedicalFile.read(file).samples
            dicom = found.container.source?.format == .dicom ? file : nil
            return
        }
        guard count == 1 else { throw Failure(.data, "holds \(count) images; one can be compared") }
        samples = restoration.samples[0]
        dicom = found.container.source?.format == .dicom ? try restoration.file() : nil
    }
}
