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
	struct span quote;         /* borrowed from share */
	bool has_batch; /* false: report_data is the statement's own */
	struct merkle_path path;
};

FALLIBLE quoter_open(struct attest *a, struct quoter **out, struct fault *f);
/* Lets those who wait fail ("stopped"), joins the thread. */
void quoter_close(struct quoter *q);

/* Blocks. REMOTE or SYSTEM with the provider's fault, to every waiter. */
FALLIBLE quoter_quote(struct quoter *q, struct span canonical,
    struct quoted *out, struct fault *f);
void quoted_drop(struct quoted *q);

/* For /readyz, the page and metrics. */
struct quoter_stats {
	uint64_t quotes, statements, failures, last_took_ms, largest_batch;
};
struct quoter_stats quoter_stats_of(struct quoter *q);

#endif
