// SPDX-License-Identifier: Apache-2.0
import AECodecEncoder
import ArgumentParser

/// How much may be lost; nothing unless one of them is given.
struct LossyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Compress with loss: 1 (coarse) to 100 (fine); 10 more halve the quantiser step.",
            valueName: "q"))
    var quality: Int?

    @Option(
        help: ArgumentHelp(
            "Compress with loss, at least to this PSNR; the peak is 2^bits - 1.", valueName: "dB"))
    var psnr: Double?

    @Option(
        help: ArgumentHelp(
            "Compress with loss, at least by this ratio: samples x Bits Allocated over coded bits.",
            valueName: "r"))
    var ratio: Double?

    @Option(
        help: ArgumentHelp("Compress with loss, to at most this many coded bits per sample.", valueName: "b"))
    var bpp: Double?

    @Option(
        help: ArgumentHelp(
            "Compress with a bounded error: no sample differs by more, in stored units.", valueName: "n"))
    var maxError: Int?

    func validate() throws {
        let given = [
            maxError.map { _ in "--max-error" },
            quality.map { _ in "--quality" }, psnr.map { _ in "--psnr" }, ratio.map { _ in "--ratio" },
            bpp.map { _ in "--bpp" },
        ].compactMap(\.self)
        guard given.count <= 1 else {
            throw ValidationError("'\(given[0])' and '\(given[1])' exclude each other.")
        }
        if let maxError, !(1...1 << 24).contains(maxError) {
            throw ValidationError("'--max-error' must be 1 to 16777216.")
        }
        // Whoever asks for NaN is outside of every range.
        if let quality, !(1...100).contains(quality) {
            throw ValidationError("'--quality' must be 1 to 100.")
        }
        if let psnr, !(1...200).contains(psnr) { throw ValidationError("'--psnr' must be 1 to 200.") }
        if let ratio, !(1...1e6).contains(ratio) {
            throw ValidationError("'--ratio' must be 1 to 1000000.")
        }
        if let bpp, !(1e-6...32).contains(bpp) {
            throw ValidationError("'--bpp' must be 0.000001 to 32.")
        }
    }

    /// What was asked; nil if nothing may be lost.
    var loss: Loss? {
        maxError.map { .bounded($0) } ?? target.map { .target($0) }
    }

    private var target: LossyTarget? {
        quality.map { .quality($0) } ?? psnr.map { .psnr($0) } ?? ratio.map { .ratio($0) }
            ?? bpp.map { .bitsPerSample($0) }
    }
}

/// What samples may lose.
enum Loss {
    /// Whatever meets a target.
    case target(LossyTarget)
    /// No sample more than this, in stored units.
    case bounded(Int)
}
