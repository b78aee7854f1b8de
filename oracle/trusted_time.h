/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the clock can be believed. That of a TEE is its host's, and whoever
 * sets it dates statements; so it is held against what others say of the time
 * over TLS, by all feeds together:
 *
 *   - the Date of answers: the median over different hosts, each with its
 *     newest one, carried on by the clock that nobody sets. A host that lies
 *     has one vote, and less than half of them cannot stop a feed;
 *   - the newest moment that an OCSP responder or a certificate's log has
 *     signed: no clock can be before it.
 *
 * A Date says little to the millisecond. Between the request's start and its
 * end the server's clock showed a moment of that second; an answer out of a
 * cache is older by up to its Age. (Some caches write Date anew and some keep
 * the origin's, and nobody can tell which: RFC 9111 would have the sum.) So it
 * is an interval, and what lies within it is no contradiction. An answer with
 * more doubt than the tolerance says nothing at all.
 *
 * Any thread.
 */
#ifndef AFFIANT_TRUSTED_TIME_H
#define AFFIANT_TRUSTED_TIME_H

#include "oracle/config.h"

/* Hosts whose Date is remembered; of more, those that were heard last. */
#define TRUSTED_TIME_HOSTS 64
/* How long each is. A bad quartz is 0.1 s off after an hour; a guest that
 * was paused much more, and hears its own sources again soon. */
#define TRUSTED_TIME_KEEP_NS (UINT64_C(3600) * 1000000000)

struct trusted_time;

FALLIBLE trusted_time_new(const struct time_config *config,
    struct trusted_time **out, struct fault *f);
void trusted_time_free(struct trusted_time *t);  /* NULL is allowed */
void trusted_time_drop(struct trusted_time **t); /* for AUTO */

/*
 * What a round's answers say of the time. Only those count that came over TLS
 * from the host that was configured, and gave a value: a redirect may name
 * hosts without end.
 */
void trusted_time_hear(
    struct trusted_time *t, const struct source_result *results, size_t n);

/* One moment by both clocks. */
struct trusted_moment {
	struct utc now; /* the one in doubt */
	uint64_t ns;    /* clock_monotonic_ns() */
};
struct trusted_moment trusted_moment_now(void);

/*
 * To be asked before anything is signed. REMOTE at "time.clock": the median is
 * further away than the tolerance; "time.floor": the clock is before what was
 * signed; "time.sources": `require`, and fewer than min_sources hosts have
 * been heard. The sentence says by how much and according to whom. A change
 * is logged. t may be NULL: the clock is then believed.
 */
FALLIBLE trusted_time_check(
    struct trusted_time *t, struct trusted_moment at, struct fault *f);

/* Whether a fault is one of these. */
bool trusted_time_raised(const struct fault *f);

/* For /readyz and metrics. */
struct trusted_time_state {
	bool ok;
	char why[FAULT_TEXT_MAX]; /* not ok: the sentence */
	size_t n_hosts;           /* that have a say now */
	bool has_offset;          /* at least min_sources of them */
	int64_t offset_ms;        /* our clock minus theirs, at the least */
};
void trusted_time_state_of(struct trusted_time *t, struct trusted_moment at,
    struct trusted_time_state *out);

#endif
