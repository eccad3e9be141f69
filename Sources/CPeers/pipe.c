// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "peers.h"
#include <fcntl.h>
#include <unistd.h>

int peer_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
