// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Which groups an image belongs to: by a list, or by its folder.
///
/// A list has one line for each file or folder: the end of its path (a folder with a slash behind it), then
/// the name of the group. A file may be in several groups. A group whose name starts with `apart:` is
/// shown, and its files are in no other group and not in the mean of all. `#` starts a comment.
package struct ImageGroups {
    /// The start of the names of groups whose files count nowhere else.
    package static let apartPrefix = "apart:"

    private var entries: [(path: [Substring], isFolder: Bool, group: String)] = []

    /// Groups by folder.
    package init() {}

    /// Reads a list.
    package init(list: String) {
        for line in list.split(whereSeparator: \.isNewline) {
            let words = line.prefix { $0 != "#" }.split(maxSplits: 1, whereSeparator: \.isWhitespace)
            guard words.count == 2 else { continue }
            entries.append(
                (
                    words[0].split(separator: "/"), words[0].hasSuffix("/"),
                    words[1].trimmingCharacters(in: .whitespaces)
                ))
        }
    }

    /// Whether a line names a file.
    package func names(_ path: String) -> Bool { !listed(path).isEmpty }

    /// The groups of a file; the folder's name if no line names it.
    package func groups(of path: String) -> [String] {
        let parts = URL(fileURLWithPath: path).path.split(separator: "/")
        let found = listed(path)
        if let apart = found.first(where: { $0.hasPrefix(Self.apartPrefix) }) { return [apart] }
        return found.isEmpty ? [parts.dropLast().last.map(String.init) ?? ""] : found
    }

    private func listed(_ path: String) -> [String] {
        let parts = URL(fileURLWithPath: path).path.split(separator: "/")
        return entries.filter { entry in
            (entry.isFolder ? parts.dropLast() : parts[...]).suffix(entry.path.count).elementsEqual(
                entry.path)
        }.map(\.group)
    }
}
