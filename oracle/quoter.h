/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quotes are slow and serial, so requests that wait for one are gathered into
 * a batch and one quote serves them all. A caller hands in a statement's
 * canonical bytes and sleeps until a quote covers them; a caller waits for at
 * most two quotes: the one under way and its own.
 */
#ifndef AFFIANT_QUOTER_H
#define AFFIANT_QUOTER_H

#include "attest/attest.h"

struct quoter;

/* What a batch shares: one quote, counted by those who hold it. */
struct quote_share;

struct quoted {
	struct quote_share *share; /* the quote; give back with quoted_drop */
	struct span quote;         /* borrowed from share, as the next two */
	struct span event_log;     /* empty where the provider has none */
	struct span app_compose;
	bool has_batch; /* false: report_data is the statement's own */
	struct merkle_path path;
};

FALLIBLE quoter_open(struct attest *a, struct quoter **out, struct fault *f);
/*
 * Lets those who wait, and those who ask from now on, fail ("quoter.stopped")
 * and returns at once, so that the threads that ask can be ended before what
 * they use is closed. A quote under way is still delivered.
 */
void quoter_stop(struct quoter *q);
/*
 * Lets those who wait fail ("quoter.stopped"), waits until they have left,
 * joins the thread. A quote under way is still delivered. Nobody may ask
 * anew once closing has begun. NULL is allowed.
 */
void quoter_close(struct quoter *q);

/*
 * Blocks. The provider's own fault goes to every waiter of the batch;
 * SYSTEM at "quoter.stopped" when the quoter closes. `canonical` is read by
 * the caller's thread only.
 */
FALLIBLE quoter_quote(struct quoter *q, struct span canonical,
    struct quoted *out, struct fault *f);
/* Accepts a zeroed value and a second call. */
void quoted_drop(struct quoted *q);

/* For /readyz, the page and metrics. */
struct quoter_stats {
	uint64_t quotes, statements, failures, last_took_ms, largest_batch;
	uint64_t longest_wait; /* in quotes: 1 its own, 2 with one under way */
	uint64_t waiting;      /* not yet covered by a quote under way */
	bool stopping;
};
struct quoter_stats quoter_stats_of(struct quoter *q);

#endif
