// SPDX-License-Identifier: Apache-2.0
#ifndef GUARD_H
#define GUARD_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Runs `body(context)` and survives an assertion that fails in it.
///
/// Debian builds its codecs with assertions on, and damaged files reach some of them: OpenJPEG 2.5.0 ends
/// the process at a wrong byte of an HTJ2K code block. On Linux such an assertion returns here instead;
/// what the library had allocated by then is lost. Elsewhere this is a plain call.
///
///  - text  [capacity] characters: the assertion, terminated; empty if none failed
///
/// Returns 1 if `body` returned, 0 if an assertion failed.
int guard_call(void (*body)(void *), void *context, char *text, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif
