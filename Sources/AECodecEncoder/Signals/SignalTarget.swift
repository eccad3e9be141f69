// SPDX-License-Identifier: Apache-2.0

/// What signals that are compressed with loss are asked to be.
public enum SignalTarget: Sendable, Equatable {
    /// The common quantiser step, in stored units.
    case step(Double)
    /// At most this percent root-mean-square difference, the mean of every lead removed, over all leads.
    case prd(Double)
    /// At least this PSNR in dB over all samples; the peak is 2^bitsStored - 1.
    case psnr(Double)
    /// 1 to 100; the step is 2^((100 - q) / 10) / 8 times the noise of the signals, so 10 more halve it.
    case quality(Int)
    /// At most the bits of all cells (8, 16 or 32 a sample) over this ratio, the source record left out.
    case ratio(Double)
    /// At most this many bits a sample, the source record left out.
    case bitsPerSample(Double)
}
