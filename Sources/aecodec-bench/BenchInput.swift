// SPDX-License-Identifier: Apache-2.0
import Foundation
import MedicalFormats
import Samples

/// A word on standard error.
func note(_ words: String) {
    FileHandle.standardError.write(Data((words + "\n").utf8))
}

/// The image in a file, or nil after a word on standard error.
func readImage(_ file: String) -> MedicalFile? {
    do {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        let image = try MedicalFile.read(bytes)
        guard image.samples.format.bitsStored <= 16 else {
            note("skipped \(file): peers take up to 16 bits")
            return nil
        }
        return image
    } catch let error as MedicalFileError {
        note("skipped \(file): \(error)")
    } catch {
        note("skipped \(file): \(error.localizedDescription)")
    }
    return nil
}
