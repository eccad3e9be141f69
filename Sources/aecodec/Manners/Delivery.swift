// SPDX-License-Identifier: Apache-2.0

/// The last step of a verb: bytes go to their destination.
struct Delivery {
    let destination: Destination
    let options: OutputOptions
    /// The input, whose times and permissions a file gets.
    let source: FileStatus

    /// Writes bytes to a stream, or puts them in place as a file.
    ///
    /// - Parameters:
    ///   - bytes: What to write.
    ///   - check: Is given what stands in the file, before it gets its name, and the bytes themselves
    ///     before the first one goes to a stream; it throws if they must not be delivered.
    /// - Throws: What `check` throws, or ``SystemError``; there is no file then.
    func deliver(_ bytes: consuming [UInt8], check: ((consuming [UInt8]) throws -> Void)? = nil) throws {
        if let stream = try destination.stream() {
            guard !options.removesInput else { throw Failure(.usage, "'--rm' needs an output file") }
            try check?(copy bytes)
            try System.write(bytes[...], to: stream.number)
            return
        }
        guard case .file(let path) = destination else { return }
        let file = try OutputFile(path)
        try file.write(bytes[...])
        // Checking decodes; the memory is needed for that.
        _ = consume bytes
        if let check { try check(try file.contents()) }
        try put(file)
    }

    /// Writes a result that comes in pieces, as ``deliver(_:check:)`` does.
    ///
    /// - Parameter produce: Hands all pieces to a function, in order, and throws if they must not be
    ///   delivered. It is called twice for a stream: what has been sent cannot be taken back.
    /// - Throws: What `produce` throws, or ``SystemError``; there is no file then.
    func deliver(_ produce: ((ArraySlice<UInt8>) throws -> Void) throws -> Void) throws {
        if let stream = try destination.stream() {
            guard !options.removesInput else { throw Failure(.usage, "'--rm' needs an output file") }
            try produce { _ in }
            let number = stream.number
            try produce { try System.write($0, to: number) }
            return
        }
        guard case .file(let path) = destination else { return }
        let file = try OutputFile(path)
        let number = file.number
        try produce { try System.write($0, to: number) }
        try put(file)
    }

    private func put(_ file: consuming OutputFile) throws {
        if source.kind == .regular {
            file.copyAttributes(of: source)
        } else {
            file.setDefaultPermissions()
        }
        try file.commit(replacing: options.force)
    }

    /// Removes the input, if asked to, once the output would survive a crash of the machine.
    func removeInput(_ input: Input) throws {
        guard options.removesInput, case .file(let path) = destination else { return }
        Directories.sync(Directories.parent(of: path))
        try Directories.remove(input.path)
    }
}
