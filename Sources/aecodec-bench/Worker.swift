// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import ArgumentParser
import Foundation

/// One measured call, in the process that `run` starts for it.
struct Worker: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Carry out one measured call (started by run).", shouldDisplay: false)

    func run() throws {
        let task = FileHandle.standardInput.readDataToEndOfFile()
        do {
            FileHandle.standardOutput.write(try WorkerTask.perform(task))
        } catch {
            note("\(error)")
            throw ExitCode(1)
        }
    }
}
