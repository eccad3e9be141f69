// SPDX-License-Identifier: Apache-2.0

/// How a transfer syntax writes the data set and its pixels.
struct TransferSyntax: Equatable, Sendable {
    /// What a reader must do for the pixels.
    enum Coding: Equatable, Sendable {
        case native, deflated, runLength, jpeg, jpegLS, jpeg2000
    }

    let uid: String
    let name: String
    /// Nil if this module cannot decode the syntax.
    let coding: Coding?
    let encoding: DatasetEncoding

    private init(
        _ uid: String, _ name: String, _ coding: Coding?,
        encoding: DatasetEncoding = DatasetEncoding(hasExplicitVR: true)
    ) {
        self.uid = uid
        self.name = name
        self.coding = coding
        self.encoding = encoding
    }

    static let explicitLittleEndian = TransferSyntax(
        "1.2.840.10008.1.2.1", "Explicit VR Little Endian", .native)
    static let implicitLittleEndian = TransferSyntax(
        "1.2.840.10008.1.2", "Implicit VR Little Endian", .native,
        encoding: DatasetEncoding(hasExplicitVR: false))
    static let explicitBigEndian = TransferSyntax(
        "1.2.840.10008.1.2.2", "Explicit VR Big Endian", .native,
        encoding: DatasetEncoding(hasExplicitVR: true, isBigEndian: true))

    /// The syntax of an identifier; nil if it is unknown.
    static func named(_ uid: String) -> TransferSyntax? { table[uid] }

    /// PS3.6, table A-1, and two private ones that are met in archives.
    private static let table: [String: TransferSyntax] = {
        let jpeg = "1.2.840.10008.1.2.4."
        let rows = [
            implicitLittleEndian, explicitLittleEndian, explicitBigEndian,
            TransferSyntax("1.2.840.10008.1.2.1.99", "Deflated Explicit VR Little Endian", .deflated),
            TransferSyntax(
                "1.2.840.10008.1.2.1.98", "Encapsulated Uncompressed Explicit VR Little Endian", nil),
            TransferSyntax("1.2.840.10008.1.2.5", "RLE Lossless", .runLength),
            TransferSyntax(jpeg + "50", "JPEG Baseline", .jpeg),
            TransferSyntax(jpeg + "51", "JPEG Extended", .jpeg),
            TransferSyntax(jpeg + "53", "JPEG Spectral Selection", .jpeg),
            TransferSyntax(jpeg + "55", "JPEG Full Progression", .jpeg),
            TransferSyntax(jpeg + "57", "JPEG Lossless", .jpeg),
            TransferSyntax(jpeg + "70", "JPEG Lossless SV1", .jpeg),
            TransferSyntax(jpeg + "80", "JPEG-LS Lossless", .jpegLS),
            TransferSyntax(jpeg + "81", "JPEG-LS Near-Lossless", .jpegLS),
            TransferSyntax(jpeg + "90", "JPEG 2000 Lossless", .jpeg2000),
            TransferSyntax(jpeg + "91", "JPEG 2000", .jpeg2000),
            TransferSyntax(jpeg + "92", "JPEG 2000 Part 2 Multi-component Lossless", nil),
            TransferSyntax(jpeg + "93", "JPEG 2000 Part 2 Multi-component", nil),
            TransferSyntax(jpeg + "94", "JPIP Referenced", nil),
            TransferSyntax(jpeg + "95", "JPIP Referenced Deflate", nil),
            TransferSyntax(jpeg + "100", "MPEG-2 Main Profile", nil),
            TransferSyntax(jpeg + "101", "MPEG-2 High Profile", nil),
            TransferSyntax(jpeg + "102", "MPEG-4 AVC/H.264 High Profile", nil),
            TransferSyntax(jpeg + "103", "MPEG-4 AVC/H.264 BD-compatible High Profile", nil),
            TransferSyntax(jpeg + "104", "MPEG-4 AVC/H.264 High Profile for 2D Video", nil),
            TransferSyntax(jpeg + "105", "MPEG-4 AVC/H.264 High Profile for 3D Video", nil),
            TransferSyntax(jpeg + "106", "MPEG-4 AVC/H.264 Stereo High Profile", nil),
            TransferSyntax(jpeg + "107", "HEVC/H.265 Main Profile", nil),
            TransferSyntax(jpeg + "108", "HEVC/H.265 Main 10 Profile", nil),
            TransferSyntax(jpeg + "110", "JPEG XL Lossless", nil),
            TransferSyntax(jpeg + "111", "JPEG XL JPEG Recompression", nil),
            TransferSyntax(jpeg + "112", "JPEG XL", nil),
            TransferSyntax(jpeg + "201", "HTJ2K Lossless", .jpeg2000),
            TransferSyntax(jpeg + "202", "HTJ2K Lossless RPCL", .jpeg2000),
            TransferSyntax(jpeg + "203", "HTJ2K", .jpeg2000),
            TransferSyntax(jpeg + "204", "JPIP HTJ2K Referenced", nil),
            TransferSyntax(jpeg + "205", "JPIP HTJ2K Referenced Deflate", nil),
            TransferSyntax("1.2.840.10008.1.2.8.1", "Deflated Image Frame Compression", nil),
            TransferSyntax("1.2.840.10008.1.20", "Papyrus 3 Implicit VR Little Endian", nil),
            TransferSyntax("1.2.840.113619.5.2", "GE Private Implicit VR with Big Endian Pixels", nil),
        ]
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.uid, $0) })
    }()
}
