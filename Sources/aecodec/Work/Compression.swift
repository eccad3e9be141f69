// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import Digest
import MedicalFormats
import Samples

/// A file in, an archive out; and the proof that the archive gives the file back.
struct Compression {
    let codec: CodecOptions

    /// What remains known of an input when its samples are gone.
    struct Facts {
        let inputByteCount: Int
        let extent: Extent
        let format: SampleFormat
        /// SHA-256 of the samples.
        let sampleDigest: [UInt8]
        /// SHA-256 of the file that decompressing gives; nil if it is written anew from the samples.
        let fileDigest: [UInt8]?
        let notes: [String]
    }

    /// Compresses what an open file holds.
    func compress(_ input: borrowing Descriptor) throws -> (archive: [UInt8], facts: Facts) {
        // The bytes of the file are gone before coding begins, the samples when it ends.
        let file = try Self.parse(input)
        let medical = file.image
        let facts = Facts(
            inputByteCount: file.byteCount, extent: medical.samples.extent, format: medical.samples.format,
            sampleDigest: medical.samples.digest,
            fileDigest: medical.source.format == .png ? nil : medical.source.digest, notes: medical.notes)
        let archive = try encodeLossless([medical.samples], source: medical.source, options: codec.encoding)
        return (archive, facts)
    }

    private static func parse(_ input: borrowing Descriptor) throws -> (image: MedicalFile, byteCount: Int) {
        let bytes = try System.readAll(input.number)
        return (try MedicalFile.read(bytes), bytes.count)
    }

    /// Decodes an archive and compares samples and file with what went in.
    ///
    /// Digests are compared, so that the original need not be kept in memory.
    func verify(_ bytes: consuming [UInt8], against facts: Facts) throws {
        do {
            let archive = try Archive(bytes, options: codec.unlimitedDecoding)
            let fileDigest = try Restoration(archive).rebuild()
            // Decoding has compared the samples with the digest that the archive states.
            guard archive.container.parts.map(\.digest) == [facts.sampleDigest],
                fileDigest == facts.fileDigest
            else { throw Failure(.data, "digests differ") }
        } catch {
            throw Failure(
                .data,
                "verification failed (\(Failure(error).sentence)); this is a fault of the program or of the "
                    + "machine, and nothing was written")
        }
    }
}
