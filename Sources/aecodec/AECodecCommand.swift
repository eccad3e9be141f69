// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

@main
struct AECodecCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "aecodec")
}
