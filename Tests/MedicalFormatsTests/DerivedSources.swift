// SPDX-License-Identifier: Apache-2.0
import Foundation
import MedicalFormats
import Samples
import Testing

/// Native files to derive instances from.
enum DerivedSources {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

    /// Every good DICOM fixture: mammograms, CT, MR, several frames, lossy ones, odd ones.
    static let fixtures: [String] = ["breast", "edge", "pydicom"].flatMap { name in
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + name)) ?? []
        return files.filter { $0.hasSuffix(".dcm") }.sorted().map { name + "/" + $0 }
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        try Array(Data(contentsOf: folder.appendingPathComponent(path)))
    }

    /// A file as decompression rebuilds it: native, little endian.
    static func rebuilt(_ bytes: [UInt8]) throws -> [UInt8] {
        let file = try MedicalFile.read(bytes)
        return try file.source.rebuilt(from: [file.samples])
    }

    static func rebuilt(fixture path: String) throws -> [UInt8] { try rebuilt(bytes(path)) }
}

/// An instance built element by element; nil leaves an attribute out.
struct DerivedSource {
    /// Functional groups of an enhanced object.
    enum Groups { case none, plain, sharedMacro, perFrameMacro }

    var syntax = DICOMBuilder.Syntax.explicit
    var imageType: String? = #"ORIGINAL\PRIMARY\M"#
    var instance: String? = "1.2.3.4"
    var description: String?
    var lossy: String?
    var ratio: String?
    var method: String?
    var groups = Groups.none
    var hasUndefinedLengths = false
    var hasSignatures = false
    var hasGroupLength = false
    /// A whole element with a tag between those of Derivation Description and Study Instance UID.
    var unknownSequence: [UInt8] = []

    static let enhancedMR = "1.2.840.10008.5.1.4.1.1.4.1"

    var bytes: [UInt8] {
        var dataset = DICOMBuilder(syntax)
        if hasGroupLength { dataset.element(0x08, 0x00, "UL", [99, 0, 0, 0]) }
        if let imageType { dataset.text(0x08, 0x08, "CS", imageType) }
        dataset.text(0x08, 0x16, "UI", Self.enhancedMR)
        if let instance { dataset.text(0x08, 0x18, "UI", instance) }
        if let description { dataset.text(0x08, 0x2111, "ST", description) }
        dataset.raw(unknownSequence)
        dataset.text(0x20, 0x0D, "UI", "1.2.3.1")
        dataset.text(0x20, 0x0E, "UI", "1.2.3.2")
        dataset.describe(DICOMBuilder.Image(frames: "2", lossy: lossy))
        if let ratio { dataset.text(0x28, 0x2112, "DS", ratio) }
        if let method { dataset.text(0x28, 0x2114, "CS", method) }
        if hasSignatures { sequence(&dataset, 0x4FFE, 0x01, [item { $0.text(0x400, 0x15, "CS", "SHA1") }]) }
        if groups != .none { appendGroups(&dataset) }
        dataset.element(0x7FE0, 0x10, "OW", (0..<60).map { UInt8($0 % 2 == 0 ? $0 : 0) })
        if hasSignatures { sequence(&dataset, 0xFFFA, 0xFFFA, [item { $0.number(0x400, 0x05, 1) }]) }
        dataset.element(0xFFFC, 0xFFFC, "OB", [1, 2])
        return DICOMBuilder.file(syntax.rawValue, dataset.bytes)
    }

    private func appendGroups(_ dataset: inout DICOMBuilder) {
        let type = item { $0.text(0x08, 0x9007, "CS", #"ORIGINAL\PRIMARY\M\NONE"#) }
        let code = item {
            $0.text(0x08, 0x100, "SH", "113072")
            $0.text(0x08, 0x102, "SH", "DCM")
            $0.text(0x08, 0x104, "LO", "Multiplanar reformatting")
        }
        let macro = item { sequence(&$0, 0x08, 0x9215, [code]) }
        let shared = item {
            if groups == .sharedMacro { sequence(&$0, 0x08, 0x9124, [macro]) }
            sequence(&$0, 0x18, 0x9226, [type])
        }
        let frame = item {
            if groups == .perFrameMacro { sequence(&$0, 0x08, 0x9124, [macro]) }
            sequence(&$0, 0x20, 0x9111, [item { $0.text(0x20, 0x9056, "SH", "1") }])
        }
        sequence(&dataset, 0x5200, 0x9229, [shared])
        sequence(&dataset, 0x5200, 0x9230, [frame, frame])
    }

    private func item(_ fill: (inout DICOMBuilder) -> Void) -> [UInt8] {
        var builder = DICOMBuilder(syntax)
        fill(&builder)
        return builder.bytes
    }

    private func sequence(_ builder: inout DICOMBuilder, _ group: Int, _ element: Int, _ items: [[UInt8]]) {
        let size = items.reduce(0) { $0 + 8 + $1.count }
        builder.header(group, element, "SQ", length: hasUndefinedLengths ? 0xFFFF_FFFF : size)
        for item in items {
            builder.delimiter(0xE000, length: hasUndefinedLengths ? 0xFFFF_FFFF : item.count)
            builder.raw(item)
            if hasUndefinedLengths { builder.delimiter(0xE00D) }
        }
        if hasUndefinedLengths { builder.delimiter(0xE0DD) }
    }
}
