// SPDX-License-Identifier: Apache-2.0
import Digest
public import Samples

extension MedicalFile {
    /// The record of a file that is kept whole: whatever it holds, readable here or not.
    ///
    /// - Parameter bytes: The whole file.
    /// - Returns: A record without cuts; its format is what the first bytes say.
    public static func whole(_ bytes: [UInt8]) -> SourceRecord {
        let format: SourceRecord.Format =
            switch recognizes(bytes) {
            case .dicom: .dicom
            case .pgm: .pgm
            case .png: .png
            case .npy, nil: .other
            }
        return SourceRecord(
            format: format, isByteExact: true, byteCount: bytes.count, digest: SHA256.hash(bytes), cuts: [],
            kept: bytes)
    }
}
