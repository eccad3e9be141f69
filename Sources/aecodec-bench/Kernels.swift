// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import AECodec
import ArgumentParser

/// `aecodec-bench kernels`: the networks of lossy models beside what the processor could do.
struct Kernels: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the kernels of context networks against the peak of their instructions.",
        discussion: """
            For every variant that this machine runs, on one thread: the most multiply-adds that its dot products \
            reach on registers alone, every layer of networks of the default widths on rows of 256 places, and \
            the levels of a tile of 1024 x 1024 samples without zeros. Each number is the best of many short \
            runs, because whatever else the machine does only makes them worse. The portable variant's peak is what \
            the compiler makes of a plain loop, not a limit.
            """)

    @Option(help: "Only this variant.")
    var kernel: KernelChoice?

    @Option(help: "Seconds for each number.")
    var seconds = 0.2

    func validate() throws {
        guard seconds > 0, seconds <= 60 else {
            throw ValidationError("--seconds must be above 0, at most 60")
        }
    }

    func run() throws {
        let all = KernelChoice.allCases.filter { $0 != .automatic && $0.isAvailable }
        for choice in kernel.map({ [$0] }) ?? all {
            let found = try KernelMeasurement.measure(choice, seconds: seconds)
            print(
                "\(choice.rawValue): peak \(TextTable.number(found.quadPeak * 1e-9, 1)) GMAC/s of bytes, "
                    + "\(TextTable.number(found.pairPeak * 1e-9, 1)) of 16-bit pairs")
            var table = TextTable(["layer", "words", "GMAC/s", "share of peak"])
            for layer in found.layers {
                table.add([
                    layer.name, "\(layer.words)", TextTable.number(layer.rate * 1e-9, 1),
                    TextTable.number(layer.share, 3),
                ])
            }
            print(table.text)
            let levels = found.levels.map { TextTable.number($0 * 1000, 3) }.joined(separator: " ")
            let total = TextTable.number(found.levels.reduce(0, +) * 1000, 2)
            print("levels 1 to 6 of a tile of 1024 x 1024: \(levels) ms, together \(total) ms\n")
        }
    }
}
