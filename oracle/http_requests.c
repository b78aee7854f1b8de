/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/http_requests.h"

#include "oracle/http_answer.h"
#include "oracle/request_desk.h"
#include "verify/base/canon.h"

#include <string.h>

static bool is_on(struct http_exchange *x)
{
	if (x->site->deps.desk != NULL)
		return true;
	http_answer_problem(
	    x, PROBLEM_NOT_FOUND, "this oracle has no templates for requests");
	return false;
}

void http_requests_key(struct http_exchange *x)
{
	AUTO(blob_drop) struct blob body = { 0 };
	const struct http_query *q = &x->query;
	struct fault f = FAULT_INIT;

	if (!is_on(x) || !http_answer_enter(x))
		return;
	if (request_desk_key(x->site->deps.desk, span_of(q->nonce, q->nonce_n),
		q->detail, &body, &f))
		http_answer_json(x, blob_span(&body));
	else
		http_answer_fault(x, &f);
	http_answer_leave(x);
}

/* The last word of the fault's place is the reason: stable. */
static void answer_reason(
    struct http_exchange *x, enum problem p, const struct fault *f)
{
	const struct fault none = FAULT_INIT;
	struct fault room = none;
	struct wr w = wr_grow(64, "http.requests", &room);
	struct canon c = canon_to(&w);

	canon_text(&c, NULL, strchr(f->at, '.') + 1);
	const struct problem_member reason = { "reason", wr_view(&w) };
	http_answer_problem_with(x, p, f->text, &reason, wr_ok(&w) ? 1 : 0,
	    p == PROBLEM_RATE ? "Retry-After: 60\r\n" : NULL);
	wr_drop(&w);
}

static void answer_refused(struct http_exchange *x, const struct fault *f)
{
	if (strncmp(f->at, "source.", 7) == 0)
		answer_reason(x, PROBLEM_SOURCE, f);
	else if (strncmp(f->at, "request.", 8) != 0 || f->kind == FAULT_SYSTEM)
		http_answer_fault(x, f);
	else if (f->kind == FAULT_LIMIT)
		answer_reason(x, PROBLEM_RATE, f);
	else
		answer_reason(x, PROBLEM_REQUEST, f);
}

void http_requests_post(struct http_exchange *x)
{
	AUTO(blob_drop) struct blob body = { 0 };
	struct fault f = FAULT_INIT;

	if (!is_on(x) || !http_answer_enter(x))
		return;
	if (request_desk_serve(x->site->deps.desk, x->request->body,
		x->query.detail, &body, &f))
		http_answer_json(x, blob_span(&body));
	else
		answer_refused(x, &f);
	http_answer_leave(x);
}
