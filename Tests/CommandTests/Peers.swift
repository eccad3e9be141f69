// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Programs of others that look at what `decompress` wrote; tests that need them are skipped, loudly, where
/// they are absent.
enum Peers {
    static let hasPydicom = (try? run("python3", ["-c", "import pydicom"]))?.status == 0
    static let pydicomAbsence: Comment = "SKIPPED: python3 with pydicom is absent; it reads derived instances"

    static let hasValidator = find("dciodvfy") != nil
    static let validatorAbsence: Comment =
        "SKIPPED: dciodvfy (Debian: dicom3tools) is absent; it checks derived instances"

    /// The attributes of a DICOM file that tell of its derivation, as pydicom reads them.
    struct Record: Decodable {
        let instance: String
        let mediaInstance: String
        let imageType: [String]
        let lossy: String
        let ratios: [Double]
        let methods: [String]
        let description: String
        let sources: [String]
        let pixelByteCount: Int
    }

    /// Reads a file with pydicom.
    static func record(_ file: URL) throws -> Record {
        let script = """
            import json, sys, pydicom
            d = pydicom.dcmread(sys.argv[1])
            def many(name):
                v = d.get(name)
                return [] if v is None else list(v) if hasattr(v, "__iter__") and not isinstance(v, str) else [v]
            print(json.dumps({
                "instance": d.SOPInstanceUID, "mediaInstance": d.file_meta.MediaStorageSOPInstanceUID,
                "imageType": many("ImageType"), "lossy": d.get("LossyImageCompression", ""),
                "ratios": [float(v) for v in many("LossyImageCompressionRatio")],
                "methods": many("LossyImageCompressionMethod"),
                "description": str(d.get("DerivationDescription", "")),
                "sources": [i.ReferencedSOPInstanceUID for i in d.get("SourceImageSequence", [])],
                "pixelByteCount": len(d.PixelData)}))
            """
        let run = try run("python3", ["-W", "ignore", "-c", script, file.path])
        return try JSONDecoder().decode(Record.self, from: run.output)
    }

    /// The errors that dciodvfy finds in a file.
    static func errors(_ file: URL) throws -> Set<String> {
        let output = String(decoding: try run("dciodvfy", [file.path]).output, as: UTF8.self)
        return Set(output.split(separator: "\n").map(String.init).filter { $0.hasPrefix("Error") })
    }

    private struct NotFound: Error {}

    private static func find(_ name: String) -> URL? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map { URL(fileURLWithPath: "\($0)/\(name)") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    /// Runs a program of the search path to its end; standard error is joined to the output.
    private static func run(_ name: String, _ arguments: [String]) throws -> (status: Int32, output: Data) {
        guard let program = find(name) else { throw NotFound() }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }
}
