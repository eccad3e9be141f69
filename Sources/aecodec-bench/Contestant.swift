// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import Samples

/// One codec at work on one file.
protocol Contestant: AnyObject {
    /// The codec, as tables name it.
    var name: String { get }
    /// Which samples it was given: stored or mapped.
    var variant: String { get }
    /// Encodes and keeps the outcome; returns its bytes, what undoes the mapping included.
    func encode() throws -> Int
    /// Decodes the outcome of the last ``encode()`` and keeps the samples.
    func decode() throws
    /// Whether the last ``decode()`` gave the samples of the file.
    var isIdentical: Bool { get }
}

/// A codec gave up on a file.
struct ContestantError: Error, CustomStringConvertible {
    var name: String
    var task: String

    var description: String { "\(name) could not \(task)" }
}

/// aecodec as a library, on one thread.
///
/// It finds its own map; the record of the file is left out.
final class AECodecContestant: Contestant {
    let name = "aecodec"
    let variant = "stored"
    private let samples: SampleArray
    private let kernel: KernelChoice
    private var archive: [UInt8] = []
    private var decoded: [SampleArray] = []

    init(_ samples: SampleArray, kernel: KernelChoice) {
        self.samples = samples
        self.kernel = kernel
    }

    func encode() throws -> Int {
        var options = EncodeOptions()
        options.threads = 1
        options.kernel = kernel
        archive = try encodeLossless([samples], options: options)
        return archive.count
    }

    func decode() throws {
        let options = DecodeOptions(threads: 1, kernel: kernel)
        decoded = try Archive(archive, options: options).samples()
    }

    var isIdentical: Bool { decoded == [samples] }
}
