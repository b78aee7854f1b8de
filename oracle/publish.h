/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The latest response of a feed as one finished buffer, HTTP head and all.
 * Readers take no lock, make no allocation and compute no hash: they hold a
 * slot by a counter, write it, and let go. Slots are never freed while the
 * board lives; a writer fills one that nobody holds.
 */
#ifndef AFFIANT_PUBLISH_H
#define AFFIANT_PUBLISH_H

#include "verify/evidence.h"

struct board; /* of one feed */

/* What a round hands over. The board copies. */
struct publication {
	struct span body;           /* the response in its default detail */
	struct span body_full;      /* ?evidence=full, or empty */
	struct span body_signature; /* ?evidence=signature */
	struct sha256 statement;    /* its hash: ETag and lookup */
	struct utc timestamp;       /* of the statement */
	struct utc valid_until;     /* after this it is stale: 503 */
	uint64_t interval_ms;       /* for Cache-Control */
};

FALLIBLE board_new(struct board **out, struct fault *f);
void board_free(struct board *b);
FALLIBLE board_publish(
    struct board *b, const struct publication *p, struct fault *f);
/* The round failed: why, as a problem+json body to answer with once stale. */
FALLIBLE board_fail(struct board *b, struct span problem_json, struct fault *f);

struct board_slot; /* a held publication */
/* NULL when nothing was ever published. Give back with board_release. */
const struct board_slot *board_hold(struct board *b);
void board_release(const struct board_slot *s);

#endif
