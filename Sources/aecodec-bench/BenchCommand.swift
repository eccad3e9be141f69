// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

@main
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aecodec-bench",
        abstract: "Measure aecodec beside its peers: size, distortion, time and memory.",
        discussion: "Benchmarks/README.md says what is measured and how.",
        subcommands: [
            Run.self, Signals.self, Packing.self, Kernels.self, Worker.self, SignalWorker.self,
        ],
        defaultSubcommand: Run.self)
}
