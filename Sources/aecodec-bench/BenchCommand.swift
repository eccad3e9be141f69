// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

@main
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aecodec-bench",
        abstract: "Measure aecodec beside its peers.",
        discussion: "Benchmarks/README.md says what is measured and how.",
        subcommands: [Lossless.self, Lossy.self])
}
