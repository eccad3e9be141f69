// SPDX-License-Identifier: Apache-2.0
#ifndef AE_KERNELS_H
#define AE_KERNELS_H
#include "ae_adaptive.h"
#include "ae_fit.h"
#include "ae_latents.h"
#include "ae_lines.h"
#include "ae_network.h"
#include "ae_signals.h"
#include "ae_symbols.h"
#include "ae_trellis.h"
#include "ae_upsample.h"
#include "ae_wavefront.h"
#include "ae_wavelet.h"
#endif
