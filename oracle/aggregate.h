/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what the sources said to one value: who is too old, who is too far
 * from the others, whether enough remain, and what they agree on. Every
 * rejection stands in the statement with its reason.
 */
#ifndef AFFIANT_AGGREGATE_H
#define AFFIANT_AGGREGATE_H

#include "oracle/config.h"
#include "verify/combine.h"

/*
 * The reasons of a rejection, stable words in the statement. A source that
 * failed keeps the reason that sources/ gave it.
 */
#define AGGREGATE_STALE "stale"         /* older than max_age_ms */
#define AGGREGATE_BACKWARDS "backwards" /* before the last statement's time */
#define AGGREGATE_DEVIATION "deviation" /* too far from the others' median */
/* Nothing wrong with it: an earlier source was used (first-of). */
#define AGGREGATE_RESERVE COMBINE_RESERVE

struct aggregate_job {
	const struct feed_config *feed;
	const struct source_result *results; /* feed->n_sources of them */
	struct utc now;
	struct utc
	    not_before; /* timestamp of the feed's last statement, or 0 */
};

/* What became of one source. Views borrow from here and from the results. */
struct aggregate_source {
	bool used;
	/* A server's clock may run ahead of ours (sources/ says how far);
	 * no observation is later than our own time. */
	struct utc observed_at;
	struct span reason; /* not used: a stable word */
	struct span detail; /* and a sentence */
	char text[160];
};

/*
 * Owned by the caller, reused from round to round; nothing to free. It is
 * large: not for a stack.
 */
struct aggregate {
	struct aggregate_source source[LIMIT_SOURCES];
	size_t n_used, n_rejected;

	/* Only when aggregate_run returned true: */
	struct dec value, spread; /* number kinds */
	size_t oldest;            /* index of the oldest value used */
	struct utc timestamp;     /* its time: never before not_before */
};

/*
 * Fills the per-source part always, so that a failure can be told source by
 * source. False: REMOTE at "aggregate.source" when the only source of a feed
 * cannot be used, at "aggregate.quorum" when fewer than min_sources remain.
 */
FALLIBLE aggregate_run(
    const struct aggregate_job *job, struct aggregate *out, struct fault *f);

#endif
