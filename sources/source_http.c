/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_http.h"

#include "sources/source_exchange.h"

#include <stdlib.h>
#include <string.h>

/* One fetch. */
struct visit {
	struct source_exchange exchange;
	struct statement_hop *hops; /* where there are any */
	struct sha256 body_hash;
	struct blob body; /* kept, if it is to be */
	struct picked picked;
	struct fault fault;
};

struct source_http {
	struct source_question question;
	const struct source_kind *kind;
	struct sha256 request; /* request.h */
	struct visit *visit;   /* NULL: nothing was asked, or it is forgotten */
	bool running;
	void (*done)(void *user);
	void *user;
};

/* ---- asking ------------------------------------------------------------- */

static FALLIBLE read_body(struct source_http *h, struct span body)
{
	struct visit *v = h->visit;

	v->body_hash = sha256_of(body);
	if (h->question.config->keep_body)
		TRY(blob_copy(body, &v->body, &v->fault));
	return h->kind->picks->pick(&h->question.config->rule, body,
	    v->exchange.received, &v->picked, &v->fault);
}

static FALLIBLE describe_hops(struct visit *v)
{
	const struct source_exchange *x = &v->exchange;

	if (x->n_hops == 0)
		return true;
	v->hops = calloc(x->n_hops, sizeof(*v->hops));
	if (v->hops == NULL)
		return fault_raise(&v->fault, FAULT_SYSTEM, "source.internal",
		    "out of memory");
	for (size_t i = 0; i < x->n_hops; i++) {
		const struct source_hop *hop = &x->hops[i];
		v->hops[i] = (struct statement_hop){
			.host = span_text(hop->url.host),
			.url = blob_span(&hop->shown),
			.status = hop->status,
			.http = span_text("1.1"),
			.tls = hop->tls.evidence,
		};
	}
	return true;
}

static void on_done(void *user, struct source_answer *a)
{
	struct source_http *h = user;
	struct visit *v = h->visit;

	h->running = false;
	v->fault = v->exchange.fault;
	if (v->fault.kind == FAULT_NONE &&
	    (!read_body(h, blob_span(&a->body)) || !describe_hops(v)) &&
	    v->fault.kind == FAULT_NONE)
		fault_raise(&v->fault, FAULT_INTERNAL, "source.internal",
		    "a kind of source failed without a reason");
	h->done(h->user);
}

bool source_http_start(struct source_http *h, uint32_t deadline_ms,
    void (*done)(void *user), void *user)
{
	uint32_t time_ms = h->question.config->timeout_ms;

	source_http_forget(h);
	h->done = done;
	h->user = user;
	h->visit = calloc(1, sizeof(*h->visit));
	if (h->visit == NULL)
		return false;
	h->visit->fault = FAULT_INIT;
	if (deadline_ms > 0 && deadline_ms < time_ms)
		time_ms = deadline_ms;
	h->running = source_exchange_start(
	    &h->visit->exchange, &h->question, time_ms, on_done, h);
	if (!h->running)
		h->visit->fault = h->visit->exchange.fault;
	return h->running;
}

void source_http_stop(struct source_http *h)
{
	if (!h->running)
		return;
	h->running = false;
	source_exchange_stop(&h->visit->exchange);
	h->visit->fault = h->visit->exchange.fault;
}

bool source_http_is_running(const struct source_http *h)
{
	return h->running;
}

void source_http_forget(struct source_http *h)
{
	if (h->visit == NULL)
		return;
	source_exchange_drop(&h->visit->exchange);
	blob_drop(&h->visit->body);
	picked_drop(&h->visit->picked);
	free(h->visit->hops);
	free(h->visit);
	h->visit = NULL;
	h->running = false;
}

/* ---- results ------------------------------------------------------------ */

static void describe_failure(
    const struct source_http *h, struct source_result *out)
{
	static const char prefix[] = "source.";
	const char *at = out->fault.at;

	if (strncmp(at, prefix, strlen(prefix)) == 0)
		at += strlen(prefix);
	else
		at = "internal";
	out->source.failed = true;
	out->source.host = span_text(h->question.url.host);
	out->source.url = blob_span(&h->question.shown);
	out->source.reason = span_text(at);
	out->source.detail = span_text(out->fault.text);
}

static void describe_success(
    const struct source_http *h, struct source_result *out)
{
	const struct visit *v = h->visit;
	const struct source_exchange *x = &v->exchange;

	out->ok = true;
	out->observed_at = v->picked.has_time ? v->picked.time : x->received;
	out->received_at = x->received;
	out->received_ns = x->received_ns;
	out->vouched_at = x->tls.vouched_at;
	out->number = v->picked.number;
	out->body = blob_span(&v->body);
	out->source = (struct statement_source){
		.host = span_text(source_exchange_url(x)->host),
		.url = source_exchange_shown(x),
		.status = x->status,
		.http = span_text("1.1"),
		.body = v->body_hash,
		.has_request = true,
		.request = h->request,
		.observed_at = out->observed_at,
		.value = blob_span(&v->picked.text),
		.tls = x->tls.evidence,
		.hops = v->hops,
		.n_hops = x->n_hops,
		.used = true,
	};
	for (size_t i = 0; i <= x->n_hops; i++) {
		struct source_wire *w =
		    i < x->n_hops ? x->hops[i].tls.wire : x->tls.wire;

		if (w != NULL)
			out->wire[out->n_wires++] = w;
	}
}

void source_http_result(const struct source_http *h, struct source_result *out)
{
	const struct visit *v = h->visit;

	*out = (struct source_result){ .fault = FAULT_INIT };
	if (v == NULL) {
		fault_raise(&out->fault, FAULT_SYSTEM, "source.internal",
		    "out of memory");
		describe_failure(h, out);
		return;
	}
	out->fault = v->fault;
	out->has_server_date = v->exchange.has_server_date;
	out->server_date = v->exchange.server_date;
	out->server_age_s = v->exchange.server_age_s;
	out->retry_after_s = v->exchange.retry_after_s;
	out->took_ms = v->exchange.took_ms;
	if (v->fault.kind != FAULT_NONE)
		describe_failure(h, out);
	else
		describe_success(h, out);
}

/* ---- opening ------------------------------------------------------------ */

/* What the statement says was asked, as it was configured. */
static FALLIBLE hash_request(
    const struct source_config *c, struct sha256 *out, struct fault *f)
{
	const struct request r = {
		.url = c->url,
		.headers = c->headers,
		.n_headers = c->n_headers,
		.body = c->body,
	};
	struct fault why = FAULT_INIT;

	if (!request_hash(&r, out, &why))
		return fault_raise(f, FAULT_CONFIG, "/headers", "%s", why.text);
	return true;
}

FALLIBLE source_http_open(struct source_loop *loop,
    const struct source_config *c, struct source_http **out, struct fault *f)
{
	struct source_http *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	h->kind = source_kind_find(c->kind);
	if (!hash_request(c, &h->request, f) ||
	    !source_question_open(loop, c, &h->question, f)) {
		free(h);
		return false;
	}
	*out = h;
	return true;
}

void source_http_free(struct source_http *h)
{
	if (h == NULL)
		return;
	source_http_forget(h);
	source_question_drop(&h->question);
	free(h);
}
