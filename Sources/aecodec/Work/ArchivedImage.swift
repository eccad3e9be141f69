// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import MedicalFormats
import Samples

/// The one image of an archive, wherever its samples are: coded, or in a file that is kept whole.
struct ArchivedImage {
    /// The shape.
    let extent: Extent
    private let archive: Archive
    /// The samples of a file that is kept whole.
    private let read: SampleArray?

    /// - Throws: An error if the archive holds several images, or a file that is no image.
    init(_ archive: Archive) throws {
        self.archive = archive
        let parts = archive.container.parts
        guard parts.count <= 1 else {
            throw Failure(.data, "the archive holds \(parts.count) images; a picture holds one")
        }
        if let part = parts.first {
            extent = part.extent
            read = nil
        } else {
            let samples = try MedicalFile.read(Restoration(archive).file() ?? []).samples
            extent = samples.extent
            read = samples
        }
    }

    /// The samples that are asked for.
    func samples(_ selection: SampleSelection) throws -> SampleArray {
        guard let read else {
            let isWhole = selection == SampleSelection(frames: 0..<extent.frames)
            return try isWhole && !archive.container.isTruncated
                ? archive.samples()[0] : archive.samples(part: 0, selection)
        }
        return try selection.of(read)
    }
}
