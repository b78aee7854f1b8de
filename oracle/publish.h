/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The latest response of a feed as finished HTTP answers, heads and all.
 * Readers take no lock, make no allocation and compute no hash: they hold a
 * slot by a counter, write its bytes with one write, and let go.
 *
 * A slot is never freed while the board lives, so a reader may always count
 * on one; it believes what stands in it only if the slot is still the current
 * one after the counting. A writer fills a slot that is not current and that
 * nobody holds, and makes a new one when slow readers hold them all: readers
 * never wait, writers never fail because of readers, and the number of slots
 * is at most that of the readers at one time and two.
 */
#ifndef AFFIANT_PUBLISH_H
#define AFFIANT_PUBLISH_H

#include "verify/evidence.h"

struct board; /* of one feed */

/* What a round hands over. The board copies. */
struct publication {
	struct span body;      /* the response in its default detail */
	struct span body_full; /* ?evidence=full; empty: as `body` */
	/* What ?evidence=full is answered instead: a problem+json body, 503. */
	struct span full_problem;
	/* After this ?evidence=full is answered 503; 0: as long as the rest. */
	struct utc full_until;
	struct span body_signature; /* ?evidence=signature; empty: as `body` */
	struct sha256 statement;    /* its hash: ETag and lookup */
	struct utc timestamp;       /* of the statement */
	struct utc valid_until;     /* after this it is stale: 503 */
	/* And after this, by clock_monotonic_ns(): whoever sets the clock back
	 * makes nothing young again. 0: the clock alone decides. */
	uint64_t valid_until_ns;
	uint64_t interval_ms; /* for Cache-Control */
};

FALLIBLE board_new(struct board **out, struct fault *f);
void board_free(struct board *b);
/* Forgets an earlier failure. One thread at a time writes to a board. */
FALLIBLE board_publish(
    struct board *b, const struct publication *p, struct fault *f);
/*
 * The round failed: why, as a problem+json body (http_problem_encode with
 * PROBLEM_STALE) to answer 503 with once the last publication is stale, or at
 * once when there is none.
 */
FALLIBLE board_fail(struct board *b, struct span problem_json, struct fault *f);

/* ---- reading ------------------------------------------------------------ */

struct board_ask {
	enum response_detail detail;
	bool head_only;            /* HEAD */
	bool close;                /* answer with Connection: close */
	const char *if_none_match; /* the header's value, or NULL */
	struct utc now;            /* decides what is stale */
};

struct board_slot;
struct board_answer {
	int status;        /* 200, 304 or 503 */
	struct span bytes; /* the whole HTTP answer, for one write */
	const struct board_slot *slot; /* for board_release; never NULL */
};
/* Always answers: with the publication, or with 503 and the reason. */
void board_answer(
    struct board *b, const struct board_ask *ask, struct board_answer *out);
void board_release(const struct board_slot *slot);

/*
 * Fresh: an answer at `now` would be 200. Otherwise *why (may be NULL) holds
 * one sentence: the detail of the problem that it would be.
 */
bool board_is_fresh(struct board *b, struct utc now, char why[FAULT_TEXT_MAX]);

#endif
