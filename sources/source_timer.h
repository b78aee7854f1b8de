/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alarms of one loop, by the monotonic clock: a heap, because a thousand of
 * them wait while one rings.
 */
#ifndef AFFIANT_SOURCE_TIMER_H
#define AFFIANT_SOURCE_TIMER_H

#include "verify/base/fault.h"

#include <stdint.h>

struct source_timer;
struct source_timers {
	struct source_timer **heap; /* the earliest first */
	size_t n, cap;
	size_t n_open; /* room is made for all that are open */
};

/* Zeroed: not open. Its place in memory is its name: it does not move. */
struct source_timer {
	uint64_t at_ns;
	size_t place; /* in the heap, from 1; 0: not set */
	void (*ring)(void *user);
	void *user;
	struct source_timers *timers;
};

void source_timers_drop(struct source_timers *all);
/* SYSTEM at "source.internal". Setting it cannot fail then. */
FALLIBLE source_timer_open(struct source_timers *all, struct source_timer *t,
    void (*ring)(void *user), void *user, struct fault *f);
void source_timer_close(struct source_timer *t); /* accepts a zeroed one */

/* Rings once, at this moment or soon after; a new moment replaces the old. */
void source_timer_set(struct source_timer *t, uint64_t at_ns);
void source_timer_clear(struct source_timer *t);

/* Takes what is due out and rings it. */
void source_timers_ring(struct source_timers *all, uint64_t now_ns);
/* When the next is due; UINT64_MAX: none is set. */
uint64_t source_timers_next(const struct source_timers *all);

#endif
