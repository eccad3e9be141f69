// SPDX-License-Identifier: Apache-2.0
public import AECodec
public import AEContainer

/// Why a training cannot begin, or its result cannot be written.
public enum TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A checkpoint is damaged.
    case container(ContainerError)
    /// A checkpoint is not one of this model.
    case foreignCheckpoint
    /// No image is large enough to have such a level.
    case noLevel(Int)
    /// Parameters are too large for the integers of a model file.
    case notRepresentable(DecodeError)

    /// A sentence for the person who trains.
    public var description: String {
        switch self {
        case .container(let error): "The checkpoint is damaged: \(error)"
        case .foreignCheckpoint:
            "This is no checkpoint of a training with these widths; start without it, or give the same widths."
        case .noLevel(let level):
            "None of the images is large enough to train level \(level) on; give larger ones."
        case .notRepresentable(let error):
            "The training has gone astray, try a smaller rate: its result does not fit a model file (\(error))."
        }
    }
}
