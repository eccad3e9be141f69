// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import ArgumentParser
import Foundation

/// One timed call on signals, in the process that `signals` starts for it.
struct SignalWorker: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Carry out one timed call (started by signals).", shouldDisplay: false)

    func run() throws {
        do {
            try SignalTask.perform(FileHandle.standardInput.readDataToEndOfFile())
        } catch {
            note("\(error)")
            throw ExitCode(1)
        }
    }
}
