// SPDX-License-Identifier: Apache-2.0
import Foundation
import MedicalFormats
import Samples

/// Finds and reads the images that a training is given.
enum ImageFiles {
    /// The files that a manifest names, one a line, relative to its folder; empty lines and those that start
    /// with '#' are passed over.
    ///
    /// - Parameters:
    ///   - path: The manifest.
    ///   - folder: What names are relative to instead, if anything.
    /// - Returns: Paths of the files.
    /// - Throws: An error if the manifest cannot be read.
    static func list(ofManifest path: String, folder: String? = nil) throws -> [String] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let folder =
            folder.map { URL(fileURLWithPath: $0) } ?? URL(fileURLWithPath: path).deletingLastPathComponent()
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.isEmpty }.map {
            folder.appendingPathComponent(String($0)).standardizedFileURL.path
        }
    }

    /// Files, and those of folders in the order of their names, recognized by content; links in folders are
    /// not followed.
    static func list(of paths: [String]) throws -> [String] {
        try paths.flatMap { path in
            let type = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
            guard type == .typeDirectory else { return [path] }
            return try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
                .map { "\(path)/\($0)" }.filter(isImage)
        }
    }

    private static func isImage(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard attributes?[.type] as? FileAttributeType == .typeRegular,
            let file = FileHandle(forReadingAtPath: path)
        else { return false }
        defer { try? file.close() }
        let start = try? file.read(upToCount: MedicalFile.recognitionByteCount)
        return start.flatMap { MedicalFile.recognizes($0) } != nil
    }

    /// The samples of a file.
    static func read(_ path: String) throws -> SampleArray {
        try MedicalFile.read([UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))).samples
    }
}
