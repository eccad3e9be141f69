// SPDX-License-Identifier: Apache-2.0
#ifndef C_SYSTEM_H
#define C_SYSTEM_H

/// Keeps blocks of a mebibyte and more out of the heap, so that their memory goes back to the system when
/// they are freed. Does nothing where the C library has no such setting.
void c_return_large_blocks(void);

#endif
