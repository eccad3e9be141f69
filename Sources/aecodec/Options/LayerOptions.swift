// SPDX-License-Identifier: Apache-2.0
import AECodecEncoder
import ArgumentParser

/// Whether a lossless archive begins with a coarse picture of its image.
struct LayerOptions: ParsableArguments {
    @Flag(
        name: .customLong("single-layer"),
        help: "Make the smallest lossless archive: no coarse picture that is there before the rest.")
    var isSingleLayer = false

    @Option(
        help: ArgumentHelp(
            "Bits per sample of the coarse picture that a lossless archive begins with; unasked, it takes "
                + "1/256 of the archive.", valueName: "rate"))
    var base: Double?

    @Option(
        help: ArgumentHelp(
            "Percent by which that picture may make a lossless archive larger; else it is left out.",
            valueName: "percent"))
    var maxBaseCost = 1.0

    func validate() throws {
        if let base, !(1e-4...16).contains(base) {
            throw ValidationError("'--base' must be 0.0001 to 16 bits per sample.")
        }
        guard (0...1000).contains(maxBaseCost) else {
            throw ValidationError("'--max-base-cost' must be 0 to 1000 percent.")
        }
        if base != nil, isSingleLayer {
            throw ValidationError("'--base' and '--single-layer' exclude each other.")
        }
    }

    /// The first option that was given; nil if none was.
    var given: String? { isSingleLayer ? "--single-layer" : base.map { _ in "--base" } }

    /// What the encoder is asked for.
    var choice: BaseChoice {
        if isSingleLayer { return .none }
        let cost = maxBaseCost / 100
        return base.map { .rate(bitsPerSample: $0, maximumCost: cost) } ?? .automatic(maximumCost: cost)
    }
}
