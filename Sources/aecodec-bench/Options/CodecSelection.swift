// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import AECodec
import ArgumentParser
import Foundation

/// Which codecs, and where they are.
struct CodecSelection: ParsableArguments {
    @Option(help: ArgumentHelp("The codecs to measure, with commas; all by default.", valueName: "list"))
    var codecs: String?

    @Option(help: "The kernels of aecodec.")
    var kernel: KernelChoice = .automatic

    @Option(help: "Threads that a codec may use. Only aecodec, OpenJPEG and JPEG XL can use several.")
    var threads = 1

    @Option(help: ArgumentHelp("The encoder of JPEG XL.", valueName: "path"))
    var cjxl = "cjxl"

    @Option(help: ArgumentHelp("The decoder of JPEG XL.", valueName: "path"))
    var djxl = "djxl"

    @Option(help: ArgumentHelp("The Python that has imagecodecs.", valueName: "path"))
    var python = "python3"

    /// The codecs asked for, with what is known of them.
    func catalog() -> CodecCatalog {
        var options = CodecOptions()
        options.threads = threads
        options.kernel = kernel.rawValue
        options.cjxl = cjxl
        options.djxl = djxl
        options.python = python
        options.helper = helper
        return CodecCatalog(options, only: identifiers.map(Set.init))
    }

    private var identifiers: [String]? {
        codecs?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
    }

    /// Scripts/imagecodecs-peer of the package that this program was built from: above its folder.
    private var helper: String? {
        guard let program = Bundle.main.executablePath else { return nil }
        var folder = URL(fileURLWithPath: program).resolvingSymlinksInPath().deletingLastPathComponent()
        while folder.path != "/" {
            let script = folder.appending(path: "Scripts/imagecodecs-peer").path
            if FileManager.default.isReadableFile(atPath: script) { return script }
            folder.deleteLastPathComponent()
        }
        return nil
    }

    func validate() throws {
        let known = CodecCatalog.identifiers + CodecCatalog.slowIdentifiers + CodecCatalog.partIdentifiers
        for identifier in identifiers ?? [] where !known.contains(identifier) {
            throw ValidationError(
                "There is no codec '\(identifier)'; there are \(known.joined(separator: ", ")).")
        }
        guard kernel.isAvailable else {
            throw ValidationError("This machine cannot run the kernel '\(kernel.rawValue)'.")
        }
        guard (1...1024).contains(threads) else { throw ValidationError("'--threads' must be 1 to 1024.") }
    }
}
