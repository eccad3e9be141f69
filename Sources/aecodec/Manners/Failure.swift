// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import MedicalFormats
import Samples

/// What the program says to who started it; the worst of all files wins.
enum Outcome: Int32, Comparable {
    /// All done.
    case done = 0
    /// Data could not be coded, decoded or verified.
    case data = 1
    /// A file could not be read, written or named.
    case file = 2
    /// The command line makes no sense.
    case usage = 64

    static func < (one: Outcome, other: Outcome) -> Bool { one.rawValue < other.rawValue }
}

/// Why a file was not dealt with.
struct Failure: Error {
    let outcome: Outcome
    /// One sentence, without the name of the file.
    let sentence: String

    init(_ outcome: Outcome, _ sentence: String) {
        self.outcome = outcome
        self.sentence = sentence
    }

    /// Sorts the errors of all layers.
    init(_ error: any Error) {
        switch error {
        case let error as Failure: self = error
        case let error as MissingModel: self = error.failure
        case let error as SystemError: self.init(.file, error.description)
        case let error as DecodeError: self.init(.data, error.description)
        case let error as EncodeError: self.init(.data, error.description)
        case let error as SignalError: self.init(.data, error.description)
        case let error as MedicalFileError: self.init(.data, error.description)
        case let error as SourceRecordError: self.init(.data, error.description)
        default: self.init(.data, "\(error)")
        }
    }
}
