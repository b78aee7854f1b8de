/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In front of sealed requests: how many are taken, and none of them twice.
 * One bucket for everybody, because callers are not told apart.
 */
#ifndef AFFIANT_REQUEST_GATE_H
#define AFFIANT_REQUEST_GATE_H

#include "verify/base/bytes.h"
#include "verify/base/utc.h"

/* How far the clock of a caller may be from ours, either way. */
#define REQUEST_WINDOW_MS 60000
/* In a minute, at most. */
#define REQUEST_RATE_MAX 240
/*
 * Nonces that are remembered: all that can be taken while one of them could
 * come again (two windows), and the bucket's content at their start.
 */
#define REQUEST_MEMORY \
	(REQUEST_RATE_MAX * (2 * REQUEST_WINDOW_MS / 60000) + REQUEST_RATE_MAX)

struct request_gate;

/* per_minute: 1..REQUEST_RATE_MAX; the bucket holds as many. */
FALLIBLE request_gate_new(uint64_t per_minute, uint64_t at_once,
    struct request_gate **out, struct fault *f);
void request_gate_free(struct request_gate *g); /* NULL is allowed */

/*
 * Takes one from the bucket and a place among those under way: pair with
 * request_gate_leave. LIMIT at "request.rate" or "request.busy".
 * `now_ns` is of clock_monotonic_ns().
 */
FALLIBLE request_gate_enter(
    struct request_gate *g, uint64_t now_ns, struct fault *f);
void request_gate_leave(struct request_gate *g);

/*
 * Takes a request of this time and nonce once. POLICY at "request.time" or
 * "request.replay". Call it between enter and leave, once.
 */
FALLIBLE request_gate_take(struct request_gate *g, struct span nonce,
    struct utc made, struct utc now, struct fault *f);

#endif
