// SPDX-License-Identifier: Apache-2.0
import AECodec
import ArgumentParser
import MedicalFormats
import Samples

struct Lossless: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Size and speed of lossless coding, by library calls on one thread.",
        discussion: """
            Every file is read to samples first; reading and writing files is not measured. A peer gets \
            the better of the stored samples and of their ranks among the values that occur, plus the \
            entropy of a bitmap that says which do. Times are CPU milliseconds a megasample, medians \
            of interleaved runs.
            """)

    @Argument(help: "DICOM, PGM or PNG files; their folders are the groups.", completion: .file())
    var files: [String]

    @Option(help: "The kernels of aecodec to measure.")
    var kernel: KernelChoice = .automatic

    @Option(help: "Runs of each codec on each file, 1 or more.")
    var repeats = 5

    @Flag(help: "Print JSON instead of tables.")
    var json = false

    func validate() throws {
        guard repeats >= 1 else { throw ValidationError("'--repeats' must be 1 or more.") }
        guard kernel.isAvailable else {
            throw ValidationError("This machine cannot run the kernel '\(kernel.rawValue)'.")
        }
    }

    func run() throws {
        let peers = [Peer.charLS(), .openJPEG()]
        var results: [FileResult] = []
        if !json { print(Report.heading(peers)) }
        for file in files {
            guard let samples = readImage(file)?.samples else { continue }
            let result = try measure(samples, name: file, peers: peers)
            results.append(result)
            if !json { print(Report.line(result, peers)) }
        }
        let report = Report(kernel: kernel, repeats: repeats, peers: peers, files: results)
        print(json ? try report.json() : report.summary())
        guard results.allSatisfy(\.isSound) else { throw ExitCode(1) }
    }

    private func measure(_ samples: SampleArray, name: String, peers: [Peer]) throws -> FileResult {
        var contestants: [any Contestant] = [AECodecContestant(samples, kernel: kernel)]
        for peer in peers where peer.isInstalled {
            contestants.append(try PeerContestant(peer, samples))
        }
        // Once outside the clock, so that tables and pages are in place; and the check of the results.
        var sizes: [Int] = []
        var sound: [Bool] = []
        for contestant in contestants {
            sizes.append(try contestant.encode())
            try contestant.decode()
            sound.append(contestant.isIdentical)
        }
        var encodeTimes = [[Double]](repeating: [], count: contestants.count)
        var decodeTimes = encodeTimes
        for _ in 0..<repeats {
            for (index, contestant) in contestants.enumerated() {
                let start = processorSeconds()
                _ = try contestant.encode()
                let middle = processorSeconds()
                try contestant.decode()
                decodeTimes[index].append(processorSeconds() - middle)
                encodeTimes[index].append(middle - start)
            }
        }
        let scale = 1e9 / Double(samples.extent.sampleCount)  // seconds to milliseconds a megasample
        return FileResult(
            name, samples,
            contestants.indices.map { index in
                Measurement(
                    codec: contestants[index].name, samples: contestants[index].variant,
                    bytes: sizes[index], isIdentical: sound[index],
                    encodeMilliseconds: scale * median(encodeTimes[index]),
                    decodeMilliseconds: scale * median(decodeTimes[index]))
            })
    }
}
