// SPDX-License-Identifier: Apache-2.0
import CDCMTKShim

/// DCMTK's data dictionary; loading it costs some 20 ms, so only what needs keywords asks.
enum DataDictionary {
    /// The keyword of a tag, such as `PatientID`, or an empty text; and its value representation, or "UN".
    static func entry(_ tag: Tag) -> (keyword: String, representation: ValueRepresentation) {
        var keyword = [CChar](repeating: 0, count: 128)
        var letters = [CChar](repeating: 0, count: 3)
        unsafe dcm_look_up(tag.group, tag.element, &keyword, keyword.count, &letters)
        return (
            String(decoding: keyword.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self),
            ValueRepresentation(UInt8(bitPattern: letters[0]), UInt8(bitPattern: letters[1]))
        )
    }
}
