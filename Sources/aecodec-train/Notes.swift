// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Writes a line of progress to standard error.
func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

/// Prints what a model file is known by.
func printModel(_ path: String, byteCount: Int, digest: [UInt8]) {
    let digits = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    print("\(path): \(byteCount) bytes, SHA-256 \(digits)")
}
