// SPDX-License-Identifier: Apache-2.0
#include "guard.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef __linux__

/// Where a failed assertion of this thread lands; NULL outside `guard_call`.
static _Thread_local struct landing {
    jmp_buf place;
    const char *assertion;
} *landing;

/// Takes the place of the C library's function for the whole process, as the linker finds a program's own
/// symbols first. Outside `guard_call` it does what that function does.
_Noreturn void __assert_fail(const char *assertion, const char *file, unsigned int line, const char *function) {
    if (landing) {
        landing->assertion = assertion;
        longjmp(landing->place, 1);
    }
    fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function ? function : "?", assertion);
    abort();
}

int guard_call(void (*body)(void *), void *context, char *text, size_t capacity) {
    struct landing here;
    struct landing *const outer = landing;
    if (capacity > 0) text[0] = 0;
    if (setjmp(here.place)) {
        landing = outer;
        snprintf(text, capacity, "%s", here.assertion);
        return 0;
    }
    landing = &here;
    body(context);
    landing = outer;
    return 1;
}

#else

int guard_call(void (*body)(void *), void *context, char *text, size_t capacity) {
    if (capacity > 0) text[0] = 0;
    body(context);
    return 1;
}

#endif
