// SPDX-License-Identifier: Apache-2.0
import AECodecEncoder
import ArgumentParser

/// Prints what decoders expect of adaptive latents.
struct Priors: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what adaptive latents are expected to be, for the table of Spec/priors.md.",
        discussion: "It follows from what the encoder knows of the residuals of context networks.")

    func run() { Shapes.printDigits(LatentPrior.logits) }
}
