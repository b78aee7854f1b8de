/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a feed's signed statements to one chain: newest first, never twice,
 * never one that nobody needs. A thread of its own; rounds hand over what they
 * have published and go on.
 *
 *	due	by heartbeat or deviation from what the contract says that it
 *		holds (chain/push_policy.h); a newer statement takes the place
 *		of one that was not sent yet
 *	signed	together with what else is due for the same contract, within
 *		the operator's maxima; in the journal before a byte leaves
 *	sent	to every endpoint, and the same bytes again until they are
 *		mined; what is stuck is replaced at higher fees, under the same
 *		nonce, by what is newest then; or cancelled, when the contract
 *		has something newer from another instance
 *	mined	by a receipt; a revert is kept with its reason, its feeds wait
 *		longer after each one, and that statement is never sent again
 *	confirmed  by the chain's rule; watched for reorg_depth blocks more
 *
 * At most one transaction that is not mined for each feed. Says what happens
 * as log events `submit` and `chain`.
 */
#ifndef AFFIANT_SUBMITTER_H
#define AFFIANT_SUBMITTER_H

#include "attest/attest.h"
#include "chain/rpc/feed_call.h"
#include "chain/rpc/journal.h"
#include "oracle/config.h"

struct submitter;

/* Borrowed; outlives the submitter. */
struct submitter_config {
	const struct config *config;
	const struct chain_config *chain; /* one of its chains */
	const struct payer *payer;
};

/*
 * Opens the journal of this payer, STATE/chains/CHAIN-PAYER.journal, and reads
 * what is open in it. Nobody is asked yet. Faults: of journal_open; CONFIG for
 * endpoints whose ${NAME} is not in the environment.
 */
FALLIBLE submitter_open(
    const struct submitter_config *c, struct submitter **out, struct fault *f);
FALLIBLE submitter_start(struct submitter *s, struct fault *f);
/* Ends the thread; what is under way stays in the journal. */
void submitter_stop(struct submitter *s);
void submitter_close(struct submitter *s); /* stops; NULL is accepted */
/* The path of a journal; to be freed. NULL for want of memory. */
char *submitter_journal_path(
    const char *state_dir, uint64_t chain_id, const struct eth_addr *payer);

/*
 * What a round has published. Any thread; copies and returns at once. Feeds
 * that this chain does not have are passed over.
 */
void submitter_offer(
    struct submitter *s, const char *feed, const struct feed_call *call);
/* What is offered of this feed is due, whatever the policy says, as long as it
 * is newer than what is stored. */
void submitter_force(struct submitter *s, const char *feed);

/*
 * One pass by the calling thread, in the place of submitter_start's thread:
 * milliseconds until the next is wanted. `tick_ms` never runs backwards.
 */
uint64_t submitter_step(struct submitter *s, struct utc now, uint64_t tick_ms);

/* ---- how it is ----------------------------------------------------------- */

struct submitter_counts {
	uint64_t signed_, replaced, cancelled;
	uint64_t mined, reverted, confirmed;
	uint64_t dropped;   /* an endpoint had forgotten it */
	uint64_t reorged;   /* was mined, and is not any more */
	uint64_t taken;     /* a nonce that another has used */
	uint64_t overtaken; /* another instance was faster, before we signed */
	uint64_t failed;    /* passes that ended with a fault */
};

struct submitter_state {
	uint64_t chain_id;
	struct eth_addr payer;
	bool has_head;
	uint64_t head;
	bool has_nonce;
	uint64_t next_nonce;
	uint64_t n_pending; /* signed or sent */
	uint64_t n_mined;   /* not confirmed yet */
	bool has_balance, is_low;
	struct u256 balance, spent; /* wei */
	struct submitter_counts counts;
	/* Why nothing is sent, or not now; NULL when all is well. */
	const char *fault_at;
	char fault[FAULT_TEXT_MAX];
};
void submitter_state_of(struct submitter *s, struct submitter_state *out);

struct submitter_feed {
	const struct chain_feed_config *config;
	bool has_offer;
	struct utc offered; /* the statement's timestamp */
	bool is_read;       /* the contract was asked, ... */
	bool is_set;        /* ... and has a value */
	struct dec stored;
	struct utc observed, accepted;
	const char *decision; /* push_policy_name, "pending", "refused" or "" */
	bool is_pending;
	uint64_t nonce; /* of what is pending */
	uint64_t n_pushed, n_refused;
	char refusal[FEED_REASON_SIZE]; /* the last one, or "" */
};
/* False behind the last. */
bool submitter_feed_of(
    struct submitter *s, size_t i, struct submitter_feed *out);
/* Of endpoint i (chain/rpc.h). */
bool submitter_endpoint_of(
    struct submitter *s, size_t i, struct rpc_health *out);
const struct chain_config *submitter_chain(const struct submitter *s);

/*
 * What became of a nonce, and its attempt that was mined or is the newest. By
 * the thread that steps. Faults of reading a journal; USAGE at "submit.nonce"
 * when nothing is known of it.
 */
FALLIBLE submitter_slot_of(struct submitter *s, uint64_t nonce,
    struct journal_slot *out, struct journal_attempt *attempt, struct fault *f);

#endif
