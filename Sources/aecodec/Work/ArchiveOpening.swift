// SPDX-License-Identifier: Apache-2.0
import AECodec

/// Whether bytes start as an archive does, its version aside. (Spec/container.md, 2)
func isArchive(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x8A, 0x41, 0x45, 0x43, 0x0D, 0x0A, 0x1A, 0x0A])
}

/// Opens and parses an archive.
///
/// - Throws: An error if it is larger than the memory allowed, or no archive.
func openArchive(_ input: Input, _ options: DecodeOptions) throws -> (archive: Archive, status: FileStatus) {
    let descriptor = try input.open()
    let status = try descriptor.status()
    if status.kind == .regular, status.byteCount > options.maximumMemory {
        throw DecodeError.memoryLimit(needed: status.byteCount, limit: options.maximumMemory)
    }
    return (try Archive(try System.readAll(descriptor.number), options: options), status)
}
