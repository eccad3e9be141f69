// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import Samples

/// aecodec as a library; its lossy setting is the step in stored units.
///
/// It finds its own map, in its bytes and its time; the record of the source file is left out, as it
/// holds what a bare codestream has not.
final class AECodecSession: CodecSession {
    private let mode: CodecDescription.Mode
    private let threads: Int
    private let kernel: KernelChoice
    private let base: BaseChoice
    private let withheld: CodingPart?
    /// The model without that part; nil for the one that suits an image.
    private let model: Model?

    init(
        _ mode: CodecDescription.Mode, _ options: CodecOptions, isSingle: Bool = false,
        without withheld: CodingPart? = nil
    ) {
        self.mode = mode
        self.withheld = withheld
        model = withheld?.model
        base = isSingle ? .none : .usual
        threads = options.threads
        kernel = KernelChoice(rawValue: options.kernel) ?? .automatic
    }

    func encode(
        _ samples: PlainSamples, setting: Double?
    ) throws(BenchmarkError) -> (streams: [[UInt8]], cost: Cost) {
        let image = samples.restored
        var options = EncodeOptions(threads: threads, kernel: kernel)
        options.base = base
        options.withheld = withheld
        options.model = model
        do {
            let (archive, cost) = try timed {
                switch mode {
                case .lossless: try encodeLossless([image], options: options)
                case .lossy: try encodeLossy(image, target: .step(setting ?? 1), options: options)
                case .bounded:
                    try encodeBounded(image, maximumError: Int(setting ?? 1), options: options)
                }
            }
            return ([archive], cost)
        } catch {
            throw .codec(name: "aecodec", task: "encode", words: "\(error)")
        }
    }

    func decode(_ streams: [[UInt8]]) throws(BenchmarkError) -> (image: SampleArray, cost: Cost) {
        do {
            let (parts, cost) = try timed {
                let models = model.map { [$0] } ?? []
                return try Archive(
                    streams.first ?? [],
                    options: DecodeOptions(threads: threads, kernel: kernel, models: models)
                ).samples()
            }
            guard parts.count == 1 else {
                throw BenchmarkError.codec(name: "aecodec", task: "decode", words: "\(parts.count) parts")
            }
            return (parts[0], cost)
        } catch {
            throw .codec(name: "aecodec", task: "decode", words: "\(error)")
        }
    }
}
