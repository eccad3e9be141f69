// SPDX-License-Identifier: Apache-2.0

/// Whether a lossless archive begins with a coarse picture, its base.
public enum BaseChoice: Equatable, Sendable {
    /// One layer, the smallest archive.
    case none
    /// A base of about 1/256 of the archive, unless it makes the archive larger by more than a share of it; a
    /// hundredth is usual.
    case automatic(maximumCost: Double)
    /// A base of about this many bits a sample of the image, unless it makes the archive larger by more than a
    /// share of it.
    case rate(bitsPerSample: Double, maximumCost: Double)

    /// What is done where nothing else is asked for.
    public static let usual = BaseChoice.automatic(maximumCost: 0.01)

    /// The share by which the archive may grow.
    var maximumCost: Double {
        switch self {
        case .none: 0
        case .automatic(let cost), .rate(_, let cost): cost
        }
    }

    /// A base of fewer bytes shows nothing.
    private static let fewestBytes = 200

    /// Bytes of the base of an image; 0 for none.
    ///
    /// - Parameters:
    ///   - sampleCount: Samples of the image.
    ///   - byteCount: About the bytes of its archive.
    func target(sampleCount: Int, byteCount: Int) -> Int {
        switch self {
        case .none: 0
        case .automatic: byteCount / 256 >= Self.fewestBytes ? byteCount / 256 : 0
        case .rate(let bits, _): max(1, Int(min(bits, 16) * Double(sampleCount) / 8))
        }
    }
}
