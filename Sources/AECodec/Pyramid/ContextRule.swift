// SPDX-License-Identifier: Apache-2.0
package import CAEKernels

/// How classes of latents follow from what is decoded already.
package enum ContextRule: Equatable, Sendable {
    /// Weighted sums of magnitudes: weights by level kind, band, phase and term, in units of 2^-12.
    /// (Spec/bitstream.md, section 8)
    case linear([UInt16])
    /// Integer networks. (Spec/network.md)
    case networks(ContextNetworks)

    /// Weights of the linear rule.
    package static let weightCount = AE_LEVEL_KINDS * AE_BANDS * AE_PHASES * (AE_LATENT_TERMS + 1)
    /// The classes that the rule chooses from.
    package var classSet: LatentClassSet {
        switch self {
        case .linear: .linear
        case .networks: .networks
        }
    }

    /// How many coarser levels contexts look at.
    package var depth: Int {
        switch self {
        case .linear: 1
        case .networks: 2
        }
    }
}

/// A rule as the kernels take it.
@safe
package final class KernelRule: @unchecked Sendable {
    private let weights: UnsafeMutableBufferPointer<UInt16>
    private let words: UnsafeMutableBufferPointer<UInt32>
    private let networks: UnsafeMutableBufferPointer<ae_context_network>

    package init(_ rule: ContextRule) {
        switch rule {
        case .linear(let values):
            unsafe weights = .allocate(capacity: values.count)
            _ = unsafe weights.initialize(fromContentsOf: values)
            unsafe words = .allocate(capacity: 0)
            unsafe networks = .allocate(capacity: 0)
        case .networks(let given):
            let all = given.kinds.flatMap(\.kernelWords)
            unsafe weights = .allocate(capacity: 0)
            unsafe words = .allocate(capacity: all.count)
            _ = unsafe words.initialize(fromContentsOf: all)
            unsafe networks = .allocate(capacity: given.kinds.count)
            var start = 0
            for (number, kind) in given.kinds.enumerated() {
                let network = unsafe ae_context_network(
                    trunk_width: Int32(kind.trunkWidth), head_width: Int32(kind.headWidth),
                    words: words.baseAddress.map { unsafe $0 + start })
                unsafe networks.initializeElement(at: number, to: network)
                start += kind.kernelWords.count
            }
        }
    }

    deinit {
        unsafe weights.deallocate()
        unsafe words.deallocate()
        unsafe networks.deallocate()
    }

    /// Lends the rule to the kernels.
    package func with<Result>(_ body: (inout ae_latent_rule) -> Result) -> Result {
        var rule = unsafe ae_latent_rule(
            weights: weights.baseAddress, networks: networks.isEmpty ? nil : networks.baseAddress)
        return withExtendedLifetime(self) { unsafe body(&rule) }
    }
}
