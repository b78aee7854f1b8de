/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets on 127.0.0.1. */
#ifndef AFFIANT_DEMO_LISTEN_H
#define AFFIANT_DEMO_LISTEN_H

#include "verify/base/fault.h"

#include <stdint.h>

/* wanted 0: any free port. SYSTEM when it is in use. */
FALLIBLE demo_listen_open(
    uint16_t wanted, int *fd_out, uint16_t *port_out, struct fault *f);
/* An accepted connection with its timeouts set, or -1. */
int demo_listen_accept(int fd);

#endif
