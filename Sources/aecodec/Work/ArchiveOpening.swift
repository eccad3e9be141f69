// SPDX-License-Identifier: Apache-2.0
import AECodec

/// Whether bytes start as an archive does, its version aside. (Spec/container.md, 2)
func isArchive(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x8A, 0x41, 0x45, 0x43, 0x0D, 0x0A, 0x1A, 0x0A])
}

/// Opens and parses an archive, and finds the model that it needs.
///
/// - Parameters:
///   - input: The file.
///   - options: Limits and threads.
///   - search: Where models are.
///   - isTruncated: Whether its end may be missing.
/// - Returns: The archive, and what is known of its file.
/// - Throws: An error if it is larger than the memory allowed, no archive, or its model is nowhere.
func openArchive(
    _ input: Input, _ options: DecodeOptions, _ search: ModelSearch, isTruncated: Bool = false
) throws -> (archive: Archive, status: FileStatus) {
    let (bytes, status) = try readArchive(input, options)
    let found = try archive(bytes, options, search, beside: input.filePath, isTruncated: isTruncated)
    return (found, status)
}

/// The bytes of a file that may be an archive.
func readArchive(_ input: Input, _ options: DecodeOptions) throws -> (bytes: [UInt8], status: FileStatus) {
    let descriptor = try input.open()
    let status = try descriptor.status()
    if status.kind == .regular, status.byteCount > options.maximumMemory {
        throw DecodeError.memoryLimit(needed: status.byteCount, limit: options.maximumMemory)
    }
    return (try System.readAll(descriptor.number), status)
}

/// The model of an archive is nowhere.
struct MissingModel: Error {
    let name: String
    let failure: Failure
}

/// Parses an archive, and finds the model that it needs.
func archive(
    _ bytes: [UInt8], _ options: DecodeOptions, _ search: ModelSearch, beside path: String?,
    isTruncated: Bool = false
) throws -> Archive {
    var options = options
    options.models += try search.named()
    let parsed = { (options: DecodeOptions) in
        isTruncated ? try Archive(truncated: bytes, options: options) : try Archive(bytes, options: options)
    }
    do {
        return try parsed(options)
    } catch DecodeError.unsupported(_, .model(let name, let identity)) where !identity.isEmpty {
        if let found = search.find(identity, beside: path) {
            options.models.append(found)
            return try parsed(options)
        }
        let places = search.directories(beside: path).map { "'\($0)'" }.joined(separator: ", ")
        let failure = Failure(
            .data,
            "needs the model '\(name)' with SHA-256 \(hexadecimal(identity))..., which is not built in and not in "
                + "\(places); name its file with '--model'")
        throw MissingModel(name: name, failure: failure)
    }
}
