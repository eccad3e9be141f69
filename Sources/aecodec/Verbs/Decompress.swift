// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import ArgumentParser
import Samples

/// `aecodec decompress`: FILE.aec to FILE.
struct Decompress: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Restore the files that archives were made of, or write their samples as pictures.",
        discussion: """
            X.aec becomes X beside it, with the times and permissions of X.aec, which is kept. Native \
            little-endian DICOM files, PGM files and all that were compressed with '--exact-file' are \
            restored byte for byte; other DICOM files become Explicit VR Little Endian with the same \
            stored values; PNG files are written anew. The restored file is compared with its recorded SHA-256 before it gets its name.

            A lossy archive gives its file with the decoded samples. A DICOM file becomes a derived \
            instance: it has a SOP Instance UID of its own, always the same for one archive, and says how \
            much was lost.

            '--format', or an output name that ends in .pgm, .png or .npy, asks for the stored values \
            instead: no window, no look-up table, no inversion. An NPY file holds all frames. PGM and PNG \
            files hold one, so that several frames become several files, numbered from 1 before the \
            ending: 'scan.pgm' becomes 'scan.01.pgm' to 'scan.12.pgm'.

            A recording becomes its files, all of them or none, under their own names in the folder of the \
            archive or the directory of '--output'. '--format' hea (WFDB), wfdb16, wfdb212, edf, bdf, csv or npy \
            writes its signals anew; '--range 10s-25s' writes a stretch of them, and decodes no more than that.

            '--region' and '--reduce' decode what they need only. A reduced picture is the low band of \
            the pyramid, in stored units; a region of it has every sample that touches the region. Of a \
            lossless archive it is a picture of the base, the coarse image that the archive begins with; \
            '--layer base' gives that in full size. A DICOM file then becomes a derived instance.
            """)

    @Argument(help: ArgumentHelp("Archives; '-' is standard input.", valueName: "file"))
    var files: [String]

    @OptionGroup var output: OutputOptions

    @OptionGroup var selection: SelectionOptions

    @Flag(help: "Write what a truncated archive still holds, as a picture.")
    var partial = false

    @Option(
        help: ArgumentHelp(
            "Write this format; 'dcm' is the DICOM file that was compressed, 'hea' a WFDB record.",
            valueName: "format"))
    var format: OutputFormat?

    @Option(
        help: ArgumentHelp(
            "Write only this stretch of a recording, in seconds or h:m:s from its start.",
            valueName: "from-to"))
    var range: TimeRange?

    @OptionGroup var limits: LimitOptions
    @OptionGroup var codec: CodecOptions
    @OptionGroup var messages: MessageOptions

    func validate() throws {
        if let option, (format ?? outputEnding) == .dcm {
            throw ValidationError(
                "A DICOM file is restored as a whole; '\(option)' writes .pgm, .png and .npy files.")
        }
        if let format, let outputEnding, format != outputEnding {
            throw ValidationError("'--format \(format.rawValue)' contradicts the name of the output.")
        }
        if output.removesInput, let option = option ?? (selection.layer == .base ? "--layer base" : nil) {
            throw ValidationError("'--rm' goes with whole files only, not with '\(option)'.")
        }
        if files.contains("-"), files.count > 1 || output.removesInput {
            throw ValidationError("Standard input goes alone, without '--rm'.")
        }
    }

    /// The option that asks for less than the whole file.
    private var option: String? {
        selection.given ?? (partial ? "--partial" : nil) ?? range.map { _ in "--range" }
    }

    private var outputEnding: OutputFormat? { output.output.flatMap { OutputFormat(endingOf: $0) } }

    func run() throws {
        let console = messages.console
        TemporaryFiles.removeOnSignals()
        var destinations = try endingOnFailure(console) {
            try Destinations(output, isSingle: files.count == 1)
        }
        var batch = Batch(console, count: files.count)
        for input in files.map({ Input($0) }) {
            batch.run(input.name) { try decompress(input, &destinations, console) }
        }
        try batch.finish()
    }

    private func decompress(_ input: Input, _ destinations: inout Destinations, _ console: Console) throws {
        let (archive, status) = try openArchive(
            input, limits.decoding(codec), codec.modelSearch, isTruncated: partial)
        if archive.container.isRecording {
            try decompressRecording(archive, input, status, &destinations, console)
            return sayRestored(archive, input, console)
        }
        if range != nil { throw Failure(.usage, "'--range' goes with recordings; an image has no time") }
        let asked = format ?? destinations.name.flatMap { OutputFormat(endingOf: $0) }
        let plan = try RestorationPlan(
            asked: asked, source: archive.container.source, selectedBy: option)
        if output.removesInput, !plan.isComplete(archive.container.source) {
            throw Failure(
                .usage, "a picture does not replace the archive; '--rm' goes with the original only")
        }
        let destination = try destinations.destination(of: input) { try name($0, plan) }
        switch plan {
        case .original:
            try destinations.claim(destination, from: status)
            let delivery = Delivery(destination: destination, options: output, source: status)
            let restoration = try Restoration(archive, layer: selection.layer)
            try delivery.deliver { try restoration.rebuild($0) }
            try delivery.removeInput(input)
        case .pictures(let format):
            try writePictures(archive, format, destination, &destinations, input, status)
        }
        if let note = selection.baseNote(archive.container) { console.note(input.name, note) }
        sayRestored(archive, input, console)
    }

    private func sayRestored(_ archive: Archive, _ input: Input, _ console: Console) {
        if archive.container.isTruncated {
            let lost = archive.container.truncation?.missingGroups.map { " (\($0.count) groups)" } ?? ""
            console.note(
                input.name,
                "the archive is truncated; where its end\(lost) is missing the picture is "
                    + "coarse, gray or black, and nothing of it is verified")
        }
        let loss = archive.container.lossyPart.map { ", \($0.mode.kind.name): \($0.errorText(digits: 2))" }
        console.summary("\(input.name): restored\(loss ?? "")")
    }

    /// The name of a result beside its archive.
    private func name(_ path: String, _ plan: RestorationPlan) throws -> String {
        guard path.hasSuffix(".aec"), Directories.name(of: path).utf8.count > 4 else {
            throw Failure(.file, "the name does not end in '.aec'; choose another with '--output'")
        }
        let base = String(path.dropLast(4))
        guard case .pictures(let format) = plan, OutputFormat(endingOf: base) != format else { return base }
        // scan.dcm.aec gives scan.pgm, as image.aec gives image.pgm.
        let stem = OutputFormat(endingOf: base) == nil ? base : String(base.dropLast(4))
        return stem + "." + format.rawValue
    }
}

