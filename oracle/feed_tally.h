/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often each source of a feed was used, and how often it was not, by
 * reason. Counted by the feed's own thread, read by any thread without a lock.
 */
#ifndef AFFIANT_FEED_TALLY_H
#define AFFIANT_FEED_TALLY_H

#include "oracle/aggregate.h"

#include <stdatomic.h>

/*
 * What can become of a source in a round. The first is that it was used; the
 * others are the reasons of sources.h and aggregate.h; the last stands for a
 * word that is none of them.
 */
#define FEED_TALLY_OUTCOMES 27
extern const char *const feed_tally_outcomes[FEED_TALLY_OUTCOMES];

/* Zeroed: nothing has happened yet. */
struct feed_tally {
	atomic_uint_least64_t n[LIMIT_SOURCES][FEED_TALLY_OUTCOMES];
};

/* One outcome for each of the first n_sources. */
void feed_tally_round(
    struct feed_tally *t, size_t n_sources, const struct aggregate *a);
uint64_t feed_tally_count(
    const struct feed_tally *t, size_t source, size_t outcome);

#endif
