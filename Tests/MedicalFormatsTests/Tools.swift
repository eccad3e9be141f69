// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Programs of others that look at what this module wrote; tests that need them are skipped, loudly, where
/// they are absent.
enum Tools {
    static let hasPydicom = PeerProgram.pydicom != nil
    static let pydicomAbsence: Comment = "SKIPPED: python3 with pydicom is absent; it reads derived instances"

    static let hasValidator = PeerProgram.dciodvfy != nil
    static let validatorAbsence: Comment =
        "SKIPPED: dciodvfy (Debian: dicom3tools) is absent; it checks derived instances"

    /// The errors that dciodvfy finds in a DICOM file.
    static func errors(in bytes: [UInt8]) throws -> Set<String> {
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes, as: "checked.dcm")
        return try #require(PeerProgram.dciodvfy).errors(in: path)
    }
}

/// A folder that goes with the test.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("derived-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a file and gives its path.
    func write(_ bytes: [UInt8], as name: String) throws -> String {
        let file = url.appendingPathComponent(name)
        try Data(bytes).write(to: file)
        return file.path
    }
}
