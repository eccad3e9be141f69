// SPDX-License-Identifier: Apache-2.0

/// The type of a chunk: four ASCII letters. (Spec 3.2)
public struct FourCC: Hashable, Sendable, CustomStringConvertible {
    /// The letters, the first in the most significant byte.
    private let letters: UInt32

    /// Makes a type of four ASCII letters; anything else is a mistake of the program.
    public init(_ name: String) {
        guard let type = FourCC(Array(name.utf8)) else {
            preconditionFailure("'\(name)' is not a chunk type")
        }
        self = type
    }

    /// Reads a type; nil if the bytes are not four ASCII letters.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 4, bytes.allSatisfy(Self.isLetter) else { return nil }
        letters = bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The four letters.
    public var bytes: [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: letters >> $0) }
    }

    /// Whether a reader that does not know the type must refuse the file: the first letter is a capital.
    public var isCritical: Bool { letters & 0x2000_0000 == 0 }

    /// The letters as text.
    public var description: String { String(decoding: bytes, as: UTF8.self) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte & 0xDF)
    }
}

extension FourCC {
    /// Shape and depth of a part. (Spec 4.1)
    public static let grid = FourCC("GRID")
    /// Losses of a part, asked for and reached. (Spec 4.2)
    public static let mode = FourCC("MODE")
    /// The model that a part is coded with. (Spec 4.3)
    public static let model = FourCC("MODL")
    /// The sample map of a part. (Spec 4.4)
    public static let sampleMap = FourCC("SMAP")
    /// The parameters common to the groups of a part. (Spec 4.5)
    public static let parameters = FourCC("PARM")
    /// Where the groups stand. (Spec 4.6)
    public static let index = FourCC("INDX")
    /// One packing group. (Spec 4.7)
    public static let layer = FourCC("LAYR")
    /// What rebuilds the original file. (Spec 4.8)
    public static let source = FourCC("SRCE")
    /// The end, with the digests of the samples. (Spec 4.9)
    public static let done = FourCC("DONE")

    /// The types that this version gives a meaning.
    static let known: Set<FourCC> = [
        .grid, .mode, .model, .sampleMap, .parameters, .index, .layer, .source, .done,
    ]
}
