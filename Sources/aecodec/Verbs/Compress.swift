// SPDX-License-Identifier: Apache-2.0
import AECodec
import ArgumentParser
import MedicalFormats

/// `aecodec compress`: FILE to FILE.aec.
struct Compress: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compress images and recordings, without loss unless asked.",
        discussion: """
            FILE becomes FILE.aec beside it, with the times and permissions of FILE, which is kept. The \
            archive is decoded again and compared with FILE before it gets its name. Archives among the \
            files are skipped.

            '--quality', '--psnr', '--ratio' and '--bpp' allow loss, which is then said, with what was \
            lost; '--max-error' allows it within a bound that every sample keeps. The kept bytes of the original file do not count for '--ratio' and '--bpp'. Where a \
            lossless archive fits what was asked, that is written.

            A lossless archive begins with a coarse picture, which 'decompress --layer base' and \
            '--reduce' give, and a truncated archive too; the rest is coded with it in view, so that it costs \
            less than its size. '--single-layer' leaves it out.

            '--exact-file' makes archives that give back the very file, whatever it is: a DICOM file \
            with its own transfer syntax, a PNG file with its chunks, an image in color or any other \
            file that cannot be coded. Where samples and the rest of the file do not say how its bytes \
            were made, the file is kept whole. That is done without the option too where a compressed \
            file is smaller than its samples coded anew.

            Recordings are WFDB records (named by their headers), EDF, BDF, DICOM waveforms, SCP-ECG, HL7 \
            aECG, Philips XML and CSV tables; the archive of a record holds all its files. '--max-error' \
            takes stored or physical units for them, '--prd' is of the whole recording, and with \
            '--per-window' of every ten seconds of it. Where samples do not give the bytes of a file, such \
            as compressed SCP-ECG, the file is kept whole.

            With '--recursive', files are taken by their content, not by their names. Links are not \
            followed; archives, DICOM directories, DICOM files without pixels and files of other formats \
            are counted as skipped. Below '--output DIR' the structure of each named directory is kept.
            """)

    @Argument(help: ArgumentHelp("Files to compress; '-' is standard input.", valueName: "file"))
    var files: [String]

    @OptionGroup var loss: LossyOptions

    @OptionGroup var layers: LayerOptions

    @Option(
        help: ArgumentHelp(
            "What to spend on a smaller archive: 1 (fast), 5 or 9 (slow); it never changes how to decode.",
            valueName: "level"))
    var effort = 5

    @Flag(
        name: .customLong("exact-file"),
        help: "Make archives that give back the file byte for byte, whatever it holds.")
    var isFileExact = false

    @OptionGroup var recordings: RecordingOptions

    @OptionGroup var output: OutputOptions

    @Flag(name: .shortAndLong, help: "Compress the files below directories.")
    var recursive = false

    @Flag(name: .customLong("no-verify"), help: "Do not decode and compare what was written.")
    var skipsVerification = false

    @OptionGroup var codec: CodecOptions
    @OptionGroup var messages: MessageOptions

    func validate() throws {
        guard (1...9).contains(effort) else { throw ValidationError("'--effort' must be 1 to 9.") }
        if skipsVerification, output.removesInput {
            throw ValidationError("'--rm' removes verified files only; it does not go with '--no-verify'.")
        }
        if loss.loss != nil, output.removesInput {
            throw ValidationError(
                "'--rm' goes with lossless archives only: with loss, the original would be lost.")
        }
        if loss.loss != nil, let given = layers.given {
            throw ValidationError("'\(given)' goes with lossless archives only.")
        }
        if loss.loss != nil, isFileExact {
            throw ValidationError("'--exact-file' goes with lossless archives only.")
        }
        if files.contains("-"), files.count > 1 || recursive || output.removesInput {
            throw ValidationError("Standard input goes alone, without '--recursive' and '--rm'.")
        }
    }

    func run() throws {
        let console = messages.console
        TemporaryFiles.removeOnSignals()
        var destinations = try endingOnFailure(console) {
            try Destinations(output, isSingle: files.count == 1 && !recursive)
        }
        let model = try endingOnFailure(console) { try codec.modelSearch.named().last }
        var batch = Batch(console, count: files.count)
        var inputs = files.map { Input($0) }
        var tally = Tally()
        if recursive {
            let found = Input.walk(files, &batch)
            inputs = found.inputs
            tally.skipped = found.skipped
            batch.count = inputs.count
        }
        // Files that belong to a recording which is compressed already.
        var members = Set<String>()
        for input in inputs {
            if input.isFound, members.contains(input.path) {
                tally.skipped += 1
                continue
            }
            batch.run(input.name) {
                try compress(input, model, &destinations, &members, &tally, console)
            }
        }
        if inputs.count > 1 || recursive { console.summary(tally.total) }
        try batch.finish()
    }

    private func compress(
        _ input: Input, _ model: Model?, _ destinations: inout Destinations, _ members: inout Set<String>,
        _ tally: inout Tally, _ console: Console
    ) throws {
        let start = ContinuousClock.now
        let descriptor = try input.open()
        let status = try descriptor.status()
        if try isSkipped(input, descriptor, status, console) {
            tally.skipped += 1
            return
        }
        let destination = try destinations.destination(of: input) { $0 + ".aec" }
        try destinations.claim(destination, from: status)
        let delivery = Delivery(destination: destination, options: output, source: status)

        let work = Compression(
            codec: codec, loss: loss.loss, layers: layers.choice, effort: effort, model: model,
            isFileExact: isFileExact, needsSamples: input.isFound, recordings: recordings.reading)
        let coded: (archive: [UInt8], facts: Compression.Facts)
        do {
            coded = try work.compress(descriptor, RecordingPlace(input))
        } catch let error as MedicalFileError where input.isFound && error.isNoImage {
            tally.skipped += 1
            return
        } catch let error as MedicalFileError where error != .outOfMemory {
            throw Failure(.data, "\(error); '--exact-file' archives the file as it is")
        }
        let facts = coded.facts
        if facts.members.count > 1 {
            guard !output.removesInput else {
                throw Failure(.usage, "'--rm' removes single files only; this is a recording of several")
            }
            let directory = Directories.parent(of: input.path)
            members.formUnion(facts.members.map { Directories.path(directory, $0) })
        }
        let byteCount = coded.archive.count
        let isVerified = !skipsVerification
        let check = { (written: consuming [UInt8]) in try work.verify(written, against: facts) }
        try delivery.deliver(coded.archive, check: isVerified ? check : nil)
        try delivery.removeInput(input)

        for note in facts.notes { console.note(input.name, note) }
        if let fidelity = facts.fidelity { console.note(input.name, fidelity) }
        if !isVerified { console.note(input.name, "not verified, as asked") }
        console.summary(
            tally.add(
                input.name, facts, archiveByteCount: byteCount, duration: ContinuousClock.now - start,
                isVerified: isVerified))
    }

    /// Whether the first bytes of a file say that there is nothing to compress.
    private func isSkipped(
        _ input: Input, _ descriptor: borrowing Descriptor, _ status: FileStatus, _ console: Console
    ) throws -> Bool {
        // A pipe cannot be looked into without reading it; whoever redirects expects an archive.
        guard status.kind == .regular, !input.isStandardInput else { return false }
        let start = try System.prefix(descriptor.number, count: Self.recognitionByteCount)
        if isArchive(start) {
            guard !output.streams else { throw Failure(.data, "is an archive already") }
            if !input.isFound { console.note(input.name, "is an archive already; skipped") }
            return true
        }
        guard input.isFound, MedicalFile.recognizes(start) == nil else { return false }
        // A table has no signature; who names a rate expects tables.
        let format = SignalFormat.recognizes(start, name: Directories.name(of: input.path))
        return format == nil || format == .csv && recordings.rate == nil
    }

    /// Bytes that tell images and recordings from other files.
    private static let recognitionByteCount = 4096
}

extension MedicalFileError {
    /// Whether the file is none of those that a walk through directories is after.
    var isNoImage: Bool {
        switch self {
        case .unrecognizedFormat, .dicomDirectory, .noPixelData: true
        default: false
        }
    }
}
