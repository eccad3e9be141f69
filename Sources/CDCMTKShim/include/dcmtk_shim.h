// SPDX-License-Identifier: Apache-2.0
#ifndef DCMTK_SHIM_H
#define DCMTK_SHIM_H

#ifdef __cplusplus
extern "C" {
#endif

/// DCMTK's version as text, for `--version`.
const char *dcm_library_version(void);

#ifdef __cplusplus
}
#endif

#endif
