// SPDX-License-Identifier: Apache-2.0
import AETraining
import ArgumentParser
import Foundation

/// Measures how much of the processor's speed training gets.
struct Speed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure convolutions of training as a share of the processor's peak.",
        discussion: """
            One core; multiply-adds a second. The peak is that of a loop that only multiplies and adds; the \
            convolutions are those of context networks of the default widths, and a wide one.
            """)

    /// Inputs, outputs and side.
    private static let shapes = [
        (9, 12, 3), (12, 12, 3), (18, 12, 3), (12, 12, 1), (9, 24, 3), (24, 24, 3), (24, 24, 1), (64, 64, 3),
    ]

    func run() {
        let peak = Throughput.peak().rate
        print("peak \(text(peak))")
        for (inputs, outputs, side) in Self.shapes {
            let input = Shape(batch: 2, channels: inputs, rows: 48, columns: 48)
            let rates = Throughput.convolution(input: input, outputs: outputs, side: side)
            let parts = rates.map { part in
                "\(part.name) \(text(part.rate)) (\(Int((100 * part.rate / peak).rounded())) %)"
            }
            print("\(side) x \(side), \(inputs) to \(outputs): \(parts.joined(separator: ", "))")
        }
    }

    private func text(_ rate: Double) -> String { String(format: "%.1f GMAC/s", rate / 1e9) }
}
