// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Programs of others that look at what `decompress` wrote; tests that need them are skipped, loudly, where
/// they are absent.
enum Peers {
    static let hasPydicom = PeerProgram.pydicom != nil
    static let pydicomAbsence: Comment = "SKIPPED: python3 with pydicom is absent; it reads derived instances"

    static let hasValidator = PeerProgram.dciodvfy != nil
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
        let python = try #require(PeerProgram.pydicom)
        let run = try python.run(["-W", "ignore", "-c", script, file.path])
        return try JSONDecoder().decode(Record.self, from: run.output)
    }

    /// The errors that dciodvfy finds in a file.
    static func errors(_ file: URL) throws -> Set<String> {
        try #require(PeerProgram.dciodvfy).errors(in: file.path)
    }
}
