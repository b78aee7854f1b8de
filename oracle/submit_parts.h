/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the submitter: what its files share.
 *	submitter.c	 lifetime, the thread, offers, how it is
 *	submit_step.c	 one pass
 *	submit_load.c	 what the journal knows
 *	submit_plan.c	 what is due
 *	submit_sign.c	 from what is due to bytes in the journal
 *	submit_send.c	 to the endpoints, again and again
 *	submit_watch.c	 receipts, confirmations, reorganisations
 * All but offers and state belong to the one thread that steps.
 */
#ifndef AFFIANT_SUBMIT_PARTS_H
#define AFFIANT_SUBMIT_PARTS_H

#include "chain/push_policy.h"
#include "oracle/submitter.h"

#include <pthread.h>

struct submit_feed {
	const struct chain_feed_config *cfg;
	uint8_t id32[32];
	uint8_t decimals;

	/* Under the lock. */
	bool has_offer, is_forced;
	struct feed_call offer;

	/* The newest offer, as this pass looks at it. */
	bool has_call;
	struct feed_call call;

	bool is_read;
	uint64_t read_at;         /* tick */
	struct feed_stored round; /* what the contract holds */
	/* The newest of ours in a block: a node that says less is behind. */
	struct utc mined;
	/* Never sent again: the newest that was refused. */
	struct utc refused;
	uint64_t n_refused_in_row;
	uint64_t wait_until; /* tick: not before, after a refusal */
	bool is_pending;
	uint64_t nonce;     /* of what is pending */
	uint64_t due_since; /* tick; 0: is not */
	enum push_reason reason;

	/* For the state: written under the lock. */
	uint64_t n_pushed, n_refused;
	char refusal[FEED_REASON_SIZE];
};

/* A slot of the journal that is open, or was confirmed lately. */
struct submit_slot {
	uint64_t nonce;
	enum journal_state state;
	uint64_t n_attempts;
	struct journal_attempt last; /* its newest attempt */
	struct u256 charge;
	struct journal_mined mined; /* mined, confirmed; without the reason */

	/* Ticks. */
	uint64_t since;      /* of the newest attempt, or of the first pass */
	uint64_t send_at;    /* the bytes go out again */
	uint64_t look_at;    /* mined: its receipt is asked for again */
	uint64_t used_since; /* the nonce is used, and by none of ours; 0: no */
	bool is_urgent;      /* no endpoint takes it as it is */
	bool look;           /* a receipt may be there, whatever nonces say */
	bool was_sent;       /* in this life */
	bool said_stuck;
};

struct submitter {
	struct submitter_config c;
	struct journal *journal;
	struct rpc_chain *rpc;

	struct submit_feed *feeds;
	size_t n_feeds;
	struct submit_slot slots[LIMIT_SUBMIT_OPEN];
	size_t n_slots; /* by nonce, rising */

	/* Of this pass: what keeps something back without ending the pass. */
	struct fault held;
	struct utc now; /* of this pass */
	uint64_t tick;
	bool has_begun; /* this is not the first pass */
	uint64_t next_poll, next_balance, hold_until;
	struct rpc_block head;
	struct rpc_nonces nonces;
	bool has_nonces; /* of this poll */

	pthread_t thread;
	bool is_started;
	volatile bool stop;

	pthread_mutex_t lock; /* of offers and what follows */
	pthread_cond_t changed;
	bool has_news;
	struct submitter_state state;
	struct submitter_feed *shown; /* as the last pass left the feeds */
};

/* ---- submit_load.c ------------------------------------------------------- */

/* Reads the journal into slots and feeds. */
FALLIBLE submit_load(struct submitter *s, struct fault *f);
struct submit_feed *submit_load_feed(struct submitter *s, const char *id);
/* Marks or frees the feeds of every attempt of a slot. */
FALLIBLE submit_load_pending(struct submitter *s,
    const struct submit_slot *slot, bool is_pending, struct fault *f);
/* Reads anew what stands in blocks: after a reorganisation. */
FALLIBLE submit_load_mined(struct submitter *s, struct fault *f);

/* ---- submit_watch.c ------------------------------------------------------ */

/* All slots, once: receipts, confirmations, what was taken away. */
FALLIBLE submit_watch(struct submitter *s, struct fault *f);
/* Receipts of one slot that is not mined; *found_out when one is there. */
FALLIBLE submit_watch_receipts(struct submitter *s, struct submit_slot *slot,
    bool *found_out, struct fault *f);

/* ---- submit_send.c ------------------------------------------------------- */

/* The slot's newest bytes to all endpoints. */
FALLIBLE submit_send(
    struct submitter *s, struct submit_slot *slot, struct fault *f);
/* All that are not mined and whose time has come, in the order of nonces. */
FALLIBLE submit_send_all(struct submitter *s, struct fault *f);

/* ---- submit_plan.c ------------------------------------------------------- */

/* Feeds that go into one transaction. */
struct submit_batch {
	struct eth_addr contract;
	struct submit_feed *feeds[LIMIT_FEED_CALLS];
	size_t n;
};
/*
 * Finds what is due for one contract and not pending, and asks the contract
 * first. Empty: nothing is, now; *wait_ms_out is then lowered to when
 * something may be.
 */
FALLIBLE submit_plan_due(struct submitter *s, struct submit_batch *out,
    uint64_t *wait_ms_out, struct fault *f);
/*
 * What a stuck transaction is to carry instead: its feeds that the contract
 * still lacks, and what else is due there. Empty: nothing; cancel it.
 */
FALLIBLE submit_plan_replacement(struct submitter *s,
    const struct submit_slot *slot, struct submit_batch *out, struct fault *f);
/* A refusal by the contract: that statement is not sent again, and the next
 * waits; nothing of that when somebody else was faster. */
void submit_plan_refused(struct submitter *s, struct submit_feed *feed,
    struct utc observed, struct span data);

/* ---- submit_sign.c ------------------------------------------------------- */

/* A new nonce for a batch. The batch may shrink, also to nothing: then no
 * nonce was used. */
FALLIBLE submit_sign_new(
    struct submitter *s, struct submit_batch *batch, struct fault *f);
/* A stuck slot's next attempt. */
FALLIBLE submit_sign_replacement(
    struct submitter *s, struct submit_slot *slot, struct fault *f);

#endif
