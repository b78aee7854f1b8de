/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/rpc/rpc_ask.h"

#include "verify/base/clock.h"
#include "verify/base/secret.h"
#include "verify/base/text.h"

#include <string.h>

/* An endpoint behind a name may become another one (onchain section 9.3). */
#define IDENTITY_NS (10ull * 60 * 1000 * 1000 * 1000)
#define NS_PER_MS 1000000ull
/* Doublings of a wait; the limit is reached before. */
#define MAX_DOUBLINGS 16

/* ---- texts -------------------------------------------------------------- */

void rpc_ask_put_hex(struct wr *w, struct span bytes)
{
	char digits[HEX_SIZE(64)];

	wr_text(w, "\"0x");
	for (size_t i = 0; i < bytes.n; i += 64) {
		size_t n = bytes.n - i < 64 ? bytes.n - i : 64;

		hex_encode(span_of(bytes.p + i, n), digits);
		wr_text(w, digits);
	}
	wr_u8(w, '"');
}

void rpc_ask_put_u64(struct wr *w, uint64_t v)
{
	wr_printf(w, "\"0x%llx\"", (unsigned long long)v);
}

void rpc_ask_put_at(struct wr *w, struct rpc_at at)
{
	switch (at.tag) {
	case RPC_LATEST:
		wr_text(w, "\"latest\"");
		return;
	case RPC_PENDING:
		wr_text(w, "\"pending\"");
		return;
	case RPC_SAFE:
		wr_text(w, "\"safe\"");
		return;
	case RPC_FINALIZED:
		wr_text(w, "\"finalized\"");
		return;
	case RPC_NUMBER:
		rpc_ask_put_u64(w, at.number);
		return;
	}
}

/* ---- what is kept of an endpoint ---------------------------------------- */

/* Three quarters of the wait, and up to a half more: not all at once. */
static uint64_t jitter(uint64_t ms)
{
	uint32_t random = 0;

	if (!random_bytes(&random, sizeof(random), NULL))
		return ms;
	return ms - ms / 4 + random % (ms / 2 + 1);
}

static void make_wait(
    struct rpc_chain *c, struct rpc_endpoint *e, uint64_t retry_after_s)
{
	uint64_t ms = c->config.backoff_ms;

	for (unsigned k = 0; k < e->n_waits && ms < LIMIT_RPC_BACKOFF_MS; k++)
		ms *= 2;
	ms = jitter(ms < LIMIT_RPC_BACKOFF_MS ? ms : LIMIT_RPC_BACKOFF_MS);
	if (e->n_waits < MAX_DOUBLINGS)
		e->n_waits++;
	if (retry_after_s > LIMIT_RPC_RETRY_AFTER_S)
		retry_after_s = LIMIT_RPC_RETRY_AFTER_S;
	if (ms < retry_after_s * 1000)
		ms = retry_after_s * 1000;
	e->wait_ns = clock_monotonic_ns() + ms * NS_PER_MS;
}

static void note_head(struct rpc_chain *c, struct rpc_endpoint *e, uint64_t n)
{
	e->health.has_head = true;
	e->health.head = n;
	if (n > c->best_head)
		c->best_head = n;
}

/* How an attempt ended. */
enum ending {
	ENDING_GOOD,  /* read */
	ENDING_FINAL, /* an answer too: another would have to say it as well */
	ENDING_TROUBLE, /* its own: ask somebody else, and wait with this one */
	ENDING_STALE,   /* behind: ask somebody else */
	ENDING_OURS     /* stopped, or no memory */
};

struct attempt {
	enum ending ending;
	uint64_t retry_after_s;
	uint64_t started_ns;
};

static void note(struct rpc_chain *c, struct rpc_endpoint *e,
    const struct attempt *a, const struct fault *f)
{
	uint64_t spent = clock_monotonic_ns() - a->started_ns;

	(void)pthread_mutex_lock(&c->lock);
	e->health.n_calls++;
	switch (a->ending) {
	case ENDING_GOOD:
	case ENDING_FINAL:
		e->n_waits = 0;
		e->wait_ns = 0;
		e->health.failure_at = NULL;
		e->health.latency_ms = (uint32_t)(spent / NS_PER_MS);
		break;
	case ENDING_TROUBLE:
		make_wait(c, e, a->retry_after_s);
		e->health.n_failures++;
		e->health.failure_at = f->at;
		break;
	case ENDING_STALE:
		e->health.n_failures++;
		e->health.failure_at = f->at;
		break;
	case ENDING_OURS:
		break;
	}
	(void)pthread_mutex_unlock(&c->lock);
}

/* ---- one request -------------------------------------------------------- */

static FALLIBLE put_request(struct rpc_chain *c, const struct rpc_request *r,
    struct blob *out, struct fault *f)
{
	struct wr w = wr_grow(3 * LIMIT_TX_BYTES, "rpc.internal", f);

