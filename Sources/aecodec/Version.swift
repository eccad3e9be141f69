// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import MedicalFormats

/// What `--version` prints: the program, the format, and the libraries that decide about files.
var versionText: String {
    """
    aecodec 0.1.0
    container \(ContainerVersion.current)
    DCMTK \(LibraryVersions.dcmtk)
    OpenJPEG \(LibraryVersions.openJPEG)
    zstd \(zstdVersion)
    """
}
