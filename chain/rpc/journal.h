/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The write-ahead journal of one paying account on one chain (onchain section
 * 11.3): every transaction that was ever signed with it, before its first byte
 * went anywhere, and what became of it. A process that is killed at any
 * instruction finds here what it may have sent, and sends the same bytes
 * again: it neither loses nor repeats a submission.
 *
 * An SQLite database in WAL mode with synchronous=FULL: a function that
 * returns true has put its change on the disk. One process at a time holds it
 * for writing, by a lock that the kernel drops with the process.
 *
 * A *slot* is a nonce. Its *attempts* are the transactions signed for it; at
 * most one of them is ever mined. States go
 *
 *	signed -> sent -> mined -> confirmed
 *	              <-        <-  a reorganisation took the block away
 *	signed, sent -> taken      somebody else used the nonce
 *
 * One thread at a time uses a journal.
 */
#ifndef AFFIANT_RPC_JOURNAL_H
#define AFFIANT_RPC_JOURNAL_H

#include "chain/eth.h"
#include "chain/u256.h"
#include "verify/base/limits.h"
#include "verify/base/utc.h"

struct journal;

struct journal_owner {
	uint64_t chain_id;
	struct eth_addr payer;
};

enum journal_state {
	JOURNAL_SIGNED,    /* stored; perhaps nobody has it */
	JOURNAL_SENT,      /* somebody has it, or may have */
	JOURNAL_MINED,     /* in a block that may still go away */
	JOURNAL_CONFIRMED, /* by the rule of the chain */
	JOURNAL_TAKEN      /* the nonce carried another's transaction */
};
/* "signed", "sent", ...: stable words. */
const char *journal_state_name(enum journal_state state);

enum journal_kind {
	JOURNAL_SUBMIT,
	JOURNAL_CANCEL /* carries nothing: only consumes the nonce */
};

/* A statement that an attempt carries. */
struct journal_item {
	char feed[LIMIT_FEED_ID + 1];
	struct sha256 statement;
	struct utc observed; /* the statement's timestamp */
};

struct journal_attempt {
	uint64_t nonce;
	uint64_t seq; /* 0 the first, then what replaced it */
	enum journal_kind kind;
	struct keccak256 hash; /* of the raw bytes */
	struct eth_addr to;
	uint64_t gas_limit;
	struct u256 tip, cap; /* wei per gas */
	struct utc signed_at;
};

struct journal_mined {
	uint64_t seq; /* which attempt */
	uint64_t block;
	struct keccak256 block_hash;
	bool succeeded; /* false: reverted, its nonce is consumed */
	uint64_t gas_used;
	struct u256 paid;   /* wei in all, by the receipt */
	const char *reason; /* of a revert, for people; NULL: none */
};

/* ---- lifetime ----------------------------------------------------------- */

/*
 * Opens or makes the journal of this owner and checks every page of it. Faults
 * leave the file as it is:
 *	journal.lock	 SYSTEM: another process has it, or it cannot be locked
 *	journal.open	 SYSTEM: cannot be opened, or made
 *	journal.form	 FORMAT: not a database
 *	journal.foreign	 FORMAT: a database of something else
 *	journal.version	 UNSUPPORTED: written by a newer program
 *	journal.corrupt	 FORMAT: damaged, or its contents contradict each other
 *	journal.owner	 CONFIG: of another chain or another account
 */
FALLIBLE journal_open(const char *path, const struct journal_owner *owner,
    struct utc now, struct journal **out, struct fault *f);
/*
 * For looking only, also while another process writes; no owner is asked for
 * and no lock taken. Besides the above, SYSTEM at "journal.open" when there is
 * none.
 */
FALLIBLE journal_inspect(
    const char *path, struct journal **out, struct fault *f);
void journal_close(struct journal *j); /* NULL is accepted */
void journal_drop(struct journal **j); /* for AUTO */

const struct journal_owner *journal_owner_of(const struct journal *j);

/* ---- writing: before the act --------------------------------------------- */

/*
 * Faults of all: SYSTEM at "journal.write"; INTERNAL at "journal.order" when
 * the step does not follow from the state that is there, and then nothing was
 * written. `now` is when it happens.
 */

