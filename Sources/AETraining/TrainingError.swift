// SPDX-License-Identifier: Apache-2.0
public import AEContainer

/// Why a training cannot begin.
public enum TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A checkpoint is damaged.
    case container(ContainerError)
    /// A checkpoint is not one of this model.
    case foreignCheckpoint

    /// A sentence for the person who trains.
    public var description: String {
        switch self {
        case .container(let error): "The checkpoint is damaged: \(error)"
        case .foreignCheckpoint:
            "This is no checkpoint of a training with these widths; start without it, or give the same widths."
        }
    }
}
