// SPDX-License-Identifier: Apache-2.0

/// One thing to work on.
struct Input {
    /// What was named on the command line or found below it; `-` for standard input.
    let path: String
    /// The path below the directory that was named; the bare name if the file itself was named.
    let relativePath: String
    /// Whether a walk through a directory found it: then nobody vouches that it is an image.
    let isFound: Bool

    init(_ path: String) {
        self.path = path
        relativePath = Directories.name(of: path)
        isFound = false
    }

    private init(found path: String, below relativePath: String) {
        self.path = path
        self.relativePath = relativePath
        isFound = true
    }

    var isStandardInput: Bool { path == "-" }
    /// How messages call it.
    var name: String { isStandardInput ? "standard input" : path }

    /// The path; nil for standard input.
    var filePath: String? { isStandardInput ? nil : path }

    /// Opens it.
    func open() throws -> Descriptor {
        // Standard input stays open when its copy closes.
        if isStandardInput { return try Descriptor(copying: System.standardInput) }
        let descriptor = try Descriptor(reading: path)
        if try descriptor.status().kind == .directory {
            throw Failure(.file, "is a directory")
        }
        return descriptor
    }

    /// What lies below directories, sorted, links not followed.
    ///
    /// - Parameters:
    ///   - paths: Files and directories as named.
    ///   - batch: Hears of directories that cannot be read.
    /// - Returns: The files, and how many links and special files were passed over.
    static func walk(_ paths: [String], _ batch: inout Batch) -> (inputs: [Input], skipped: Int) {
        var inputs: [Input] = []
        var skipped = 0
        for path in paths {
            var pending = [(path: path, relative: "", depth: 0)]
            while let place = pending.popLast() {
                do {
                    // What is named may be a link, what is found may not.
                    let status = try FileStatus.of(place.path, followingLinks: place.depth == 0)
                    switch status?.kind {
                    case .directory:
                        let below = try Directories.names(in: place.path).map { name in
                            let relative =
                                place.relative.isEmpty ? name : Directories.path(place.relative, name)
                            return (Directories.path(place.path, name), relative, place.depth + 1)
                        }
                        pending += below.reversed()
                    case .regular where place.depth > 0:
                        inputs.append(Input(found: place.path, below: place.relative))
                    case .link, .other:
                        if place.depth == 0 { inputs.append(Input(path)) } else { skipped += 1 }
                    case .regular, nil: inputs.append(Input(place.path))
                    }
                } catch {
                    batch.fail(place.path, Failure(error))
                }
            }
        }
        return (inputs, skipped)
    }
}
