// SPDX-License-Identifier: Apache-2.0
#include "ae_kernels.h"
