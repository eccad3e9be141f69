// SPDX-License-Identifier: Apache-2.0

/// Where one result goes.
enum Destination {
    case standardOutput
    case file(String)
}

/// Gives every input its destination, and guards what exists.
struct Destinations {
    private let options: OutputOptions
    /// `-o` names an existing directory.
    let directory: String?
    private var taken: Set<String> = []

    /// - Parameters:
    ///   - options: What the command line says.
    ///   - isSingle: Whether exactly one file was named.
    /// - Throws: ``Failure`` if the results of several files have no directory to go to.
    init(_ options: OutputOptions, isSingle: Bool) throws {
        self.options = options
        guard let output = options.output, output != "-" else {
            directory = nil
            if options.streams, !isSingle {
                throw Failure(.usage, "standard output takes one file")
            }
            return
        }
        directory = try FileStatus.of(output)?.kind == .directory ? output : nil
        if directory == nil, !isSingle || output.hasSuffix("/") {
            throw Failure(.usage, "'\(output)' is not a directory; several files need one that exists")
        }
    }

    /// Whether everything goes to standard output.
    var streams: Bool { options.streams }

    /// The file name that the command line gives for the one result; nil if it gives none.
    var name: String? { directory == nil && !options.streams ? options.output : nil }

    /// Where the result of an input goes.
    ///
    /// - Parameters:
    ///   - input: The input.
    ///   - derive: Makes the name of the result from that of the input.
    /// - Returns: The place; nothing is known of it yet.
    /// - Throws: ``Failure`` if there is no name, or what `derive` throws.
    func destination(of input: Input, _ derive: (String) throws -> String) throws -> Destination {
        if options.streams { return .standardOutput }
        if let name { return .file(name) }
        if input.isStandardInput {
            guard directory == nil else {
                throw Failure(.usage, "the result of standard input needs a file name in '--output'")
            }
            return .standardOutput
        }
        guard let directory else { return .file(try derive(input.path)) }
        return .file(Directories.path(directory, try derive(input.relativePath)))
    }

    /// Refuses destinations that must not be written to, and makes the directories they need.
    ///
    /// - Parameters:
    ///   - destination: Where a result goes.
    ///   - source: The status of the input.
    /// - Throws: ``Failure`` or ``SystemError``.
    mutating func claim(_ destination: Destination, from source: FileStatus) throws {
        guard case .file(let path) = destination else {
            guard !System.isTerminal(System.standardOutput) else {
                throw Failure(.usage, "binary data is not written to a terminal; use '--output' or redirect")
            }
            return
        }
        guard taken.insert(path).inserted else {
            throw Failure(.file, "'\(path)' was already written for another input")
        }
        if let existing = try FileStatus.of(path) {
            if existing.isSameFile(as: source) {
                throw Failure(.file, "'\(path)' is the input itself")
            }
            switch existing.kind {
            case .directory: throw Failure(.file, "'\(path)' is a directory")
            case .regular where !options.force:
                throw Failure(.file, "'\(path)' exists; '--force' replaces it")
            default: break
            }
        } else if try FileStatus.of(path, followingLinks: false) != nil, !options.force {
            throw Failure(.file, "'\(path)' is a dangling link; '--force' replaces it")
        }
        if directory != nil { try Directories.make(Directories.parent(of: path)) }
    }
}

extension Destination {
    /// The open stream that bytes go to as they are: standard output, a device or a pipe; nil for a file
    /// that is put in place as a whole.
    func stream() throws -> Descriptor? {
        switch self {
        case .standardOutput: return try Descriptor(copying: System.standardOutput)
        case .file(let path):
            guard try FileStatus.of(path)?.kind == .other else { return nil }
            let descriptor = try Descriptor(writing: path)
            guard !System.isTerminal(descriptor.number) else {
                throw Failure(.usage, "binary data is not written to a terminal")
            }
            return descriptor
        }
    }
}
