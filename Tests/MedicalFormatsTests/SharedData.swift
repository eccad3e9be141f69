// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The project's collection of real images, which is no part of the repository.
enum SharedData {
    /// Its folder; nil if there is none.
    static let folder = Repository.sharedImages

    static let isPresent = folder != nil
    static let absence: Comment =
        "SKIPPED: the shared images are absent; set AECODEC_SHARED to the folder that holds data/images.csv"

    /// The bytes of a file of the collection.
    static func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: (folder ?? "") + "/" + name)))
    }

    /// DICOM files of the collection that are read quickly.
    static let smallFiles: [String] = images.map(\.file).filter { name in
        let attributes = try? FileManager.default.attributesOfItem(atPath: (folder ?? "") + "/" + name)
        let size = attributes?[.size] as? Int ?? .max
        return size < 250_000 && name.hasSuffix(".dcm")
    }

    /// The rows of `images.csv`, without its first line.
    static let images: [ImageRow] = {
        guard let bytes = try? bytes("images.csv") else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst().map {
            ImageRow($0)
        }
    }()
}

/// A row of `images.csv`.
struct ImageRow: Sendable, CustomTestStringConvertible {
    var file: String
    var bitsStored: Int
    var isLossy: Bool
    /// SHA-256 of the decoded samples in hexadecimal; empty if its maker could not decode the file.
    var digest: String

    init(_ line: Substring) {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        file = fields[0]
        bitsStored = Int(fields[5]) ?? 0
        isLossy = fields[10] == "01"
        digest = fields[fields.count - 1]
    }

    var testDescription: String { file }
}

/// Hexadecimal digits of bytes.
func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
