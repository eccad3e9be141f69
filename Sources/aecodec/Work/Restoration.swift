// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import Digest
import MedicalFormats
import Samples

/// What an archive holds, decoded, and the way back to the file that it was made of.
///
/// An archive that lost something gives that file with the decoded samples; a DICOM file becomes a derived
/// instance, which says so. An archive of a file that is kept whole has no samples of its own.
struct Restoration {
    let samples: [SampleArray]
    /// The record of the files; nil if the archive rebuilds none.
    private let source: SourceFiles?
    private let isLossless: Bool
    /// How the DICOM file of a lossy archive is derived.
    private let derivation: Derivation?

    /// Decodes an archive, or the base of one.
    ///
    /// - Throws: An error if the samples differ from what the archive states, or there is no such layer.
    init(_ archive: Archive, layer: LayerName = .exact) throws {
        if layer == .base {
            samples = try archive.container.parts.enumerated().map { number, part in
                var selection = SampleSelection(frames: 0..<part.extent.frames)
                selection.layer = .base
                return try archive.samples(part: number, selection)
            }
        } else {
            samples = try archive.samples()
        }
        let record = try archive.source()
        source = record?.isRebuilt == true ? record : nil
        let container = archive.container
        isLossless = container.lossyPart == nil && layer == .exact
        if layer == .base {
            derivation =
                record?.format == .dicom && container.isImage
                ? Derivation(
                    ratio: container.ratio(bytes: container.byteCount(layer: 0)),
                    description: "aecodec lossy, the coarse base of a lossless archive",
                    seed: container.parts.flatMap(\.digest) + [0]) : nil
            return
        }
        derivation = container.lossyPart.flatMap { part in
            guard record?.format == .dicom, container.isImage else { return nil }
            return Derivation(
                ratio: container.ratio,
                description: "aecodec \(part.mode.kind.name), \(part.errorText(digits: 1))",
                seed: container.parts.flatMap(\.digest))
        }
    }

    /// The names of the files; those that have none are named after the archive.
    var names: [String?] { source?.members.map(\.name) ?? [] }

    /// The files in order, piece by piece; if they are the original ones, their digest is compared behind the
    /// last piece.
    ///
    /// - Parameter piece: Takes the number of a file and bytes of it.
    /// - Returns: The SHA-256 of the files; nil if the archive rebuilds none, or lost something.
    /// - Throws: ``Failure`` if it is not the one that the archive states, or what `piece` throws.
    @discardableResult
    func rebuild(files piece: (Int, ArraySlice<UInt8>) throws -> Void = { _, _ in }) throws -> [UInt8]? {
        guard let source else { return nil }
        if let derivation, let record = source.record {
            try piece(0, derivedInstance(of: record.rebuilt(from: samples), derivation: derivation)[...])
            return nil
        }
        var hash = SHA256()
        for (number, member) in source.members.enumerated() {
            for bytes in try member.pieces(from: samples) {
                if isLossless { hash.update(bytes) }
                try piece(number, bytes)
            }
        }
        guard isLossless else { return nil }
        guard hash.finalize() == source.digest else {
            throw Failure(.data, "the restored file is not the one that was compressed (SHA-256 differs)")
        }
        return source.digest
    }

    /// The one file, piece by piece, as ``rebuild(files:)``.
    @discardableResult
    func rebuild(_ piece: (ArraySlice<UInt8>) throws -> Void) throws -> [UInt8]? {
        try rebuild { _, bytes in try piece(bytes) }
    }

    /// The first file in memory; nil if the archive rebuilds none.
    func file() throws -> [UInt8]? { try files().first?.bytes }

    /// All files in memory.
    func files() throws -> [(name: String?, bytes: [UInt8])] {
        var files = names.map { (name: $0, bytes: [UInt8]()) }
        try rebuild { number, bytes in files[number].bytes += bytes }
        return files
    }
}
