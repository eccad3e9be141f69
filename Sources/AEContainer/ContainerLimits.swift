// SPDX-License-Identifier: Apache-2.0

/// What an archive may declare before a reader refuses it.
///
/// The reader allocates in proportion to the bytes it was given; these limits bound what the
/// declared sizes make later stages allocate.
public struct ContainerLimits: Equatable, Sendable {
    /// Most samples, all parts together; values above 2^56 count as 2^56.
    public var maximumSamples: Int
    /// Most parts; the format has room for 65,535.
    public var maximumParts: Int
    /// Most packing groups.
    public var maximumGroups: Int
    /// Most bytes that the kept bytes of the source may unpack to.
    public var maximumKeptBytes: Int

    /// Makes limits; the defaults take 2^30 samples, 4,096 parts, 2^20 groups and 4 GiB of kept bytes.
    public init(
        maximumSamples: Int = 1 << 30, maximumParts: Int = 4096, maximumGroups: Int = 1 << 20,
        maximumKeptBytes: Int = 1 << 32
    ) {
        self.maximumSamples = maximumSamples
        self.maximumParts = maximumParts
        self.maximumGroups = maximumGroups
        self.maximumKeptBytes = maximumKeptBytes
    }
}
