// SPDX-License-Identifier: Apache-2.0
import CDCMTKShim

/// The data set of a file of the deflated transfer syntax. (PS3.5, A.5)
///
/// It is inflated twice, first to learn its size.
///
/// - Parameters:
///   - bytes: The file.
///   - offset: Where the deflated data set starts.
/// - Returns: The data set.
/// - Throws: ``MedicalFileError/damagedDeflate``, also if it has more bytes than any image this module reads.
func inflatedDataset(_ bytes: [UInt8], from offset: Int) throws(MedicalFileError) -> [UInt8] {
    /// Room for the largest image and as many bytes of other attributes as the file can reasonably have.
    let limit = 2 * PixelLayout.maximumSamples + (1 << 26)
    let deflated = bytes[offset...]
    var count = 0
    let status = unsafe deflated.withUnsafeBufferPointer { source in
        unsafe dcm_inflate(source.baseAddress, source.count, nil, limit, &count)
    }
    guard status == DCM_OK else { throw .damagedDeflate }
    var second = DCM_OK
    let inflated = [UInt8](capacity: count) { target in
        unsafe target.withUnsafeMutableBufferPointer { target, produced in
            second = unsafe deflated.withUnsafeBufferPointer { source in
                unsafe dcm_inflate(source.baseAddress, source.count, target.baseAddress, count, &produced)
            }
        }
    }
    guard second == DCM_OK, inflated.count == count else { throw .damagedDeflate }
    return inflated
}
