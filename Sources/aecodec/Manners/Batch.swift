// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// A run over many files: it goes on after a failure and ends with the worst outcome.
struct Batch {
    let console: Console
    /// Files that will be run; a walk through directories corrects it.
    var count: Int
    private var number = 0
    private var failures = 0
    private var outcome = Outcome.done

    /// - Parameters:
    ///   - console: Hears of failures.
    ///   - count: Files that will be run.
    init(_ console: Console, count: Int) {
        self.console = console
        self.count = count
    }

    /// Does the work of one file; a failure is said and remembered.
    mutating func run(_ file: String, _ work: () throws -> Void) {
        number += 1
        console.progress(file, number, of: count)
        do { try work() } catch { fail(file, Failure(error)) }
    }

    /// Notes a file that could not be dealt with.
    mutating func fail(_ file: String, _ failure: Failure) {
        console.failure(file, failure.sentence)
        failures += 1
        outcome = max(outcome, failure.outcome)
    }

    /// Says how many failed, and ends the program if any did.
    func finish() throws {
        console.clearProgress()
        if failures > 0, count > 1 { console.say("\(failures) of \(count) files failed") }
        if outcome != .done { throw ExitCode(outcome.rawValue) }
    }
}

/// Ends the program with one line if `work` fails before any file is at hand.
func endingOnFailure<Result>(_ console: Console, _ work: () throws -> Result) throws -> Result {
    do { return try work() } catch let error as ExitCode { throw error } catch {
        let failure = Failure(error)
        console.say(failure.sentence)
        throw ExitCode(failure.outcome.rawValue)
    }
}
