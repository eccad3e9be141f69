// SPDX-License-Identifier: Apache-2.0
import AECodec

/// Where model files are looked for, besides those that are built in.
struct ModelSearch {
    /// Files that the command line names.
    let files: [String]

    static let ending = ".aem"

    /// The models of the named files.
    func named() throws -> [Model] { try files.map { try Self.read($0) } }

    /// Directories in the order in which they are searched.
    ///
    /// - Parameter archive: The archive whose own directory is the last; nil if it has none.
    /// - Returns: Paths, whether they exist or not.
    func directories(beside archive: String?) -> [String] {
        var directories = (System.environment("AECODEC_MODELS") ?? "").split(separator: ":").map(String.init)
        if let program = Directories.ofProgram() {
            directories.append(Directories.path(Directories.parent(of: program), "share/aecodec/models"))
        }
        if let archive { directories.append(Directories.parent(of: archive)) }
        return directories
    }

    /// The model of an identity; nil if no directory has it.
    ///
    /// Files that are no models are passed over.
    func find(_ identity: [UInt8], beside archive: String?) -> Model? {
        for directory in directories(beside: archive) {
            for model in Self.models(in: directory) where model.model.identity == identity {
                return model.model
            }
        }
        return nil
    }

    /// The model files of a directory, by name.
    static func models(in directory: String) -> [(path: String, model: Model)] {
        let names = (try? Directories.names(in: directory)) ?? []
        return names.filter { $0.hasSuffix(ending) }.compactMap { name in
            let path = Directories.path(directory, name)
            // Nobody named it: a pipe would be waited for, a device has no end.
            guard (try? FileStatus.of(path))?.kind == .regular else { return nil }
            return (try? read(path)).map { (path, $0) }
        }
    }

    private static func read(_ path: String) throws -> Model {
        let descriptor = try Input(path).open()
        guard try descriptor.status().byteCount <= Model.longestFile else {
            throw Failure(.data, "'\(path)' is too long for a model file")
        }
        let name = Directories.name(of: path)
        do {
            return try Model(
                bytes: try System.readAll(descriptor.number),
                name: name.hasSuffix(ending) ? String(name.dropLast(ending.count)) : name)
        } catch let error as DecodeError { throw Failure(.data, "'\(path)' is no model file: \(error)") }
    }
}
