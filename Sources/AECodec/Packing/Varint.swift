// SPDX-License-Identifier: Apache-2.0
package import AEContainer

extension ByteReader {
    /// The next number of variable length, from 0 to a limit. (Spec/bitstream.md, section 1)
    ///
    /// - Throws: `DecodeError.fieldOutOfRange` with the largest number there is for one that has too many
    ///   bits or is not in its shortest form, `ContainerError.truncated`.
    package mutating func varint(field: String, atMost limit: Int) throws -> Int {
        let value: Int
        do throws(ContainerError) { value = Int(clamping: try varint()) } catch {
            guard case .invalidVarint = error else { throw error }
            throw DecodeError.fieldOutOfRange(field: field, value: .max)
        }
        guard value <= limit else { throw DecodeError.fieldOutOfRange(field: field, value: value) }
        return value
    }
}
