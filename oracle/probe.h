/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every source of a configuration, asked once and judged by itself: what an
 * operator wants to know before the first round. Nothing is aggregated,
 * signed or tried again.
 */
#ifndef AFFIANT_PROBE_H
#define AFFIANT_PROBE_H

#include "oracle/config.h"

/*
 * Sources asked at once, but for a feed that has more by itself. Few enough
 * for all of them to get their turn at one host within a second, by the
 * default of limits.per_host_per_s: else that limit is what would fail.
 */
#define PROBE_AT_ONCE 16

struct probe;

struct probe_row {
	const struct feed_config *feed;
	size_t index; /* of the source within its feed */
	const struct source_result *result;
	bool ok;
	struct span reason; /* not ok: a word of sources.h, or "stale" */
	struct span detail;
};

/*
 * Asks and waits; `c` is borrowed until probe_close. Faults are those of
 * opening: a source that fails is a row.
 */
FALLIBLE probe_open(
    const struct config *c, struct probe **out, struct fault *f);
void probe_close(struct probe *p);
void probe_drop(struct probe **p); /* for AUTO */

/* In the order of the configuration; the views live as long as the probe. */
size_t probe_n_rows(const struct probe *p);
struct probe_row probe_row(const struct probe *p, size_t i);

#endif
