// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Files that appear under their names together or not at all.
struct FileSet {
    /// Whether files of these names may be replaced.
    let replaces: Bool
    /// Whose times and permissions they get.
    let source: FileStatus

    /// Writes all files, then puts them in place.
    ///
    /// - Parameter files: Paths and contents.
    /// - Throws: ``SystemError``; none of the files is there then, but for replaced ones.
    func write(_ files: [(path: String, bytes: [UInt8])]) throws {
        var placed: [String] = []
        do { try write(files[...], &placed) } catch {
            // A file that replaced another one cannot be taken back.
            if !replaces { for path in placed { unsafe unlink(path) } }
            throw error
        }
    }

    /// Every file is written before the first one gets its name.
    private func write(_ files: ArraySlice<(path: String, bytes: [UInt8])>, _ placed: inout [String]) throws {
        guard let first = files.first else { return }
        let file = try OutputFile(first.path)
        try file.write(first.bytes[...])
        if source.kind == .regular {
            file.copyAttributes(of: source)
        } else {
            file.setDefaultPermissions()
        }
        try write(files.dropFirst(), &placed)
        try file.commit(replacing: replaces)
        placed.append(first.path)
    }
}
