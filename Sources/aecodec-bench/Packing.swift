// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import ArgumentParser
import Foundation
import MedicalFormats

/// `aecodec-bench packing`: packed bytes of lossy archives over the entropies of their classes.
struct Packing: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare packed bytes of lossy archives with the entropies of their unmerged classes.",
        discussion: """
            For every file, at six steps of a quarter of its noise to eight times its noise: bytes of all \
            packing groups with their maps, tables and centroids, and the sum of the empirical entropies of \
            every raw class of every group. Entropies of few symbols are too small, so that the share of \
            small images is too large.
            """)

    @Argument(help: "DICOM, PGM or PNG files.", completion: .file())
    var files: [String]

    func run() throws {
        var table = TextTable(["file", "step", "bytes", "entropy", "share"])
        var worst: [(least: Int, share: Double)] = [(500_000, 0), (50_000, 0), (0, 0)]
        for file in files {
            let data = try Data(contentsOf: URL(fileURLWithPath: file))
            let samples = try MedicalFile.read([UInt8](data)).samples
            let name = file.split(separator: "/").suffix(2).joined(separator: "/")
            for found in try PackingMeasurement.measure(samples) {
                table.add([
                    name, TextTable.number(found.step, 2), "\(found.byteCount)",
                    TextTable.number(found.entropyByteCount, 0), TextTable.number(found.share, 4),
                ])
                if let place = worst.firstIndex(where: { found.byteCount >= $0.least }) {
                    worst[place].share = max(worst[place].share, found.share)
                }
            }
        }
        print(table.text)
        for (least, share) in worst where share > 0 {
            print("worst share from \(least) bytes on: \(TextTable.number(share, 4))")
        }
    }
}
