// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// The program behind `aecodec train`.
@main
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aecodec-train",
        abstract: "Makes models for aecodec from one's own images and recordings.",
        subcommands: [Linear.self, Image.self, Signals.self, Shapes.self, Priors.self, Speed.self])
}