	wr_printf(&w, "{\"jsonrpc\":\"2.0\",\"id\":%llu,\"method\":\"%s\",",
	    (unsigned long long)++c->id, r->method);
	wr_text(&w, "\"params\":");
	wr_span(&w, r->params);
	wr_text(&w, "}");
	return wr_done(&w, out);
}

/* The wire alone: what came back, as an answer to this request. */
static FALLIBLE exchange(struct rpc_chain *c, struct rpc_endpoint *e,
    const struct rpc_request *r, struct rpc_answer *out, struct attempt *a,
    struct fault *f)
{
	AUTO(blob_drop) struct blob body = { 0 };
	struct rpc_http_got got;

	a->ending = ENDING_OURS;
	TRY(put_request(c, r, &body, f));
	const struct rpc_http_ask ask = {
		.body = blob_span(&body),
		.max_bytes = LIMIT_RPC_BYTES,
		.timeout_ms = c->config.timeout_ms,
	};
	bool ok = rpc_http_post(e->http, &ask, &got, f);
	AUTO(blob_drop) struct blob answer = blob_move(&got.body);
	a->retry_after_s = got.retry_after_s;
	if (!ok &&
	    (f->kind != FAULT_REMOTE || strcmp(f->at, "rpc.stopped") == 0))
		return false;
	a->ending = ENDING_TROUBLE;
	return ok && rpc_answer_parse(blob_span(&answer), c->id, out, f);
}

static FALLIBLE judge_head(struct rpc_chain *c, struct rpc_endpoint *e,
    const struct rpc_request *r, struct attempt *a, struct fault *f)
{
	if (r->head == NULL)
		return true;
	bool is_stale = *r->head + LIMIT_RPC_LAG_BLOCKS < c->best_head;
	(void)pthread_mutex_lock(&c->lock);
	note_head(c, e, *r->head);
	(void)pthread_mutex_unlock(&c->lock);
	if (!is_stale)
		return true;
	a->ending = ENDING_STALE;
	return fault_raise(f, FAULT_REMOTE, "rpc.stale",
	    "its head is more than %d blocks behind what was seen",
	    LIMIT_RPC_LAG_BLOCKS);
}

static FALLIBLE attempt(struct rpc_chain *c, struct rpc_endpoint *e,
    const struct rpc_request *r, struct attempt *a, struct fault *f)
{
	AUTO(rpc_answer_drop) struct rpc_answer answer = { 0 };

	TRY(exchange(c, e, r, &answer, a, f));
	/* An error that is the answer is final; what a reader cannot make
	 * sense of is the endpoint's. */
	if (answer.result == NULL && !rpc_answer_is_trouble(&answer))
		a->ending = ENDING_FINAL;
	TRY(r->read(&answer, r->out, f));
	TRY(judge_head(c, e, r, a, f));
	a->ending = ENDING_GOOD;
	return true;
}

static FALLIBLE ask(struct rpc_chain *c, size_t i, const struct rpc_request *r,
    enum ending *ending, struct fault *f)
{
	struct rpc_endpoint *e = &c->endpoints[i];
	struct attempt a = { .started_ns = clock_monotonic_ns() };
	bool ok = attempt(c, e, r, &a, f);

	note(c, e, &a, f);
	*ending = a.ending;
	return ok || fault_within(f, "%.80s", e->shown);
}

/* ---- who it is ---------------------------------------------------------- */

static bool read_u64(const struct rpc_answer *a, void *out, struct fault *f)
{
	const struct json_node *v;

	TRY(rpc_answer_result(a, &v, f));
	return rpc_answer_u64(v, "the result", out, f);
}

static FALLIBLE refuse_chain(struct rpc_chain *c, struct rpc_endpoint *e,
    uint64_t found, struct fault *f)
{
	(void)pthread_mutex_lock(&c->lock);
	e->checked_ns = 0;
	e->health.is_wrong_chain = true;
	e->health.n_failures++;
	e->health.failure_at = "rpc.chain-id";
	make_wait(c, e, 0);
	(void)pthread_mutex_unlock(&c->lock);
	return fault_raise(f, FAULT_REMOTE, "rpc.chain-id",
	    "%.80s: serves chain %llu, configured is %llu", e->shown,
	    (unsigned long long)found, (unsigned long long)c->config.chain_id);
}

static FALLIBLE identify(
    struct rpc_chain *c, size_t i, enum ending *ending, struct fault *f)
{
	struct rpc_endpoint *e = &c->endpoints[i];
	uint64_t now = clock_monotonic_ns(), found = 0;
	const struct rpc_request r = { "eth_chainId", span_text("[]"), read_u64,
		&found, NULL };

