/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/http_get.h"

#include "sources/source_exchange.h"

#include <stdlib.h>

/* How long a stop may go unnoticed. */
#define POLL_MS 100

struct http_get {
	struct http_get_config config;
	struct source_loop *loop;
};

void http_got_drop(struct http_got *g)
{
	blob_drop(&g->body);
	blob_drop(&g->header);
	g->has_header = false;
}

/* ---- one request -------------------------------------------------------- */

/* One at a time: nobody else's answer ends here. */
struct fetch {
	struct source_question question;
	struct source_exchange exchange;
	struct http_got got;
	bool is_done;
};

static void fetch_drop(struct fetch *t)
{
	source_exchange_drop(&t->exchange);
	source_question_drop(&t->question);
	http_got_drop(&t->got);
}

static void on_done(void *user, struct source_answer *a)
{
	struct fetch *t = user;

	t->is_done = true;
	if (t->exchange.fault.kind != FAULT_NONE)
		return;
	t->got.body = blob_move(&a->body);
	t->got.header = blob_move(&a->header);
	t->got.has_header = a->has_header;
}

static FALLIBLE wait_for(struct http_get *g, struct fetch *t,
    const volatile bool *stop, struct fault *f)
{
	t->is_done = !source_exchange_start(
	    &t->exchange, &t->question, g->config.timeout_ms, on_done, t);
	while (!t->is_done) {
		if (stop != NULL && __atomic_load_n(stop, __ATOMIC_ACQUIRE)) {
			source_exchange_stop(&t->exchange);
			t->is_done = true;
		} else {
			source_loop_turn(g->loop, POLL_MS);
		}
	}
	if (t->exchange.fault.kind == FAULT_NONE)
		return true;
	*f = t->exchange.fault;
	return false;
}

/* What the request of a source would be checked for. Collateral services
 * stand in the operator's own network as a rule, and what they send is signed
 * by the vendor: any address will do. */
static struct source_config config_of(
    const struct http_get_config *c, const struct http_get_ask *ask)
{
	return (struct source_config){
		.url = ask->url,
		.ca_file = c->ca_file,
		.allow_http = c->allow_http,
		.allow_private = true,
		.timeout_ms = c->timeout_ms,
		.max_bytes = ask->max_bytes,
	};
}

FALLIBLE http_get_fetch(struct http_get *g, const struct http_get_ask *ask,
    const volatile bool *stop, struct http_got *out, struct fault *f)
{
	const struct source_config c = config_of(&g->config, ask);
	AUTO(fetch_drop) struct fetch t = { 0 };

	TRY(source_request_check(&c, f));
	TRY(source_question_open(g->loop, &c, &t.question, f));
	t.question.header = ask->header;
	TRY(wait_for(g, &t, stop, f));
	*out = t.got;
	t.got = (struct http_got){ 0 };
	return true;
}

/* ---- opening ------------------------------------------------------------ */

FALLIBLE http_get_open(
    const struct http_get_config *c, struct http_get **out, struct fault *f)
{
	struct source_limits limits = source_limits_default;
	struct http_get *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	g->config = *c;
	/* A handful of requests, one after the other. */
	limits.per_host_per_s = 0;
	if (!source_loop_open(&limits, &g->loop, f)) {
		http_get_close(g);
		return false;
	}
	*out = g;
	return true;
}

void http_get_close(struct http_get *g)
{
	if (g == NULL)
		return;
	source_loop_close(g->loop);
	free(g);
}

void http_get_drop(struct http_get **g)
{
	http_get_close(*g);
	*g = NULL;
}
