/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One round's observations as a statement that stands on its own: every view
 * points into the view's own memory, so it outlives the source set's next
 * fetch, and statements bound to a nonce can be made of it meanwhile. The
 * memory is reused from round to round.
 */
#ifndef AFFIANT_FEED_VIEW_H
#define AFFIANT_FEED_VIEW_H

#include "oracle/aggregate.h"

struct feed_view {
	bool is_set; /* filled at least once */
	/* Complete but for nonce, round and previous. */
	struct statement st;
	size_t n_used, n_rejected;
	/* After this its maker no longer stands behind it: by the clock, or by
	 * clock_monotonic_ns(), whichever comes first. A host that sets the
	 * clock of its guest back must not make an old value young. */
	struct utc valid_until;
	uint64_t valid_until_ns; /* feed.c */

	char value[DEC_TEXT_SIZE], spread[DEC_TEXT_SIZE];
	uint8_t *text; /* what the views of st point into */
	size_t text_cap;
};

/* Frees the memory, not the struct. */
void feed_view_drop(struct feed_view *v);

/*
 * From a successful aggregation. `results` and `a` may change afterwards.
 * SYSTEM when there is no memory; *v is then not set.
 */
FALLIBLE feed_view_fill(struct feed_view *v, const struct feed_config *feed,
    const struct source_result *results, const struct aggregate *a,
    struct fault *f);

#endif
