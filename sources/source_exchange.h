/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a question to its answer, by a loop: a turn at the host, the request,
 * redirects hop by hop, further attempts, and the end of the time there is.
 *
 * The turn is one at the configured host: where it redirects to is asked in
 * its place. Attempts begin anew with the configured URL.
 */
#ifndef AFFIANT_SOURCE_EXCHANGE_H
#define AFFIANT_SOURCE_EXCHANGE_H

#include "sources/source_answer.h"
#include "sources/source_loop.h"
#include "sources/source_request.h"

/* What stays the same from fetch to fetch; borrowed while one is under way. */
struct source_question {
	struct source_loop *loop;
	struct source_desk *desk; /* of the URL's host and port */
	const struct source_config *config;
	struct source_request request;
	struct source_url url;
	struct blob shown;  /* what may be said of the URL */
	const char *header; /* one to keep of the answer, or NULL */
};
/* Checks nothing; CONFIG faults come from secrets. */
FALLIBLE source_question_open(struct source_loop *loop,
    const struct source_config *c, struct source_question *out,
    struct fault *f);
void source_question_drop(struct source_question *q);

/* A server on the way that sent us on. */
struct source_hop {
	struct source_url url;
	struct blob shown;
	unsigned status;
	struct source_tls tls;
};

/* The answer, complete or not, is there until this returns. It may drop the
 * exchange, or have another thread do so. */
typedef void (*source_exchange_done)(void *user, struct source_answer *a);

struct source_exchange {
	const struct source_question *question;
	/* Where we are, after redirects; else the question's own. */
	struct source_url url;
	struct blob shown;
	struct source_hop *hops; /* LIMIT_REDIRECTS, once there is one */
	size_t n_hops;

	/* While it is under way. */
	struct source_answer *answer;
	struct source_turn turn;
	struct source_transfer transfer;
	struct source_timer timer;
	bool in_backoff;
	unsigned n_attempts;
	uint64_t started_ns, deadline_ns;
	uint32_t connect_ms; /* of the request under way */
	source_exchange_done done;
	void *user;

	/* What came of it. */
	struct fault fault; /* kind FAULT_NONE: a 200 with its body */
	unsigned status;
	struct source_tls tls; /* of the last hop */
	bool has_server_date;
	struct utc server_date;
	uint64_t server_age_s;
	uint64_t retry_after_s; /* of a 429 or 503 */
	struct utc received;
	uint64_t received_ns; /* the same moment, by the monotonic clock */
	uint64_t took_ms;
};

/*
 * Within time_ms; done() is called later, by a turn of the loop. False: it
 * ended at once, `fault` says why, and done() is not called. *x is zeroed or
 * dropped.
 */
bool source_exchange_start(struct source_exchange *x,
    const struct source_question *q, uint32_t time_ms,
    source_exchange_done done, void *user);
/* Ends it with "stopped"; done() is not called. */
void source_exchange_stop(struct source_exchange *x);
void source_exchange_drop(struct source_exchange *x);

const struct source_url *source_exchange_url(const struct source_exchange *x);
struct span source_exchange_shown(const struct source_exchange *x);

#endif
