// SPDX-License-Identifier: Apache-2.0
import AECodec
import ArgumentParser

/// `aecodec models`: what lossy archives can be made and decoded with.
struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the models that are built in and those that are found.",
        discussion: """
            Model files (.aem) are looked for in the directories of $AECODEC_MODELS (separated by colons), \
            in share/aecodec/models beside the program's directory, and beside an archive that needs one. \
            '--model FILE' names one for a single run. An archive names its model by the SHA-256 of its file.
            """)

    func run() throws {
        let search = ModelSearch(files: [])
        try endingOnFailure(Console()) {
            for model in Model.builtIn {
                try print(model, "built in, version \(model.version)")
            }
            for directory in search.directories(beside: nil) {
                for (path, model) in ModelSearch.models(in: directory) { try print(model, path) }
            }
        }
    }

    private func print(_ model: Model, _ place: String) throws {
        try System.print(
            "\(model.name): \(hexadecimal(model.identity))..., \(model.byteCount) bytes, \(place)\n")
    }
}
