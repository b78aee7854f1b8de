/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often one host may be asked: so many requests at once, so many in a
 * second, and not at all before the time that it named in a Retry-After.
 * Nothing here reads a clock or waits; the loop does (source_loop.c).
 */
#ifndef AFFIANT_SOURCE_HOST_H
#define AFFIANT_SOURCE_HOST_H

#include "sources/sources.h"

struct source_host {
	unsigned n_busy;
	uint64_t due_ns;  /* when the rate has made up for all so far */
	uint64_t held_ns; /* the host asked not to be asked before */
};

/*
 * Whether a request may go now; counts it when so. When not, *again_ns is
 * when it might; UINT64_MAX: as soon as one of those under way has ended.
 * A host that was silent may be asked as often as in one second at once.
 */
bool source_host_enter(struct source_host *h, const struct source_limits *l,
    uint64_t now_ns, uint64_t *again_ns);
void source_host_leave(struct source_host *h);
/* Not before then; never shortens what was said before. */
void source_host_hold(struct source_host *h, uint64_t until_ns);

#endif
