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
#include "oracle/feed_evidence.h"

struct feed_view {
	bool is_set; /* filled at least once */
	/* Of the statement; nonce, round, previous and maker come later. A
	 * whole struct statement has room for many more sources than a feed
	 * has, and there are hundreds of feeds. */
	const struct statement_kind *kind;
	struct span value, spread, method;
	struct utc timestamp;
	uint64_t trim;
	struct statement_source *sources; /* n_sources, once it was filled */
	size_t n_sources;
	struct statement_hop *hops; /* of all of them */
	size_t hops_cap;

	const struct feed_config *feed;
	size_t n_used, n_rejected;
	/* After this its maker no longer stands behind it: by the clock, or by
	 * clock_monotonic_ns(), whichever comes first. A host that sets the
	 * clock of its guest back must not make an old value young. */
	struct utc valid_until;
	uint64_t valid_until_ns; /* feed.c */

	char value_text[DEC_TEXT_SIZE], spread_text[DEC_TEXT_SIZE];
	/* Bodies of the sources that keep them, as evidence has them: a JSON
	 * array; empty when there are none. */
	struct blob bodies;
	struct feed_evidence evidence; /* what connections carried */
	uint8_t *text;                 /* what the views above point into */
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
/* The statement, complete but for nonce, round, previous and its maker; its
 * views borrow from v. */
void feed_view_state(const struct feed_view *v, struct statement *out);

#endif
