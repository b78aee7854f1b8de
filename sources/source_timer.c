/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_timer.h"

#include <stdlib.h>

void source_timers_drop(struct source_timers *all)
{
	free(all->heap);
	*all = (struct source_timers){ 0 };
}

bool source_timer_open(struct source_timers *all, struct source_timer *t,
    void (*ring)(void *user), void *user, struct fault *f)
{
	if (all->n_open == all->cap) {
		size_t cap = all->cap > 0 ? 2 * all->cap : 16;
		struct source_timer **heap =
		    realloc(all->heap, cap * sizeof(struct source_timer *));

		if (heap == NULL)
			return fault_raise(f, FAULT_SYSTEM, "source.internal",
			    "out of memory");
		all->heap = heap;
		all->cap = cap;
	}
	all->n_open++;
	*t = (struct source_timer){ .ring = ring, .user = user, .timers = all };
	return true;
}

void source_timer_close(struct source_timer *t)
{
	if (t->timers == NULL)
		return;
	source_timer_clear(t);
	t->timers->n_open--;
	*t = (struct source_timer){ 0 };
}

/* ---- the heap: children of i are 2i+1 and 2i+2 --------------------------- */

static void put(struct source_timers *all, size_t i, struct source_timer *t)
{
	all->heap[i] = t;
	t->place = i + 1;
}

static size_t rise(struct source_timers *all, size_t i)
{
	struct source_timer *t = all->heap[i];

	while (i > 0 && all->heap[(i - 1) / 2]->at_ns > t->at_ns) {
		put(all, i, all->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	put(all, i, t);
	return i;
}

static void sink(struct source_timers *all, size_t i)
{
	struct source_timer *t = all->heap[i];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < all->n &&
		    all->heap[child + 1]->at_ns < all->heap[child]->at_ns)
			child++;
		if (child >= all->n || all->heap[child]->at_ns >= t->at_ns)
			break;
		put(all, i, all->heap[child]);
		i = child;
	}
	put(all, i, t);
}

void source_timer_set(struct source_timer *t, uint64_t at_ns)
{
	struct source_timers *all = t->timers;

	t->at_ns = at_ns;
	if (t->place == 0)
		put(all, all->n++, t);
	sink(all, rise(all, t->place - 1));
}

void source_timer_clear(struct source_timer *t)
{
	struct source_timers *all = t->timers;
	size_t i = t->place - 1;

	if (t->place == 0)
		return;
	t->place = 0;
	all->n--;
	if (i == all->n)
		return;
	put(all, i, all->heap[all->n]);
	sink(all, rise(all, i));
}

/* ---- ringing ------------------------------------------------------------ */

void source_timers_ring(struct source_timers *all, uint64_t now_ns)
{
	/* What is set anew while ringing is due now at the earliest, and then
	 * waits for the next call: this always ends. */
	size_t left = all->n;

	while (left-- > 0 && all->n > 0 && all->heap[0]->at_ns <= now_ns) {
		struct source_timer *t = all->heap[0];

		source_timer_clear(t);
		t->ring(t->user);
	}
}

uint64_t source_timers_next(const struct source_timers *all)
{
	return all->n > 0 ? all->heap[0]->at_ns : UINT64_MAX;
}
