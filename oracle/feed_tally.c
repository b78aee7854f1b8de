/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/feed_tally.h"

const char *const feed_tally_outcomes[FEED_TALLY_OUTCOMES] = {
	"used",
	"connect",
	"tls",
	"timeout",
	"http",
	"redirect",
	"framing",
	"encoding",
	"limit",
	"json",
	"pick",
	"value",
	"time",
	"guard",
	"address",
	"pin",
	"ocsp",
	"ct",
	"wait",
	"rate",
	"stopped",
	"internal",
	AGGREGATE_STALE,
	AGGREGATE_BACKWARDS,
	AGGREGATE_DEVIATION,
	AGGREGATE_RESERVE,
	"other",
};

static size_t outcome_of(const struct aggregate_source *s)
{
	if (s->used)
		return 0;
	for (size_t i = 1; i < FEED_TALLY_OUTCOMES; i++) {
		if (span_equal_text(s->reason, feed_tally_outcomes[i]))
			return i;
	}
	return FEED_TALLY_OUTCOMES - 1;
}

void feed_tally_round(
    struct feed_tally *t, size_t n_sources, const struct aggregate *a)
{
	for (size_t i = 0; i < n_sources; i++)
		atomic_fetch_add_explicit(&t->n[i][outcome_of(&a->source[i])],
		    1, memory_order_relaxed);
}

uint64_t feed_tally_count(
    const struct feed_tally *t, size_t source, size_t outcome)
{
	return atomic_load_explicit(
	    &t->n[source][outcome], memory_order_relaxed);
}
