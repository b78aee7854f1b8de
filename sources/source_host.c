/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_host.h"

#define SECOND_NS UINT64_C(1000000000)

bool source_host_enter(struct source_host *h, const struct source_limits *l,
    uint64_t now_ns, uint64_t *again_ns)
{
	uint64_t step_ns = 0, burst_ns;

	if (now_ns < h->held_ns) {
		*again_ns = h->held_ns;
		return false;
	}
	if (h->n_busy >= l->per_host_connections) {
		*again_ns = UINT64_MAX;
		return false;
	}
	if (l->per_host_per_s > 0) {
		/* Each request moves due_ns by one step; one second's worth of
		 * steps may be taken in advance, this one among them. */
		step_ns = SECOND_NS / l->per_host_per_s;
		burst_ns = step_ns * (l->per_host_per_s - 1);
		if (h->due_ns < now_ns)
			h->due_ns = now_ns;
		if (h->due_ns - now_ns > burst_ns) {
			*again_ns = h->due_ns - burst_ns;
			return false;
		}
		h->due_ns += step_ns;
	}
	h->n_busy++;
	return true;
}

void source_host_leave(struct source_host *h)
{
	h->n_busy--;
}

void source_host_hold(struct source_host *h, uint64_t until_ns)
{
	if (h->held_ns < until_ns)
		h->held_ns = until_ns;
}
