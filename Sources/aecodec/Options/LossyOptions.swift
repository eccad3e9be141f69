// SPDX-License-Identifier: Apache-2.0
import AECodecEncoder
import ArgumentParser
import Samples

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
            "Compress recordings with loss, so that the root-mean-square difference of all leads is at most this "
                + "percent of what they are without their means (PRDN).", valueName: "percent"))
    var prd: Double?

    @Flag(
        help: ArgumentHelp(
            "With '--prd', keep that percent in every ten seconds from the start on, each without its own means."
        ))
    var perWindow = false

    @Option(
        help: ArgumentHelp(
            "Compress with a bounded error: no sample differs by more, in stored units, or of recordings in "
                + "physical ones, such as '5uV'.", valueName: "n"))
    var maxError: MaximumError?

    func validate() throws {
        let given = [
            maxError.map { _ in "--max-error" },
            quality.map { _ in "--quality" }, psnr.map { _ in "--psnr" }, ratio.map { _ in "--ratio" },
            bpp.map { _ in "--bpp" }, prd.map { _ in "--prd" },
        ].compactMap(\.self)
        guard given.count <= 1 else {
            throw ValidationError("'\(given[0])' and '\(given[1])' exclude each other.")
        }
        if case .stored(let error) = maxError, !(1...1 << 24).contains(error) {
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
        if let prd, !(0.001...100).contains(prd) {
            throw ValidationError("'--prd' must be 0.001 to 100.")
        }
        if perWindow, prd == nil { throw ValidationError("'--per-window' needs '--prd'.") }
        if let bpp, !(1e-6...32).contains(bpp) {
            throw ValidationError("'--bpp' must be 0.000001 to 32.")
        }
    }

    /// What was asked; nil if nothing may be lost.
    var loss: Loss? {
        switch maxError {
        case .stored(let error): .bounded(error)
        case .physical(let value): .physicallyBounded(value)
        case nil: target.map { .target($0) }
        }
    }

    private var target: LossyTarget? {
        quality.map { .quality($0) } ?? psnr.map { .psnr($0) } ?? ratio.map { .ratio($0) }
            ?? bpp.map { .bitsPerSample($0) } ?? prd.map { perWindow ? .prdOfStretches($0) : .prd($0) }
    }
}

/// What samples may lose.
enum Loss {
    /// Whatever meets a target.
    case target(LossyTarget)
    /// No sample more than this, in stored units.
    case bounded(Int)
    /// No sample of a recording more than this, in a physical unit.
    case physicallyBounded(PhysicalValue)
}

/// The value of `--max-error`.
enum MaximumError: ExpressibleByArgument {
    case stored(Int)
    case physical(PhysicalValue)

    init?(argument: String) {
        if let stored = Int(argument) {
            self = .stored(stored)
        } else if let value = PhysicalValue(argument) {
            self = .physical(value)
        } else {
            return nil
        }
    }
}

/// A number with its unit, such as `5uV`.
struct PhysicalValue {
    let text: String
    private let volts: Double

    /// Reads a positive number with a unit of voltage behind it; nil for anything else.
    init?(_ text: String) {
        let unit = text.drop { $0.isNumber || $0 == "." || $0 == "e" || $0 == "-" }
        guard let size = Self.volts(String(unit)), let number = Double(text.dropLast(unit.count)),
            number > 0, number.isFinite
        else { return nil }
        self.text = text
        volts = number * size
    }

    /// How many stored units of a signal it is; nil if that has another kind of unit.
    func storedUnits(_ signal: SignalDescription) -> Double? {
        Self.volts(signal.units).map { volts / $0 * abs(signal.gain) }
    }

    private static func volts(_ unit: String) -> Double? {
        switch unit {
        case "V": 1
        case "mV": 1e-3
        case "uV", "\u{B5}V", "\u{3BC}V": 1e-6
        case "nV": 1e-9
        default: nil
        }
    }
}
