// SPDX-License-Identifier: Apache-2.0

/// Which variant of the compute kernels runs; all of them give the same samples.
public enum KernelChoice: String, CaseIterable, Sendable {
    /// The fastest that this machine has.
    case automatic
    /// Plain C; the definition of every kernel.
    case portable
    /// 256-bit vectors on x86-64.
    case avx2
    /// 512-bit vectors on x86-64 (AVX-512 F, BW, VL, CD, VNNI).
    case avx512
    /// 128-bit vectors on AArch64.
    case neon
}

/// What a decoder may spend and how it runs; nothing here changes the samples.
public struct DecodeOptions: Sendable {
    /// Most samples that an archive may declare, all parts together.
    public var maximumSamples: Int
    /// Most bytes that the decoder may hold at once, result included.
    public var maximumMemory: Int
    /// Threads; 0 means one for each core.
    public var threads: Int
    /// The kernels to use.
    public var kernel: KernelChoice
    /// Models besides those that are built in.
    public var models: [Model]

    /// Makes options; the defaults take files up to 2^30 samples and 2 GiB.
    public init(
        maximumSamples: Int = 1 << 30, maximumMemory: Int = 2 << 30, threads: Int = 0,
        kernel: KernelChoice = .automatic, models: [Model] = []
    ) {
        self.maximumSamples = maximumSamples
        self.maximumMemory = maximumMemory
        self.threads = threads
        self.kernel = kernel
        self.models = models
    }
}
