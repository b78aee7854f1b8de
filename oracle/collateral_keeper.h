/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps a bundle of collateral good while the oracle runs, where the quote
 * provider has none of its own: obtains one, hands out copies, obtains the
 * next before this one ends. What cannot be replaced is kept until it ends,
 * and then refused: old collateral is never handed out as good.
 *
 * Says what happens as log events `collateral`.
 */
#ifndef AFFIANT_COLLATERAL_KEEPER_H
#define AFFIANT_COLLATERAL_KEEPER_H

#include "attest/attest.h"
#include "sources/collateral_check.h"

/*
 * Where bundles come from (collateral_source.h). *stop turning true ends it,
 * with a fault at "source.stopped".
 */
typedef bool collateral_obtain(void *user, const volatile bool *stop,
    struct blob *bundle, struct collateral_facts *facts, struct fault *f);

struct collateral_keeper_config {
	collateral_obtain *obtain;
	void *user;         /* outlives the keeper */
	uint64_t refresh_s; /* as often as this, at least */
};

struct collateral_keeper;
FALLIBLE collateral_keeper_new(const struct collateral_keeper_config *c,
    struct collateral_keeper **out, struct fault *f);
/* Starts the thread that obtains and refreshes. SYSTEM. */
FALLIBLE collateral_keeper_start(struct collateral_keeper *k, struct fault *f);
/* Tells the thread to end and waits for it. NULL is accepted, as below. */
void collateral_keeper_stop(struct collateral_keeper *k);
void collateral_keeper_free(struct collateral_keeper *k); /* stops */

/* One attempt, by the calling thread; milliseconds until the next is due. */
uint64_t collateral_keeper_refresh(struct collateral_keeper *k);

/*
 * A copy of the bundle, which is good at `now` and until *until. REMOTE at
 * "collateral.none" (nothing was obtained yet) and "collateral.expired", with
 * the reason of the last failure.
 */
FALLIBLE collateral_keeper_get(struct collateral_keeper *k, struct utc now,
    struct blob *out, struct utc *until, struct fault *f);
/*
 * The provider's own collateral if it has such a thing, else the keeper's (may
 * be NULL). *until is 0 where the end is not known. Faults: as above; what the
 * provider raises, UNSUPPORTED when neither has any.
 */
FALLIBLE collateral_keeper_choose(struct attest *a, struct collateral_keeper *k,
    struct utc now, struct blob *out, struct utc *until, struct fault *f);
/* Whether it is one of the keeper's: known, logged, and to be answered 503. */
bool collateral_keeper_raised(const struct fault *f);

struct collateral_state {
	bool has_bundle, fresh;
	struct utc obtained, until;
	const char *ends; /* the member whose end `until` is */
	uint64_t evaluation;
	uint64_t n_obtained, n_failed;
	char last_fault[FAULT_TEXT_MAX]; /* since the last success, or "" */
};
void collateral_keeper_state(
    struct collateral_keeper *k, struct utc now, struct collateral_state *out);

#endif
