/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers that are put together per request: head and body in one buffer,
 * sent with one write. Finished answers come from a board (publish.h).
 */
#ifndef AFFIANT_HTTP_ANSWER_H
#define AFFIANT_HTTP_ANSWER_H

#include "oracle/http_exchange.h"
#include "oracle/http_problem.h"

struct http_answer {
	int status;
	const char *type;  /* NULL: no body and no Content-Type */
	const char *cache; /* Cache-Control; NULL: no-store */
	const char *etag;  /* with its quotes, or NULL */
	const char *extra; /* finished header lines, or NULL */
	struct span body;
};

/* Sends it; HEAD gets the head alone. */
void http_answer_send(struct http_exchange *x, const struct http_answer *a);
/* 200, application/json, no-store. */
void http_answer_json(struct http_exchange *x, struct span body);

/* An error. `detail` is for the client: never a secret. */
void http_answer_problem(
    struct http_exchange *x, enum problem p, const char *detail);
void http_answer_problem_with(struct http_exchange *x, enum problem p,
    const char *detail, const struct problem_member *ext, size_t n_ext,
    const char *extra);
/* The problem that a fault is; logged when the mistake is ours. */
void http_answer_fault(struct http_exchange *x, const struct fault *f);

/*
 * Around everything that waits for a quote: false when the oracle is stopping
 * or too many wait already, and then that has been answered. Leave when the
 * answer has been sent.
 */
bool http_answer_enter(struct http_exchange *x);
void http_answer_leave(struct http_exchange *x);

/* What the board answers at this moment. */
void http_answer_board(struct http_exchange *x, struct board *b);

#endif
