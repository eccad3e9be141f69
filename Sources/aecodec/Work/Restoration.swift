// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import Digest
import Samples

/// What an archive holds, decoded, and the way back to the file that it was made of.
struct Restoration {
    let samples: [SampleArray]
    /// The record of the file; nil if the archive rebuilds none.
    private let source: SourceRecord?

    /// Decodes an archive.
    ///
    /// - Throws: An error if the samples differ from what the archive states.
    init(_ archive: Archive) throws {
        samples = try archive.samples()
        let record = try archive.source()
        source = record?.format == .png ? nil : record
    }

    /// The file in order, piece by piece; its digest is compared behind the last one.
    ///
    /// - Parameter piece: Takes the bytes.
    /// - Returns: The SHA-256 of the file; nil if the archive rebuilds none.
    /// - Throws: ``Failure`` if it is not the one that the archive states, or what `piece` throws.
    @discardableResult
    func rebuild(_ piece: (ArraySlice<UInt8>) throws -> Void = { _ in }) throws -> [UInt8]? {
        guard let source else { return nil }
        var hash = SHA256()
        for bytes in try source.pieces(from: samples) {
            hash.update(bytes)
            try piece(bytes)
        }
        guard hash.finalize() == source.digest else {
            throw Failure(.data, "the restored file is not the one that was compressed (SHA-256 differs)")
        }
        return source.digest
    }

    /// The file in memory; nil if the archive rebuilds none.
    func file() throws -> [UInt8]? {
        guard source != nil else { return nil }
        var file: [UInt8] = []
        try rebuild { file += $0 }
        return file
    }
}