	if (e->checked_ns != 0 && now - e->checked_ns < IDENTITY_NS)
		return true;
	if (!ask(c, i, &r, ending, f)) {
		/* Whoever cannot even say that says nothing else. */
		if (*ending == ENDING_FINAL)
			*ending = ENDING_TROUBLE;
		return false;
	}
	*ending = ENDING_TROUBLE;
	if (found != c->config.chain_id)
		return refuse_chain(c, e, found, f);
	(void)pthread_mutex_lock(&c->lock);
	e->checked_ns = now;
	e->health.is_wrong_chain = false;
	(void)pthread_mutex_unlock(&c->lock);
	return true;
}

static FALLIBLE is_ready(
    struct rpc_chain *c, size_t i, enum ending *ending, struct fault *f)
{
	struct rpc_health h;

	*ending = ENDING_TROUBLE;
	if (!rpc_chain_is_waiting(c, i))
		return true;
	if (!rpc_chain_health(c, i, &h))
		return false;
	/* One of another chain says so for as long as it waits. */
	if (h.is_wrong_chain)
		return fault_raise(f, FAULT_REMOTE, "rpc.chain-id",
		    "%.80s: serves another chain", h.shown);
	return fault_raise(f, FAULT_REMOTE, "rpc.limit",
	    "%.80s: is not asked for %u ms, after %s", h.shown, h.wait_ms,
	    h.failure_at != NULL ? h.failure_at : "a failure");
}

static FALLIBLE ask_ready(struct rpc_chain *c, size_t i,
    const struct rpc_request *r, enum ending *ending, struct fault *f)
{
	TRY(is_ready(c, i, ending, f));
	TRY(identify(c, i, ending, f));
	return ask(c, i, r, ending, f);
}

FALLIBLE rpc_ask_identity(struct rpc_chain *c, size_t i, struct fault *f)
{
	enum ending ending;

	TRY(is_ready(c, i, &ending, f));
	return identify(c, i, &ending, f);
}

FALLIBLE rpc_ask_one(
    struct rpc_chain *c, size_t i, const struct rpc_request *r, struct fault *f)
{
	enum ending ending;

	return ask_ready(c, i, r, &ending, f);
}

/* ---- one after the other ------------------------------------------------ */

/* The fault is the first one, or that of an answer that is final. */
static FALLIBLE ask_from(struct rpc_chain *c, size_t from,
    const struct rpc_request *r, size_t *k_out, bool *stale, struct fault *f)
{
	struct fault first = FAULT_INIT;

	for (size_t k = from; k < c->n; k++) {
		struct fault why = FAULT_INIT;
		enum ending ending = ENDING_OURS;

		if (ask_ready(c, rpc_chain_order(c, k), r, &ending, &why)) {
			*k_out = k;
			return true;
		}
		if (first.kind == FAULT_NONE || ending == ENDING_FINAL)
			first = why;
		*stale |= ending == ENDING_STALE;
		if (ending == ENDING_FINAL || ending == ENDING_OURS)
			break;
	}
	if (first.kind == FAULT_NONE)
		return fault_raise(f, FAULT_REMOTE, "rpc.connect",
		    "there is no further endpoint");
	return fault_raise(f, first.kind, first.at, "%s", first.text);
}

FALLIBLE rpc_ask_next(struct rpc_chain *c, size_t from,
    const struct rpc_request *r, size_t *k, struct fault *f)
{
	bool stale = false;

	return ask_from(c, from, r, k, &stale, f);
}

FALLIBLE rpc_ask_any(
    struct rpc_chain *c, const struct rpc_request *r, struct fault *f)
{
	struct fault first = FAULT_INIT;
	bool stale = false;
	size_t k;

	if (ask_from(c, 0, r, &k, &stale, &first)) {
		c->current = rpc_chain_order(c, k);
		return true;
	}
	/* All that answer are behind: then it is the chain that went back. */
	if (stale) {
		(void)pthread_mutex_lock(&c->lock);
		c->best_head = 0;
		(void)pthread_mutex_unlock(&c->lock);
		if (ask_from(c, 0, r, &k, &stale, f)) {
			c->current = rpc_chain_order(c, k);
			return true;
		}
		return false;
	}
	return fault_raise(f, first.kind, first.at, "%s", first.text);
}

FALLIBLE rpc_chain_check(struct rpc_chain *c, struct fault *f)
{
	struct fault first = FAULT_INIT;

	for (size_t k = 0; k < c->n; k++) {
		struct fault why = FAULT_INIT;

		if (rpc_ask_identity(c, rpc_chain_order(c, k), &why))
			return true;
		if (first.kind == FAULT_NONE)
			first = why;
	}
	return fault_raise(f, first.kind, first.at, "%s", first.text);
}
