/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an operator wants to hear about sources: when one begins to fail, when
 * it fails in another way, and when it is back; not the same thing again with
 * every round.
 */
#ifndef AFFIANT_FEED_WATCH_H
#define AFFIANT_FEED_WATCH_H

#include "oracle/aggregate.h"

/* Zeroed: every source is well. */
struct feed_watch {
	char reason[LIMIT_SOURCES][33]; /* "" while it is well */
};

/* One log line for each source whose reason changed: event "source". */
void feed_watch_round(struct feed_watch *w, const struct feed_config *feed,
    const struct source_result *results, const struct aggregate *a);

#endif
