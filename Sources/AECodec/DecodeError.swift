// SPDX-License-Identifier: Apache-2.0
public import AEContainer

/// A reason why an archive does not give its samples.
public enum DecodeError: Error, Equatable, Sendable {
    /// The bytes break the rules of the container. (Spec/container.md)
    case container(ContainerError)
    /// A part uses something that this decoder does not know.
    case unsupported(part: Int, feature: Feature)
    /// A field of a sample map, of parameters or of a packing group is outside its range.
    /// (Spec/bitstream.md)
    case fieldOutOfRange(field: String, value: Int)
    /// A packing group ends inside a structure or has bytes left over.
    case groupLength(group: Int)
    /// A class stream of a group cannot be unpacked, or gives another number of symbols than stated.
    case damagedStream(group: Int, stream: Int)
    /// The samples of a group do not fit its classes or leave the range of the part.
    case damagedGroup(group: Int)
    /// The groups of a part do not cover its tiles exactly once.
    case tileCoverage(part: Int)
    /// The decoded samples have another SHA-256 than the archive states.
    case digestMismatch(part: Int)
    /// The kept bytes of the original file cannot be unpacked.
    case damagedSource
    /// Decoding would hold more memory than allowed; both in bytes.
    case memoryLimit(needed: Int, limit: Int)
    /// The frames asked for are not in the part.
    case framesOutOfRange(asked: Range<Int>, frames: Int)
    /// The window asked for is empty or not inside the image.
    case regionOutOfRange(columns: Int, rows: Int)
    /// The part has no such reduction; parts of one exact layer have none.
    case noSuchReduction(asked: Int, levels: Int)
    /// The base was asked for, and the part has none.
    case noBase
    /// The machine cannot run the kernels asked for.
    case kernelUnavailable(KernelChoice)

    /// Things that later versions may have.
    public enum Feature: Equatable, Sendable {
        /// A layer other than that of its mode.
        case layer
        /// A model, by its name and identity.
        case model(String, identity: [UInt8])
    }
}

extension DecodeError: CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch self {
        case .container(let error): error.description
        case .unsupported(let part, .layer): "part \(part) has layers that this version does not read"
        case .unsupported(let part, .model(let name, _)):
            "part \(part) needs the model '\(name)', which this version does not have"
        case .fieldOutOfRange(let field, let value): "the archive is damaged: \(field) is \(value)"
        case .groupLength(let group): "the archive is damaged: packing group \(group) has the wrong length"
        case .damagedStream(let group, let stream):
            "the archive is damaged: class stream \(stream) of packing group \(group) cannot be unpacked"
        case .damagedGroup(let group):
            "the archive is damaged: the samples of packing group \(group) do not fit together"
        case .tileCoverage(let part): "the archive is damaged: part \(part) has missing or repeated tiles"
        case .digestMismatch(let part):
            "the decoded samples of part \(part) are not those that were compressed (SHA-256 differs)"
        case .damagedSource: "the archive is damaged: what it keeps of the original file cannot be unpacked"
        case .memoryLimit(let needed, let limit):
            "decoding needs about \(needed >> 20) MiB of memory; the limit is \(limit >> 20) MiB"
        case .framesOutOfRange(let asked, let frames):
            "frames \(asked.lowerBound + 1) to \(asked.upperBound) were asked for; the image has \(frames)"
        case .regionOutOfRange(let columns, let rows):
            "the region is not inside the image of \(columns) columns and \(rows) rows"
        case .noBase: "the archive has one layer only; it holds no base"
        case .noSuchReduction(_, 0):
            "the archive has one exact layer only, and no base to take reduced pictures from"
        case .noSuchReduction(let asked, let levels):
            "reduction \(asked) was asked for; the archive holds 1 to \(levels)"
        case .kernelUnavailable(let kernel): "this machine cannot run the \(kernel.rawValue) kernels"
        }
    }
}
