// SPDX-License-Identifier: Apache-2.0
import CAEKernels

/// The context classes of a model: first those of details, then those of the low band, and for signals those of events.
/// (Spec/bitstream.md, section 8; Spec/signals.md)
package enum LatentClassSet: Sendable {
    /// Raw classes by a linear scale, for two quantisers.
    case linear
    /// Scale bins and buckets of the mean by networks, for two quantisers.
    case networks
    /// Those of linear scales, and events.
    case signals

    /// Classes of the low band.
    package static let lowClassCount = Int(AE_LOW_CLASSES)

    /// Classes of details, whose residuals have centroids.
    package var detailClassCount: Int {
        switch self {
        case .linear, .signals: Int(AE_LINEAR_CLASSES)
        case .networks: Int(AE_NETWORK_CLASSES)
        }
    }

    /// Classes of events.
    package var eventClassCount: Int {
        switch self {
        case .linear, .networks: 0
        case .signals: Int(AE_EVENT_CLASSES)
        }
    }

    package var classCount: Int { detailClassCount + Self.lowClassCount + eventClassCount }
}
