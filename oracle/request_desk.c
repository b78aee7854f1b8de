/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/request_desk.h"

#include "attest/request_key.h"
#include "oracle/feed_evidence.h"
#include "oracle/feed_response.h"
#include "oracle/request_form.h"
#include "oracle/request_gate.h"
#include "oracle/trusted_time.h"
#include "verify/base/clock.h"
#include "verify/base/secret.h"

#include <stdatomic.h>
#include <stdlib.h>

struct request_desk {
	struct feed_deps deps;
	const struct requests_config *config;
	struct request_key *key;
	struct request_gate *gate;
	atomic_uint_least64_t round;
	volatile bool stop; /* as source_set_fetch reads it */
};

FALLIBLE request_desk_open(
    const struct feed_deps *deps, struct request_desk **out, struct fault *f)
{
	const struct requests_config *c = &deps->config->requests;
	struct request_desk *d;

	*out = NULL;
	if (c->n_templates == 0)
		return true;
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "request.memory", "not enough memory");
	d->deps = *deps;
	d->config = c;
	atomic_init(&d->round, 0);
	if (!request_key_make(&d->key, f) ||
	    !request_gate_new(c->per_minute, c->at_once, &d->gate, f)) {
		request_desk_close(d);
		return false;
	}
	*out = d;
	return true;
}

void request_desk_stop(struct request_desk *d)
{
	if (d != NULL)
		__atomic_store_n(&d->stop, true, __ATOMIC_RELEASE);
}

void request_desk_close(struct request_desk *d)
{
	if (d == NULL)
		return;
	request_key_close(d->key);
	request_gate_free(d->gate);
	free(d);
}

/* ---- from a statement to a body ----------------------------------------- */

static void drop_statement(struct statement **st)
{
	free(*st);
	*st = NULL;
}

static void drop_bytes(uint8_t **p)
{
	free(*p);
	*p = NULL;
}

static FALLIBLE respond(struct request_desk *d, const struct statement *st,
    struct span tls, enum response_detail detail, struct blob *body,
    struct fault *f)
{
	AUTO(feed_response_drop) struct feed_response r = { 0 };
	AUTO(blob_drop) struct blob collateral = { 0 };
	AUTO(drop_bytes) uint8_t *scratch = malloc(LIMIT_STATEMENT_BYTES);

	if (scratch == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "request.memory", "not enough memory");
	TRY(feed_response_sign(&r, &d->deps, st, scratch, f));
	TRY(blob_copy(tls, &r.tls, f));
	TRY(feed_response_quote(&r, &d->deps, f));
	TRY(feed_response_collateral(&d->deps, detail, &collateral, f));
	return feed_response_encode(
	    &r, &d->deps, detail, blob_span(&collateral), body, f);
}

/* Too large for the stack of an HTTP thread. */
static FALLIBLE begin(const struct request_desk *d, const char *kind,
    struct span nonce, struct statement **out, struct fault *f)
{
	const struct trusted_moment at = trusted_moment_now();
	struct statement *st;

	TRY(trusted_time_check(d->deps.time, at, f));
	st = calloc(1, sizeof(*st));
	if (st == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "request.memory", "not enough memory");
	st->kind = statement_kind_find(span_text(kind));
	st->config = d->deps.config->hash;
	st->nonce = nonce;
	st->signer = *signer_address(d->deps.signer);
	st->timestamp = at.now;
	*out = st;
	return true;
}

FALLIBLE request_desk_key(struct request_desk *d, struct span nonce,
    enum response_detail detail, struct blob *body, struct fault *f)
{
	AUTO(drop_statement) struct statement *st = NULL;
	struct fault ignored = FAULT_INIT;
	struct rd r = rd_over(request_key_public(d->key), "request", &ignored);

	TRY(begin(d, "key", nonce, &st, f));
	st->has_request_key = true;
	rd_copy(&r, st->request_key.b, sizeof(st->request_key.b));
	return respond(d, st, span_text(""), detail, body, f);
}

/* ---- one request -------------------------------------------------------- */

static FALLIBLE open_sealed(struct request_desk *d, struct span body,
    struct blob *plain, struct fault *f)
{
	AUTO(blob_drop) struct blob sealed = { 0 };
	uint8_t key[REQUEST_KEY_BYTES];

