#pragma once
#define ZSTD_STATIC_LINKING_ONLY  // magicless frames and the choice of literal coding
#include <zstd.h>
#include <zstd_errors.h>
#include <zdict.h>
