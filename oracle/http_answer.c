/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/http_answer.h"

#include "oracle/collateral_keeper.h"
#include "oracle/log.h"

#include <string.h>

/* Between a body and its answer; all the headers below are less. */
#define HEAD_ROOM 2048
/* A problem without long extension members. */
#define PROBLEM_ROOM (64 * 1024)

static const char *reason_of(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{ 200, "OK" },
		{ 204, "No Content" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 408, "Request Timeout" },
		{ 413, "Content Too Large" },
		{ 414, "URI Too Long" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 502, "Bad Gateway" },
		{ 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" },
	};

	for (size_t i = 0; i < COUNT(reasons); i++) {
		if (reasons[i].status == status)
			return reasons[i].reason;
	}
	return "Unknown";
}

static void send_whole(struct http_exchange *x, int status, struct span answer)
{
	const size_t class = (size_t)status / 100 - 1;

	x->status = status;
	if (class < METRICS_CLASSES)
		atomic_fetch_add_explicit(
		    &x->site->load.answers[class], 1, memory_order_relaxed);
	x->send(x->to, answer);
}

static FALLIBLE compose(struct http_exchange *x, const struct http_answer *a,
    struct blob *out, struct fault *f)
{
	struct wr w = wr_grow(a->body.n + HEAD_ROOM, "http.answer", f);
	char date[30];

	wr_printf(&w, "HTTP/1.1 %d %s\r\n", a->status, reason_of(a->status));
	wr_printf(&w, "Date: %s\r\n", utc_format_http(x->request->now, date));
	if (a->type != NULL)
		wr_printf(&w, "Content-Type: %s\r\nContent-Length: %zu\r\n",
		    a->type, a->body.n);
	if (a->etag != NULL)
		wr_printf(&w, "ETag: %s\r\n", a->etag);
	wr_printf(&w, "Cache-Control: %s\r\n",
	    a->cache != NULL ? a->cache : "no-store");
	if (a->extra != NULL)
		wr_text(&w, a->extra);
	wr_printf(&w,
	    "Access-Control-Allow-Origin: *\r\n"
	    "Access-Control-Expose-Headers: ETag\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Connection: %s\r\n\r\n",
	    x->request->close ? "close" : "keep-alive");
	if (x->request->method != HTTP_HEAD && a->type != NULL)
		wr_span(&w, a->body);
	return wr_done(&w, out);
}

void http_answer_send(struct http_exchange *x, const struct http_answer *a)
{
	static const char no_memory[] =
	    "HTTP/1.1 500 Internal Server Error\r\n"
	    "Content-Length: 0\r\nConnection: close\r\n\r\n";
	AUTO(blob_drop) struct blob whole = { 0 };
	struct fault f = FAULT_INIT;

	if (compose(x, a, &whole, &f))
		send_whole(x, a->status, blob_span(&whole));
	else
		send_whole(x, 500, span_text(no_memory));
}

void http_answer_json(struct http_exchange *x, struct span body)
{
	http_answer_send(x,
	    &(struct http_answer){
		.status = 200, .type = "application/json", .body = body });
}

void http_answer_problem_with(struct http_exchange *x, enum problem p,
    const char *detail, const struct problem_member *ext, size_t n_ext,
    const char *extra)
{
	AUTO(blob_drop) struct blob body = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(PROBLEM_ROOM, "http.problem", &f);
	struct http_answer a = {
		.status = http_problem_row(p)->status,
		.type = "application/problem+json",
		.extra = extra,
	};

	if (!http_problem_encode(p, detail, ext, n_ext, &w, &f) ||
	    !wr_done(&w, &body)) {
		log_fault(LOG_ERROR, "http", &f);
		wr_drop(&w);
	}
	a.body = blob_span(&body);
	http_answer_send(x, &a);
}

void http_answer_problem(
    struct http_exchange *x, enum problem p, const char *detail)
{
	const char *extra =
	    http_problem_row(p)->status == 503 ? "Retry-After: 1\r\n" : NULL;

	http_answer_problem_with(x, p, detail, NULL, 0, extra);
}

static enum problem problem_of(const struct fault *f)
{
	switch (f->kind) {
	case FAULT_UNSUPPORTED:
		return PROBLEM_UNSUPPORTED;
	case FAULT_REMOTE:
	case FAULT_SYSTEM:
		if (strcmp(f->at, "feed.stale") == 0)
			return PROBLEM_STALE;
		if (trusted_time_raised(f))
			return PROBLEM_CLOCK;
		if (collateral_keeper_raised(f))
			return PROBLEM_COLLATERAL;
		if (strcmp(f->at, "quoter.stopped") == 0)
			return PROBLEM_STOPPING;
		return PROBLEM_QUOTE;
	case FAULT_NONE:
	case FAULT_FORMAT:
	case FAULT_LIMIT:
	case FAULT_CRYPTO:
	case FAULT_POLICY:
	case FAULT_CONFIG:
	case FAULT_USAGE:
	case FAULT_INTERNAL:
		return PROBLEM_INTERNAL;
	}
	return PROBLEM_INTERNAL;
}

void http_answer_fault(struct http_exchange *x, const struct fault *f)
{
	enum problem p = problem_of(f);

	if (p == PROBLEM_INTERNAL || p == PROBLEM_QUOTE)
		log_fault(LOG_ERROR, "http", f);
	http_answer_problem(x, p, f->text);
}

bool http_answer_enter(struct http_exchange *x)
{
	if (atomic_load(&x->site->stopping)) {
		http_answer_problem(x, PROBLEM_STOPPING, NULL);
		return false;
	}
	if (http_site_enter(x->site))
		return true;
	http_answer_problem(x, PROBLEM_BUSY,
	    "try again, or read the latest response without a nonce");
	return false;
}

void http_answer_leave(struct http_exchange *x)
{
	http_site_leave(x->site);
}

void http_answer_board(struct http_exchange *x, struct board *b)
{
	const struct http_request *r = x->request;
	struct board_answer answer;

	board_answer(b,
	    &(struct board_ask){ .detail = x->query.detail,
		.head_only = r->method == HTTP_HEAD,
		.close = r->close,
		.if_none_match = r->if_none_match,
		.now = r->now },
	    &answer);
	send_whole(x, answer.status, answer.bytes);
	board_release(answer.slot);
}
