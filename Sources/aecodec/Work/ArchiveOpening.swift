// SPDX-License-Identifier: Apache-2.0
import AECodec

/// Whether bytes start as an archive does, its version aside. (Spec/container.md, 2)
func isArchive(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x8A, 0x41, 0x45, 0x43, 0x0D, 0x0A, 0x1A, 0x0A])
}

/// Opens and parses an archive.
///
/// - Parameter isTruncated: Whether its end may be missing.
/// - Throws: An error if it is larger than the memory allowed, or no archive.
func openArchive(
    _ input: Input, _ options: DecodeOptions, isTruncated: Bool = false
) throws -> (archive: Archive, status: FileStatus) {
    let descriptor = try input.open()
    let status = try descriptor.status()
    if status.kind == .regular, status.byteCount > options.maximumMemory {
        throw DecodeError.memoryLimit(needed: status.byteCount, limit: options.maximumMemory)
    }
    let bytes = try System.readAll(descriptor.number)
    let archive =
        isTruncated ? try Archive(truncated: bytes, options: options) : try Archive(bytes, options: options)
    return (archive, status)
}
