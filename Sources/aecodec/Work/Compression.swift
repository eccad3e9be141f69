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
    /// What samples may lose; nil for nothing.
    let loss: Loss?
    /// The layers of a lossless archive.
    let layers: BaseChoice
    let effort: Int
    /// The model of lossy archives; nil for the built-in one.
    let model: Model?
    /// Whether the archive must give back the very bytes of the file.
    let isFileExact: Bool
    /// Whether files without samples are refused even then; so they are where a walk found them.
    let needsSamples: Bool
    /// What recordings do not say of themselves.
    var recordings = Recording.ReadingOptions()

    /// What remains known of an input that has been compressed.
    struct Facts {
        let inputByteCount: Int
        /// What went in, for people.
        let content: String
        /// SHA-256 of the samples; none if the file is kept whole.
        let sampleDigests: [[UInt8]]
        /// SHA-256 of the file that decompressing gives; nil if it is written anew from the samples.
        let fileDigest: [UInt8]?
        let notes: [String]
        /// Names of the files of a recording; empty where there is one file.
        var members: [String] = []
        /// What became of the request to compress with loss; nil if there was none.
        var fidelity: String?
    }

    /// Compresses what an open file holds.
    ///
    /// - Parameters:
    ///   - input: The open file.
    ///   - place: Where it lies, with the other files of a recording.
    /// - Returns: The archive, and what is known of the input.
    /// - Throws: An error if the file cannot be read or coded.
    func compress(
        _ input: borrowing Descriptor, _ place: RecordingPlace
    ) throws -> (archive: [UInt8], facts: Facts) {
        let bytes = try System.readAll(input.number)
        if isRecording(bytes, name: place.name, hasRate: recordings.csvRate != nil) {
            return try compressRecording(bytes, place)
        }
        // The bytes of the file are gone before coding begins, unless they may be kept; the samples when it
        // ends.
        let file = try parse(bytes)
        _ = consume bytes
        guard let medical = file.image else { return try keepWhole(file) }
        var facts = Facts(
            inputByteCount: file.byteCount, content: describe(medical.samples.extent, medical.samples.format),
            sampleDigests: [medical.samples.digest],
            fileDigest: medical.source.isRebuilt ? medical.source.digest : nil, notes: medical.notes)
        guard let loss else {
            if isFileExact, !medical.source.isByteExact { return try keepWhole(file) }
            let archive = try encodeLossless(
                [medical.samples], source: medical.source, options: encoding)
            return try keepWhole(file, insteadOf: archive) ?? (archive, facts)
        }
        let archive =
            switch loss {
            case .target(.prd):
                throw Failure(.usage, "'--prd' is for recordings; images take '--psnr'")
            case .target(let target):
                try encodeLossy(medical.samples, target: target, source: medical.source, options: encoding)
            case .physicallyBounded:
                throw Failure(.usage, "an image has no physical units; '--max-error' takes stored units")
            case .bounded(let error):
                try encodeBounded(
                    medical.samples, maximumError: error, source: medical.source, options: encoding)
            }
        let container = try Archive(archive, options: decoding).container
        facts.fidelity = container.fidelityText
        return (archive, facts)
    }

    var encoding: EncodeOptions {
        var options = codec.encoding
        options.effort = effort
        options.model = model
        options.base = layers
        return options
    }

    var decoding: DecodeOptions {
        var options = codec.unlimitedDecoding
        options.models = model.map { [$0] } ?? []
        return options
    }

    /// An open file, read.
    private struct ParsedFile {
        /// The image; nil if the file is kept whole because it is none that is read here.
        let image: MedicalFile?
        /// The file itself; nil if it will not be kept whole.
        let whole: SourceRecord?
        let byteCount: Int
    }

    private func parse(_ bytes: [UInt8]) throws -> ParsedFile {
        var image: MedicalFile?
        do throws(MedicalFileError) { image = try MedicalFile.read(bytes) } catch {
            guard isFileExact, error != .outOfMemory, !(needsSamples && error.isNoImage) else { throw error }
        }
        // A file that is not restored byte for byte holds a codestream, which may be smaller than ours.
        let isCodestream = loss == nil && image?.source.isByteExact == false
        return ParsedFile(
            image: image, whole: isFileExact || isCodestream ? MedicalFile.whole(bytes) : nil,
            byteCount: bytes.count)
    }

    /// An archive of the file itself.
    private func keepWhole(_ file: ParsedFile) throws -> (archive: [UInt8], facts: Facts) {
        guard let whole = file.whole, let archive = encodeWholeFile(whole) else {
            throw Failure(.data, "the file cannot be kept whole")
        }
        return (archive, wholeFacts(SourceFiles(whole), notes: []))
    }

    /// An archive of the file itself if that is smaller than one of its samples, else nil.
    private func keepWhole(
        _ file: ParsedFile, insteadOf archive: [UInt8]
    ) throws -> (archive: [UInt8], facts: Facts)? {
        guard let whole = file.whole, let smaller = encodeWholeFile(whole, below: archive.count) else {
            return nil
        }
        let note = "smaller as it is than with its samples coded anew: kept whole, restored byte for byte"
        return (smaller, wholeFacts(SourceFiles(whole), notes: isFileExact ? [] : [note]))
    }

    func wholeFacts(_ whole: SourceFiles, notes: [String]) -> Facts {
        Facts(
            inputByteCount: whole.byteCount, content: "kept whole", sampleDigests: [],
            fileDigest: whole.digest, notes: notes)
    }

    /// Decodes an archive and compares samples and file with what went in.
    ///
    /// Digests are compared, so that the original need not be kept in memory: of parts that lost something, with what
    /// the encoder has measured their errors on.
    func verify(_ bytes: consuming [UInt8], against facts: Facts) throws {
        do {
            let archive = try Archive(bytes, options: decoding)
            // Decoding compares the samples with the digests that the archive states.
            let restoration = try Restoration(archive)
            // What cannot be restored is noticed here, while the original is there.
            let fileDigest = try restoration.rebuild()
            let parts = archive.container.parts
            let areSame =
                parts.count == facts.sampleDigests.count
                && zip(parts, facts.sampleDigests).allSatisfy { part, digest in
                    part.mode.kind != .lossless || part.digest == digest
                }
            guard areSame, fileDigest == facts.fileDigest || archive.container.lossyPart != nil else {
                throw Failure(.data, "digests differ")
            }
        } catch {
            throw Failure(
                .data,
                "verification failed (\(Failure(error).sentence)); this is a fault of the program or of the "
                    + "machine, and nothing was written")
        }
    }
}
