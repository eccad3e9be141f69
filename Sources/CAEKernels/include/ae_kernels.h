// SPDX-License-Identifier: Apache-2.0
#ifndef AE_KERNELS_H
#define AE_KERNELS_H
#include <stdint.h>
#include <stddef.h>
#endif
