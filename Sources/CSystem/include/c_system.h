// SPDX-License-Identifier: Apache-2.0
#ifndef C_SYSTEM_H
#define C_SYSTEM_H
#include <stddef.h>

/// Keeps blocks of four mebibytes and more out of the heap, so that their memory goes back to the system when
/// they are freed; of the heap itself up to 16 MiB are kept. Does nothing where the C library has no such setting.
void c_return_large_blocks(void);

/// Tells the system that a block which nobody has touched yet will be written as a whole, so that it may map it in
/// large pages: the first touch of each page of 4 KiB takes as long as to decode some hundred samples.
///
/// The advice may outlive the block where the C library keeps its memory, which does no harm. Small blocks, and
/// systems without such pages, are left as they are.
void c_expect_whole_use(void *block, size_t byte_count);

#endif