/*
 * To be called before the first byte of `raw` leaves. seq 0 opens the slot: its
 * nonce is above all others. A later seq is one more than the last, of a slot
 * that is signed or sent. What it may cost at most (gas limit times cap) is
 * counted into the hour of the slot's first attempt, in the place of what was
 * counted for the slot before if that was less.
 */
FALLIBLE journal_sign(struct journal *j, const struct journal_attempt *attempt,
    struct span raw, const struct journal_item *items, size_t n_items,
    struct fault *f);
/* Its newest attempt was given to an endpoint, or may have reached one. Again
 * and again is allowed, and writes nothing. */
FALLIBLE journal_sent(
    struct journal *j, uint64_t nonce, struct utc now, struct fault *f);
/* A receipt was seen. Also from mined: in another block. */
FALLIBLE journal_mined(struct journal *j, uint64_t nonce,
    const struct journal_mined *mined, struct utc now, struct fault *f);
/* The block is no longer of the chain, whatever was thought of it: back to
 * sent, counted with the worst again. */
FALLIBLE journal_unmined(
    struct journal *j, uint64_t nonce, struct utc now, struct fault *f);
/* By the rule of the chain; from now on the slot counts with what it really cost. */
FALLIBLE journal_confirmed(
    struct journal *j, uint64_t nonce, struct utc now, struct fault *f);
/* Somebody else has consumed the nonce. It cost us nothing. */
FALLIBLE journal_taken(
    struct journal *j, uint64_t nonce, struct utc now, struct fault *f);
/* Forgets the oldest of what is confirmed or taken beyond `keep` slots. The
 * newest slot always stays: nonces are counted from it. */
FALLIBLE journal_prune(struct journal *j, size_t keep, struct fault *f);

/* ---- reading ------------------------------------------------------------- */

/* Faults of all: SYSTEM at "journal.read"; FORMAT at "journal.corrupt" for
 * what no writer of ours has written. */

/* One more than the highest nonce; *has_out is false in an empty journal. */
FALLIBLE journal_next_nonce(
    struct journal *j, bool *has_out, uint64_t *nonce_out, struct fault *f);
/* What was spent, or may yet be, in the 24 hours before `at` and in up to one
 * more (it is counted by the hour): wei. */
FALLIBLE journal_spent(
    struct journal *j, struct utc at, struct u256 *out, struct fault *f);

struct journal_slot {
	uint64_t nonce;
	enum journal_state state;
	uint64_t n_attempts;
	struct utc changed_at;
	struct u256 charge; /* wei that count as spent */
	/* Mined and confirmed only; mined.reason is in `reason`, or NULL. */
	struct journal_mined mined;
	char reason[FAULT_TEXT_MAX];
};
/*
 * Calls `see` for each slot in the order of nonces; one that returns false
 * ends it, and its fault is handed on. `see` may read the journal, and must
 * not write to it. With `open_only` those that are signed, sent or mined.
 */
FALLIBLE journal_each_slot(struct journal *j, bool open_only,
    bool (*see)(void *user, const struct journal_slot *slot, struct fault *f),
    void *user, struct fault *f);
/*
 * An attempt of a slot and, if raw is not NULL, its bytes: checked to be the
 * transaction of this hash, nonce, chain and account (FORMAT at
 * "journal.corrupt" otherwise).
 */
FALLIBLE journal_find_attempt(struct journal *j, uint64_t nonce, uint64_t seq,
    struct journal_attempt *out, struct blob *raw, struct fault *f);
/* Its items, at most `max`; LIMIT at "journal.items" when there are more. */
FALLIBLE journal_find_items(struct journal *j, uint64_t nonce, uint64_t seq,
    struct journal_item *items, size_t max, size_t *n_out, struct fault *f);

/*
 * For each feed the newest observation that stands in a block, by a slot that
 * is mined or confirmed and did not revert. `see` as in journal_each_slot.
 */
FALLIBLE journal_each_feed(struct journal *j,
    bool (*see)(
	void *user, const char *feed, struct utc observed, struct fault *f),
    void *user, struct fault *f);

#endif
