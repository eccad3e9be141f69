// SPDX-License-Identifier: Apache-2.0
public import AECodec
import AECodecEncoder
public import ArgumentParser

extension KernelChoice: ExpressibleByArgument {}

/// How the codec runs; the result is the same for all.
struct CodecOptions: ParsableArguments {
    @Option(
        name: [.customShort("T", allowingJoined: true), .long],
        help: ArgumentHelp("Threads; 0 is one for each core.", valueName: "n"))
    var threads = 0

    @Option(help: "Which variant of the compute kernels runs.")
    var kernel = KernelChoice.automatic

    @Option(
        name: .customLong("model"),
        help: ArgumentHelp(
            "A model file for lossy archives, besides those built in and in $AECODEC_MODELS.",
            valueName: "file"))
    var models: [String] = []

    var modelSearch: ModelSearch { ModelSearch(files: models) }

    func validate() throws {
        guard (0...4096).contains(threads) else { throw ValidationError("'--threads' must be 0 to 4096.") }
    }

    var encoding: EncodeOptions { EncodeOptions(threads: threads, kernel: kernel) }

    /// For archives of the program's own making.
    var unlimitedDecoding: DecodeOptions {
        DecodeOptions(maximumSamples: 1 << 40, maximumMemory: 1 << 50, threads: threads, kernel: kernel)
    }
}

/// What an archive of unknown origin may cost.
struct LimitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Most memory that decoding may take; K, M, G and T count in steps of 1024.", valueName: "bytes"))
    var memoryLimit = ByteSize(2 << 30)

    @Option(help: ArgumentHelp("Most samples that an archive may declare.", valueName: "n"))
    var maxSamples = 1 << 30

    func validate() throws {
        guard maxSamples > 0 else { throw ValidationError("'--max-samples' must be 1 or more.") }
    }

    /// The options of the decoder; `codec` is nil where only the structure is read.
    func decoding(_ codec: CodecOptions? = nil) -> DecodeOptions {
        DecodeOptions(
            maximumSamples: maxSamples, maximumMemory: memoryLimit.byteCount, threads: codec?.threads ?? 0,
            kernel: codec?.kernel ?? .automatic)
    }
}

/// Where results go.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The file to write, '-' for standard output, or an existing directory.", valueName: "path"))
    var output: String?

    @Flag(name: [.customShort("c"), .customLong("stdout")], help: "Write to standard output.")
    var toStandardOutput = false

    @Flag(name: .shortAndLong, help: "Replace files that exist.")
    var force = false

    @Flag(name: .customLong("rm"), help: "Remove each input once its output is verified and in place.")
    var removesInput = false

    func validate() throws {
        if toStandardOutput, let output, output != "-" {
            throw ValidationError("Give '--stdout' or '--output', not both.")
        }
        if removesInput, streams { throw ValidationError("'--rm' needs an output file.") }
    }

    /// Whether everything goes to standard output.
    var streams: Bool { toStandardOutput || output == "-" }
}

/// How much is said.
struct MessageOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Print errors only.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Print a summary of each file, even if standard error is no terminal.")
    var verbose = false

    @Flag(name: .customLong("no-progress"), help: "Show no progress on a terminal.")
    var hidesProgress = false

    var console: Console { Console(quiet: quiet, verbose: verbose, progress: !hidesProgress) }
}
