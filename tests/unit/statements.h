/* SPDX-License-Identifier: Apache-2.0 */
/* Statements for tests: valid ones, to be bent by whoever asks. */
#ifndef AFFIANT_TEST_STATEMENTS_H
#define AFFIANT_TEST_STATEMENTS_H

#include "verify/statement.h"

/* The timestamp of all of them: 2026-01-01T00:00:00Z. */
extern const struct utc statements_now;

/* Kind price, one source, TLS, no nonce, no previous. Never fails. */
void statements_one(struct statement *out);
/*
 * Kind price, five configured sources: three used (101, 103.5, 102), one
 * rejected with its value (150) and, second in configuration order, one that
 * failed. Value 102, spread 2.5. With nonce, previous and one hop.
 */
void statements_many(struct statement *out);
/* The same by weighted-median: weights 1, 5, 2, 1; value 103.5. */
void statements_weighted(struct statement *out);
/* The same by trimmed-mean with trim 1. */
void statements_trimmed(struct statement *out);
/* By first-of: 101 is stale, 103.5 is used, 150 deviates, 102 is reserve. */
void statements_first(struct statement *out);
/* Kind text by first-of, of two: the first one failed. */
void statements_failover(struct statement *out);
/*
 * One source whose configuration and body were kept: the value has a time of
 * its own, and was received 1.5 s after it.
 */
void statements_kept(struct statement *out);
extern const char statements_kept_configuration[], statements_kept_body[];
/* Kind value over plain HTTP, with a unit. */
void statements_plain(struct statement *out);
/* Kind text, one source. */
void statements_text(struct statement *out);
/* Kind key. */
void statements_key(struct statement *out);

/* The canonical bytes, which the caller drops; fails the test otherwise. */
struct blob statements_bytes(const struct statement *s);

#endif
