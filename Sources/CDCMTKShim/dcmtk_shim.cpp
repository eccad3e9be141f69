// SPDX-License-Identifier: Apache-2.0
#include "dcmtk_shim.h"

#include <dcmtk/config/osconfig.h>

extern "C" const char *dcm_library_version(void) { return PACKAGE_VERSION; }
