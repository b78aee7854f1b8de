/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A feed at work: its sources, its last observations, its place in the chain
 * of statements. Its rounds run one after the other; HTTP threads ask for statements
 * that are bound to a nonce.
 */
#ifndef AFFIANT_FEED_H
#define AFFIANT_FEED_H

#include "attest/attest.h"
#include "oracle/config.h"
#include "oracle/publish.h"
#include "oracle/quoter.h"
#include "oracle/recent.h"
#include "oracle/trusted_time.h"

struct feed;
struct collateral_keeper;
struct feed_tally; /* feed_tally.h */
struct feed_call;  /* chain/rpc/feed_call.h */

/* Borrowed; everything outlives the feeds. */
struct feed_deps {
	/* NULL: key_respond only; its statement then says config 0...0. */
	const struct config *config;
	struct signer *signer;
	struct quoter *quoter;
	struct attest *attest;
	struct recent *recent; /* NULL: responses are not kept */
	/* What all of them have heard; NULL: the clock is believed. */
	struct trusted_time *time;
	/* Which fetches for all of them; NULL: each has its own, and
	 * feed_round is how it is used. */
	struct source_loop *loop;
	/* NULL: there is the provider's own collateral, or none. */
	struct collateral_keeper *collateral;
	/* What a round has published, for a contract: kinds with a number.
	 * Never blocks. NULL: to nobody. */
	void (*offer)(
	    void *offer_to, const char *feed, const struct feed_call *call);
	void *offer_to;
};

/*
 * Opens sources and state; reserves round numbers, so that a state folder
 * that cannot be written is known at once. Nothing is fetched.
 */
FALLIBLE feed_open(const struct feed_config *cfg, const struct feed_deps *deps,
    struct feed **out, struct fault *f);
void feed_free(struct feed *feed);

const struct feed_config *feed_config_of(const struct feed *feed);
struct board *feed_board(struct feed *feed);
/* Who fetches for it starts and forgets them (rounds.c). */
struct source_set *feed_sources(struct feed *feed);

/* A round begins, so many milliseconds after it was due. Any thread. */
void feed_note_begin(struct feed *feed, uint64_t late_ms);
/*
 * The rest of a round (DESIGN section 7) behind its fetch; any thread, one at
 * a time. It waits for a quote and for the disk. False: no statement;
 * the board says why, with every source and its failure. Faults: REMOTE
 * "aggregate.*" (sources), "time.*" (the clock), "feed.stopped"; what the quoter and the state file
 * raise. *stop (may be NULL) is set by another thread with __atomic_store_n.
 */
FALLIBLE feed_conclude(struct feed *feed, const struct source_result *results,
    const volatile bool *stop, struct fault *f);
/* A whole round of a feed without a common loop. */
FALLIBLE feed_round(
    struct feed *feed, const volatile bool *stop, struct fault *f);

/*
 * A statement over the last observations, bound to a nonce, quoted and
 * encoded as a response body. Any thread; blocks for a quote. Its `previous`
 * is the statement that is published now. REMOTE at "feed.stale" when there
 * is no fresh quorum: a stale value is never served as fresh; at "time.*"
 * when the clock is not believed.
 */
FALLIBLE feed_respond_to_nonce(struct feed *feed, struct span nonce,
    enum response_detail detail, struct blob *body, struct sha256 *statement,
    struct fault *f);

/*
 * What was published last, for a contract. Any thread. REMOTE at "feed.stale"
 * as above; UNSUPPORTED at "feed.kind" for kinds without a number.
 */
FALLIBLE feed_latest_call(
    struct feed *feed, struct feed_call *out, struct fault *f);

/* The `key` statement (nonce may be empty), quoted, as a response body.
 * REMOTE at "time.*" as above. */
FALLIBLE key_respond(const struct feed_deps *deps, struct span nonce,
    enum response_detail detail, struct blob *body, struct fault *f);

/* For the page, /v1/feeds and /readyz. */
struct feed_status {
	bool has_value, fresh;
	char value[DEC_TEXT_SIZE]; /* of other kinds than numbers the start */
	uint64_t round, rounds_ok, rounds_failed, used, rejected;
	/* How late the last round began, and how many began later than a
	 * tenth of the interval. */
	uint64_t late_ms, rounds_late;
	struct utc timestamp;
	char last_fault[FAULT_TEXT_MAX]; /* of the last failed round, or "" */
};
void feed_status_of(struct feed *feed, struct utc now, struct feed_status *out);
/* What became of its sources so far; lives as long as the feed. */
const struct feed_tally *feed_outcomes(const struct feed *feed);

#endif