extension Decompress {
    private func writePictures(
        _ archive: Archive, _ format: OutputFormat, _ destination: Destination,
        _ destinations: inout Destinations, _ input: Input, _ status: FileStatus
    ) throws {
        let image = try ArchivedImage(archive)
        let all = image.extent.frames
        let wanted = try selection.selection(frames: all)
        let frames = wanted.frames
        let isSplit = frames.count > 1 && !format.holdsFrames
        guard !isSplit || destination.isSplittable else {
            throw Failure(
                .usage,
                "\(frames.count) frames are too many for one \(format.rawValue) stream; "
                    + "choose one with '--frame', or '--format npy'")
        }
        let places = isSplit ? frames.map { destination.numbered($0 + 1, of: all) } : [destination]
        for place in places { try destinations.claim(place, from: status) }

        let samples = try image.samples(wanted)
        for (index, place) in places.enumerated() {
            let picture = isSplit ? samples.frames(index..<index + 1) : samples
            let delivery = Delivery(destination: place, options: output, source: status)
            try delivery.deliver(try format.write(picture))
        }
        if output.removesInput, let place = places.last {
            try Delivery(destination: place, options: output, source: status).removeInput(input)
        }
    }
}

extension Destination {
    /// Whether several files can stand in its place.
    fileprivate var isSplittable: Bool {
        if case .file = self { true } else { false }
    }

    /// The file of one frame: the number, as wide as that of the last frame, before the ending.
    fileprivate func numbered(_ number: Int, of count: Int) -> Destination {
        guard case .file(let path) = self else { return self }
        let digits = "\(number)"
        let text = String(repeating: "0", count: "\(count)".count - digits.count) + digits
        guard let ending = OutputFormat(endingOf: path)?.rawValue else { return .file("\(path).\(text)") }
        return .file("\(path.dropLast(ending.count + 1)).\(text)\(path.suffix(ending.count + 1))")
    }
}
