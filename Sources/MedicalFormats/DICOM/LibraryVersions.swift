// SPDX-License-Identifier: Apache-2.0
import CDCMTKShim
import COpenJPEGShim

/// Versions of the libraries behind this module, for `--version`.
public enum LibraryVersions {
    /// DCMTK.
    public static var dcmtk: String { unsafe String(cString: dcm_library_version()) }
    /// OpenJPEG.
    public static var openJPEG: String { unsafe String(cString: j2k_library_version()) }
}