	TRY(request_form_outer(body, key, &sealed, f));
	if (!span_equal(span_of(key, sizeof(key)), request_key_public(d->key)))
		return fault_raise(f, FAULT_CRYPTO, "request.key",
		    "this process has another key: GET /v1/requests/key");
	return request_key_open(d->key, blob_span(&sealed), plain, f);
}

/* Grows, also over a restart while the clock does. */
static uint64_t next_round(struct request_desk *d, struct utc now)
{
	uint64_t last = atomic_load(&d->round), next;

	do {
		next = (uint64_t)now.ms > last ? (uint64_t)now.ms : last + 1;
	} while (!atomic_compare_exchange_weak(&d->round, &last, next));
	return next;
}

static FALLIBLE state(struct request_desk *d, const struct request_form *form,
    const struct source_result *result, enum response_detail detail,
    struct blob *body, struct fault *f)
{
	AUTO(feed_evidence_drop) struct feed_evidence evidence = { 0 };
	AUTO(drop_statement) struct statement *st = NULL;
	struct statement_source *s;

	TRY(begin(
	    d, "text", span_of(form->nonce, sizeof(form->nonce)), &st, f));
	st->feed = span_text(form->template->id);
	st->round = next_round(d, st->timestamp);
	st->timestamp = result->observed_at;
	st->value = result->source.value;
	st->n_sources = 1;
	s = &st->source[0];
	*s = result->source;
	s->used = true;
	/* Of what was sealed, salt and all, instead of the request's own. */
	s->has_request = true;
	s->request = form->hash;
	s->has_received = result->received_at.ms != s->observed_at.ms;
	s->received_at = result->received_at;
	TRY(feed_evidence_fill(&evidence, result, 1, f));
	return respond(d, st, blob_span(&evidence.tls), detail, body, f);
}

static FALLIBLE fetch(struct request_desk *d, const struct request_form *form,
    enum response_detail detail, struct blob *body, struct fault *f)
{
	AUTO(source_loop_drop) struct source_loop *loop = NULL;
	AUTO(source_set_drop) struct source_set *set = NULL;
	struct source_config source = form->template->source;
	struct source_limits limits = source_limits_default;
	struct fault why = FAULT_INIT;

	/* One request is one fetch: what it may do on a server is its own. */
	limits.retries = 0;
	source.values = (struct source_values){ form->values, form->n_values };
	TRY(source_loop_open(&limits, &loop, f));
	if (!source_set_open(loop, &source, 1, &set, &why)) {
		if (why.kind == FAULT_CONFIG)
			return fault_raise(f, FAULT_POLICY, "request.value",
			    "with these values there is no URL that could be "
			    "asked");
		*f = why;
		return false;
	}
	const struct source_result *result = source_set_fetch(set, &d->stop);
	if (!result->ok)
		return fault_raise(f, FAULT_REMOTE, result->fault.at, "%s",
		    result->fault.text);
	if (request_form_reveals(form, result->source.value))
		return fault_raise(f, FAULT_REMOTE, "source.reveals",
		    "the value repeats a parameter, which is not stated");
	return state(d, form, result, detail, body, f);
}

static FALLIBLE serve(struct request_desk *d, struct span sealed,
    enum response_detail detail, struct blob *body, struct fault *f)
{
	AUTO(request_form_drop) struct request_form form = { 0 };
	AUTO(blob_wipe) struct blob plain = { 0 };

	TRY(open_sealed(d, sealed, &plain, f));
	TRY(request_form_read(blob_span(&plain), d->config, &form, f));
	TRY(request_gate_take(d->gate, span_of(form.nonce, sizeof(form.nonce)),
	    form.made, clock_now(), f));
	return fetch(d, &form, detail, body, f);
}

FALLIBLE request_desk_serve(struct request_desk *d, struct span sealed,
    enum response_detail detail, struct blob *body, struct fault *f)
{
	TRY(request_gate_enter(d->gate, clock_monotonic_ns(), f));
	bool ok = serve(d, sealed, detail, body, f);
	request_gate_leave(d->gate);
	return ok;
}
