// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// What pydicom, an independent reader, finds in an instance; values that break the rules of their
/// representation are errors to it.
struct DerivedRecord: Decodable, Equatable {
    struct Source: Decodable, Equatable {
        var sopClass: String
        var instance: String
        /// Values and schemes of the purpose's codes.
        var purposes: [[String]]
    }

    /// What an item of the Derivation Image macro holds.
    struct Macro: Decodable, Equatable {
        var codes: [[String]]
        var sources: [Source]
    }

    var mediaClass: String
    var mediaInstance: String
    var transferSyntax: String
    var sopClass: String
    var instance: String
    var imageType: [String]
    var lossy: String
    var ratios: [String]
    var methods: [String]
    var description: String
    var codes: [[String]]
    var sources: [Source]
    var frameTypes: [[String]]
    /// Derivation Image macros of the shared group and of each frame's.
    var macros: [[Macro]]
    /// Instances of Source Image Evidence Sequence: study, series, instance.
    var evidence: [[String]]
    var pixelDigest: String

    /// Reads instances, in one run of Python.
    static func read(_ instances: [[UInt8]]) throws -> [DerivedRecord] {
        let folder = try TemporaryFolder()
        let paths = try instances.enumerated().map { try folder.write($1, as: "\($0).dcm") }
        let (status, output) = try #require(PeerProgram.pydicom).run(["-W", "error", "-c", script] + paths)
        try #require(status == 0, "pydicom: \(String(decoding: output.suffix(400), as: UTF8.self))")
        return try JSONDecoder().decode([DerivedRecord].self, from: output)
    }

    private static let script = #"""
        import hashlib, json, sys
        import pydicom
        from pydicom import config
        config.settings.reading_validation_mode = config.RAISE

        def values(ds, key):
            value = ds.get(key)
            if value is None or value == "":
                return []
            many = isinstance(value, (list, pydicom.multival.MultiValue))
            return [str(v) for v in value] if many else [str(value)]

        def codes(items):
            return [[c.CodeValue, c.CodingSchemeDesignator] for c in items]

        def sources(ds):
            return [dict(sopClass=i.ReferencedSOPClassUID, instance=i.ReferencedSOPInstanceUID,
                         purposes=codes(i.PurposeOfReferenceCodeSequence))
                    for i in ds.get("SourceImageSequence", [])]

        def record(path):
            ds = pydicom.dcmread(path)
            groups = list(ds.get("SharedFunctionalGroupsSequence", []))
            groups += list(ds.get("PerFrameFunctionalGroupsSequence", []))
            macros = [[dict(codes=codes(m.DerivationCodeSequence), sources=sources(m))
                       for m in g.get("DerivationImageSequence", [])] for g in groups]
            evidence = [[s.StudyInstanceUID, r.SeriesInstanceUID, i.ReferencedSOPInstanceUID]
                        for s in ds.get("SourceImageEvidenceSequence", [])
                        for r in s.ReferencedSeriesSequence for i in r.ReferencedSOPSequence]
            types = [values(i, "FrameType") for g in groups for e in g if e.VR == "SQ"
                     for i in e.value if "FrameType" in i]
            return dict(
                mediaClass=ds.file_meta.MediaStorageSOPClassUID,
                mediaInstance=ds.file_meta.MediaStorageSOPInstanceUID,
                transferSyntax=ds.file_meta.TransferSyntaxUID,
                sopClass=ds.get("SOPClassUID", ""), instance=ds.get("SOPInstanceUID", ""),
                imageType=values(ds, "ImageType"), lossy=ds.get("LossyImageCompression", ""),
                ratios=values(ds, "LossyImageCompressionRatio"),
                methods=values(ds, "LossyImageCompressionMethod"),
                description=ds.get("DerivationDescription", ""),
                codes=codes(ds.get("DerivationCodeSequence", [])), sources=sources(ds),
                frameTypes=types, macros=macros, evidence=evidence,
                pixelDigest=hashlib.sha256(ds.PixelData).hexdigest())

        print(json.dumps([record(path) for path in sys.argv[1:]]))
        """#
}
