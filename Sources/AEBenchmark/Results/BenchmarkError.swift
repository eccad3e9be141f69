// SPDX-License-Identifier: Apache-2.0

/// Why something could not be measured.
public enum BenchmarkError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A codec refused, with what it said.
    case codec(name: String, task: String, words: String)
    /// A process could not be started.
    case start(program: String, words: String)
    /// A process ended in another way than with status 0.
    case ended(program: String, status: String, words: String)
    /// A file of the benchmark's own could not be read or is not what it should be.
    case file(String)
    /// A reply of the helper process makes no sense.
    case reply(String)
    /// A file is no report; what the reader of JSON said.
    case notAReport(String)
    /// A report of another version of the format.
    case reportVersion(Int)

    /// A sentence for a person.
    public var description: String {
        switch self {
        case .codec(let name, let task, let words):
            "\(name) could not \(task)" + (words.isEmpty ? "" : ": \(words)")
        case .start(let program, let words): "\(program) could not be started: \(words)"
        case .ended(let program, let status, let words):
            "\(program) ended with \(status)" + (words.isEmpty ? "" : ": \(words)")
        case .file(let words): words
        case .reply(let words): "the helper process answered with nonsense: \(words)"
        case .notAReport(let words): "this is no report of aecodec-bench: \(words)"
        case .reportVersion(let version): "reports of format \(version) cannot be read"
        }
    }
}
