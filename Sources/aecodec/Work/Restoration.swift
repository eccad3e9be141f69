// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import Digest
import Samples

/// From an archive back to the file that it was made of, with all digests compared.
struct Restoration {
    let archive: Archive

    /// Digests that were computed from what the archive gives.
    struct Digests {
        /// SHA-256 of the rebuilt file; nil if the archive rebuilds none.
        let file: [UInt8]?
    }

    /// Decodes everything and rebuilds the file, and keeps nothing of it.
    ///
    /// - Throws: An error if the samples or the file differ from what the archive states.
    func verifiedDigests() throws -> Digests {
        let samples = try archive.samples()
        guard let source = try archive.source(), source.format != .png else { return Digests(file: nil) }
        _ = try Self.rebuild(source, from: samples)
        return Digests(file: source.digest)
    }

    /// The file that was compressed.
    ///
    /// - Parameters:
    ///   - source: The record of a format that is rebuilt; not PNG.
    ///   - samples: The decoded samples of all parts.
    /// - Returns: The bytes of the file.
    /// - Throws: ``Failure`` if its digest is not the one that the archive states.
    static func rebuild(_ source: SourceRecord, from samples: [SampleArray]) throws -> [UInt8] {
        let file = try source.rebuilt(from: samples)
        guard SHA256.hash(file) == source.digest else {
            throw Failure(.data, "the restored file is not the one that was compressed (SHA-256 differs)")
        }
        return file
    }
}
