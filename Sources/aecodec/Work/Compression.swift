// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import AEMetrics
import Digest
import MedicalFormats
import Samples

/// A file in, an archive out; and the proof that the archive gives the file back.
struct Compression {
    let codec: CodecOptions
    /// What to lose samples for; nil for nothing.
    let target: LossyTarget?
    let effort: Int
    /// The model of lossy archives; nil for the built-in one.
    let model: Model?

    /// What remains known of an input that has been compressed.
    struct Facts {
        let inputByteCount: Int
        let extent: Extent
        let format: SampleFormat
        /// SHA-256 of the samples.
        let sampleDigest: [UInt8]
        /// SHA-256 of the file that decompressing gives; nil if it is written anew from the samples.
        let fileDigest: [UInt8]?
        let notes: [String]
        /// The samples, to compare with; nil if the digests say it all.
        var original: SampleArray?
        /// What became of the request to compress with loss; nil if there was none.
        var fidelity: String?
    }

    /// Compresses what an open file holds.
    func compress(_ input: borrowing Descriptor) throws -> (archive: [UInt8], facts: Facts) {
        // The bytes of the file are gone before coding begins, the samples when it ends.
        let file = try Self.parse(input)
        let medical = file.image
        var facts = Facts(
            inputByteCount: file.byteCount, extent: medical.samples.extent, format: medical.samples.format,
            sampleDigest: medical.samples.digest,
            fileDigest: medical.source.format == .png ? nil : medical.source.digest, notes: medical.notes)
        guard let target else {
            let archive = try encodeLossless(
                [medical.samples], source: medical.source, options: encoding)
            return (archive, facts)
        }
        let archive = try encodeLossy(
            medical.samples, target: target, source: medical.source, options: encoding)
        let container = try Archive(archive, options: decoding).container
        facts.fidelity = container.fidelityText
        if container.lossyPart != nil { facts.original = medical.samples }
        return (archive, facts)
    }

    private var encoding: EncodeOptions {
        var options = codec.encoding
        options.effort = effort
        options.model = model
        return options
    }

    private var decoding: DecodeOptions {
        var options = codec.unlimitedDecoding
        options.models = model.map { [$0] } ?? []
        return options
    }

    private static func parse(_ input: borrowing Descriptor) throws -> (image: MedicalFile, byteCount: Int) {
        let bytes = try System.readAll(input.number)
        return (try MedicalFile.read(bytes), bytes.count)
    }

    /// Decodes an archive and compares samples and file with what went in.
    ///
    /// If nothing may be lost, digests are compared, so that the original need not be kept in memory. If
    /// something was lost, it is as much as the archive states, to the last bit it writes.
    func verify(_ bytes: consuming [UInt8], against facts: Facts) throws {
        do {
            let archive = try Archive(bytes, options: decoding)
            let restoration = try Restoration(archive)
            // What cannot be restored is noticed here, while the original is there.
            let fileDigest = try restoration.rebuild()
            if let original = facts.original {
                try Self.compare(original, restoration.samples, archive.container.parts)
                return
            }
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
    private static func compare(_ original: SampleArray, _ decoded: [SampleArray], _ parts: [Part]) throws {
        guard decoded.count == 1, let difference = SampleDifference(original, decoded[0]),
            UInt64(difference.maximumError) == parts[0].mode.maximumError,
            Float(difference.meanSquaredError) == parts[0].mode.meanSquaredError
        else { throw Failure(.data, "the errors of the samples are not those that the archive states") }
    }
}
