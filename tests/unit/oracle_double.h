/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stand-ins for the boxes behind the HTTP interface, so that its tests decide
 * when a quote takes long, when it fails and what a feed says. Linked in
 * place of attest/ and of feed.c.
 */
#ifndef AFFIANT_TEST_ORACLE_DOUBLE_H
#define AFFIANT_TEST_ORACLE_DOUBLE_H

#include "oracle/feed.h"
#include "oracle/feed_tally.h"

#include <pthread.h>
#include <stdatomic.h>

struct attest {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool gated;         /* a quote waits until it is let through */
	unsigned allowed;   /* how many are let through */
	unsigned under_way; /* 0 or 1, else the quoter is not serial */
	unsigned begun, taken;
	bool overlapped;
	bool fails;
	bool has_collateral;
	bool simulated;
};

void attest_double_init(struct attest *a);
void attest_double_drop(struct attest *a);
void attest_double_gate(struct attest *a);
void attest_double_allow(struct attest *a, unsigned n);
void attest_double_fail(struct attest *a, bool fails);
/* Blocks until n quotes have begun. */
void attest_double_wait_begun(struct attest *a, unsigned n);

/* A quote of the double: this prefix, then the 64 bytes of report data. */
#define QUOTE_PREFIX "quote over "

struct signer {
	struct eth_addr address;
	bool ephemeral, has_app;
};

struct feed {
	const struct feed_config *config;
	struct board *board;
	struct quoter *quoter;
	struct feed_status status;
	struct feed_tally tally;
	bool stale;    /* feed_respond_to_nonce has no fresh quorum */
	bool internal; /* ... makes a mistake */
	const struct feed_call *call; /* what was published; or NULL */
};

#endif
