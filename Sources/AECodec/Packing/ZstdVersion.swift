// SPDX-License-Identifier: Apache-2.0
import CZstd

/// The version of the zstd library that is loaded.
package var zstdVersion: String { unsafe String(cString: ZSTD_versionString()) }
