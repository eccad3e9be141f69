// SPDX-License-Identifier: Apache-2.0
public import AECodec

/// How an encoder runs; the archive is the same for any number of threads and all kernels.
public struct EncodeOptions: Sendable {
    /// Threads; 0 means one for each core.
    public var threads: Int
    /// The kernels to use.
    public var kernel: KernelChoice
    /// What is spent on a smaller archive: 1 (fast) to 9; 1, 5 and 9 differ for now.
    public var effort: Int
    /// The model of lossy archives and bases; nil for the one of those built in that suits the image.
    public var model: Model?
    /// Layers of lossless archives.
    public var base = BaseChoice.usual
    /// The side of a tile of a lossy part is 2 to this power; tests take smaller ones.
    package var pyramidTileExponent = 10
    /// What an adaptive body may be of the plain one, whatever the image and the effort; tests force it or rule it out.
    package var adaptiveShare: Double?
    /// Windows of lossy signals have at most 2 to this power instants; nil for the usual length.
    package var signalWindowExponent: Int?
    /// What lossy coding of images does without, but for what is a matter of models; for measurements.
    package var withheld: CodingPart?
    /// Whether waveforms that recur in lossy signals are predicted.
    public var predictsWaveforms = true

    /// Makes options.
    public init(threads: Int = 0, kernel: KernelChoice = .automatic, effort: Int = 5) {
        self.threads = threads
        self.kernel = kernel
        self.effort = effort
    }
}

/// A reason why samples cannot be compressed.
public enum EncodeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The machine cannot run the kernels asked for.
    case kernelUnavailable(KernelChoice)
    /// An archive holds 1 to 4096 parts.
    case partCount(Int)
    /// An axis has more than 2^32 - 1 samples, or a part more than 2^30.
    case tooLarge(samples: Int)
    /// A library could not get memory.
    case outOfMemory
    /// Lossy and bounded coding take at most 16 bits.
    case tooDeep(bits: Int)
    /// A target is not a number that this kind of target takes.
    case targetOutOfRange
    /// No lossy archive is that small; in bytes.
    case targetUnreachable(bytes: Int)
    /// The model is for signals, and the samples are an image.
    case modelOfSignals
    /// The model is for images, and the samples are signals.
    case modelOfImages
    /// A sample of the encoder's own archive is further off than allowed: a fault of this program.
    case boundExceeded(error: Int, bound: Int)
    /// The encoder's own archive does not decode: a fault of this program.
    case internalFault(DecodeError)

    /// One line for a person.
    public var description: String {
        switch self {
        case .kernelUnavailable(let kernel): "this machine cannot run the \(kernel.rawValue) kernels"
        case .partCount(let count): "an archive holds 1 to 4096 parts, not \(count)"
        case .tooLarge(let samples): "\(samples) samples are more than an archive holds"
        case .outOfMemory: "there is not enough memory"
        case .tooDeep(let bits): "coding with loss takes at most 16 bits; these samples have \(bits)"
        case .targetOutOfRange: "the target is outside its range"
        case .targetUnreachable(let bytes): "no archive of this image has at most \(bytes) bytes"
        case .modelOfSignals: "the model is for signals; these samples are an image"
        case .modelOfImages: "the model is for images; these samples are signals"
        case .boundExceeded(let error, let bound):
            "the finished archive has an error of \(error) where \(bound) is allowed"
        case .internalFault(let error): "the finished archive does not decode: \(error)"
        }
    }
}
