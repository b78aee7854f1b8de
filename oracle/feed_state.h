/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a feed must not forget: which round numbers were given out, the hash of
 * its last published statement, that statement's time and its number. One
 * small file per feed, STATE/feeds/HEX-OF-ID.json, replaced as a whole:
 *
 *   {"feed":"BTC/USD","previous":"<sha256>","reserved":1768435202,
 *    "timestamp":1768435200000,"type":"affiant.feed-state.v1",
 *    "value":"97234.12"}
 *
 * `value` is absent for kinds without a number, and in files of before it was
 * kept.
 *
 * Numbers are on disk as reserved before they are used, so that a process that
 * is killed at any moment never gives one out twice. Recording a statement
 * reserves the next number along; who needs more in between reserves 1, 2, 4
 * and so on up to FEED_STATE_BLOCK_MAX, so that a busy feed seldom waits for
 * the disk and a killed one loses no more numbers than it used lately.
 *
 * A feed starts from the Unix second, or from its reservation when that is
 * higher: the same rule after a loss of all state, after a restored backup,
 * and in ordinary life. (A feed that makes more than one statement a second
 * all its life runs ahead of the Unix second; after a loss of all state it may
 * then meet numbers again. Only the timestamp orders.)
 */
#ifndef AFFIANT_FEED_STATE_H
#define AFFIANT_FEED_STATE_H

#include "verify/base/dec.h"
#include "verify/base/hash.h"
#include "verify/base/utc.h"

#define FEED_STATE_BLOCK_MAX 1024

struct feed_state;

struct feed_past {
	bool has_previous; /* false: this feed has published nothing yet */
	struct sha256 previous;
	struct utc timestamp; /* 0 when there is no previous */
	bool has_value;       /* only with a previous */
	struct dec value;     /* its decimals are those of its text */
};

/*
 * Reads or makes the file and reserves the first number, so that a folder that
 * cannot be written is known at once. SYSTEM when it cannot be read or
 * written; FORMAT at "feed_state.file" when it is not ours: the text names
 * the file, and nothing is overwritten.
 */
FALLIBLE feed_state_open(const char *state_dir, const char *feed_id,
    struct utc now, struct feed_state **out, struct fault *f);
void feed_state_free(struct feed_state *s);

/* The next number. Any thread. SYSTEM when none can be reserved. */
FALLIBLE feed_state_take_round(
    struct feed_state *s, uint64_t *round_out, struct fault *f);

/* What was recorded last. Any thread. */
struct feed_past feed_state_past(struct feed_state *s);
/*
 * On disk before it returns: to be called before a statement is published.
 * `past` has a previous.
 */
FALLIBLE feed_state_record(
    struct feed_state *s, const struct feed_past *past, struct fault *f);

#endif
