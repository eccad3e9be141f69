// SPDX-License-Identifier: Apache-2.0

/// The version of the container format. (Spec 2)
///
/// Before 1.0 a reader accepts its own version, and earlier ones whose files are files of its own too.
public struct ContainerVersion: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// Changes when files stop being readable.
    public let major: UInt8
    /// Changes with every other change of the format.
    public let minor: UInt8

    /// Makes a version.
    public init(major: UInt8, minor: UInt8) {
        self.major = major
        self.minor = minor
    }

    /// The version that this library writes.
    public static let current = ContainerVersion(major: 0, minor: 7)

    /// The versions that this library reads.
    public static let readable = (4...7).map { ContainerVersion(major: 0, minor: $0) }

    /// The usual notation, such as `0.7`.
    public var description: String { "\(major).\(minor)" }
}
