/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/http_api.h"

#include "oracle/collateral_keeper.h"
#include "oracle/http_answer.h"
#include "verify/base/canon.h"
#include "verify/base/clock.h"
#include "verify/base/text.h"

#include <string.h>

/* How long the answers of /v1/key and /v1/collateral are served again: they
 * change rarely, and anybody may ask for them. */
#define KEPT_MS 60000
#define READY_MAX_BYTES (CONFIG_MAX_FEEDS * 1024)

/* ---- /v1/statements/SHA256 ---------------------------------------------- */

/* A statement's hash names its bytes for ever. */
static const char immutable[] = "public, max-age=31536000, immutable";

void http_api_statement(struct http_exchange *x)
{
	const char *tag = x->request->if_none_match;
	char hex[HEX_SIZE(32)], etag[sizeof(hex) + 2];
	struct fault f = FAULT_INIT;
	struct sha256 statement;

	if (!hex_decode(span_text(x->rest), statement.b, sizeof(statement.b),
		"http.statement", &f)) {
		http_answer_problem(x, PROBLEM_BAD_PATH, f.text);
		return;
	}
	const struct recent_entry *e =
	    recent_find(x->site->deps.recent, &statement);
	if (e == NULL) {
		http_answer_problem(x, PROBLEM_NO_STATEMENT,
		    "the oracle keeps the latest responses only");
		return;
	}
	hex_encode(sha256_span(&statement), hex);
	memset(etag, '"', sizeof(etag));
	memcpy(etag + 1, hex, sizeof(hex) - 1);
	etag[sizeof(etag) - 1] = '\0';
	struct http_answer a = { .status = 200,
		.type = "application/json",
		.cache = immutable,
		.etag = etag,
		.body = recent_body(e) };
	if (tag != NULL && strstr(tag, etag) != NULL) {
		a.status = 304;
		a.type = NULL;
	}
	http_answer_send(x, &a);
	recent_release(e);
}

/* ---- the signer --------------------------------------------------------- */

static FALLIBLE respond_key(struct http_site *site, struct span nonce,
    enum response_detail detail, struct blob *body, struct fault *f)
{
	const struct http_deps *d = &site->deps;
	const struct feed_deps deps = {
		.config = d->config,
		.signer = d->signer,
		.quoter = d->quoter,
		.attest = d->attest,
		.collateral = d->collateral,
		.time = d->time,
	};

	return key_respond(&deps, nonce, detail, body, f);
}

void http_api_attestation(struct http_exchange *x)
{
	AUTO(blob_drop) struct blob body = { 0 };
	const struct http_query *q = &x->query;
	struct fault f = FAULT_INIT;

	if ((q->given & HTTP_NONCE) == 0) {
		http_answer_problem(x, PROBLEM_BAD_NONCE,
		    "this route needs ?nonce=HEX; /v1/key needs none");
		return;
	}
	if (!http_answer_enter(x))
		return;
	if (respond_key(
		x->site, span_of(q->nonce, q->nonce_n), q->detail, &body, &f))
		http_answer_json(x, blob_span(&body));
	else
		http_answer_fault(x, &f);
	http_answer_leave(x);
}

/* ---- answers that are kept ---------------------------------------------- */

/* *until: when it is not to be served any more, if that is known. */
typedef bool make_body(struct http_site *site, struct blob *body,
    struct utc *until, struct fault *f);

static FALLIBLE refresh(struct http_exchange *x, struct http_kept *kept,
    make_body *make, struct fault *f)
{
	AUTO(blob_drop) struct blob body = { 0 };
	const struct utc now = x->request->now;
	struct utc until = { now.ms + KEPT_MS }, end = { 0 };

	TRY(make(x->site, &body, &end, f));
	if (end.ms > 0 && end.ms < until.ms)
		until = end;
	const struct publication p = {
		.body = blob_span(&body),
		.statement = sha256_of(blob_span(&body)),
		.timestamp = now,
		.valid_until = until,
		.valid_until_ns =
		    clock_monotonic_ns() + KEPT_MS * UINT64_C(1000000),
		.interval_ms = KEPT_MS,
	};
	return board_publish(kept->board, &p, f);
}

/* One request makes it; those that come meanwhile wait for that one. */
static void answer_kept(
    struct http_exchange *x, struct http_kept *kept, make_body *make)
{
	const struct utc now = x->request->now;
	struct fault f = FAULT_INIT;
	bool ok = true;

	if (board_is_fresh(kept->board, now, NULL)) {
		http_answer_board(x, kept->board);
		return;
	}
	if (!http_answer_enter(x))
		return;
	pthread_mutex_lock(&kept->making);
	if (!board_is_fresh(kept->board, now, NULL))
		ok = refresh(x, kept, make, &f);
	pthread_mutex_unlock(&kept->making);
	if (ok)
		http_answer_board(x, kept->board);
	else
		http_answer_fault(x, &f);
	http_answer_leave(x);
}

static bool make_key(struct http_site *site, struct blob *body,
    struct utc *until, struct fault *f)
{
	(void)until;
	return respond_key(site, span_of(NULL, 0), RESPONSE_QUOTE, body, f);
}

void http_api_key(struct http_exchange *x)
{
	answer_kept(x, &x->site->key, make_key);
}

static bool make_collateral(struct http_site *site, struct blob *body,
    struct utc *until, struct fault *f)
{
	return collateral_keeper_choose(site->deps.attest,
	    site->deps.collateral, clock_now(), body, until, f);
}

void http_api_collateral(struct http_exchange *x)
{
	answer_kept(x, &x->site->collateral, make_collateral);
}

/* ---- health ------------------------------------------------------------- */

void http_api_healthz(struct http_exchange *x)
{
	http_answer_json(x, span_text("{\"status\":\"ok\"}"));
}

/* The feeds that are not fresh, with the reason; returns how many. */
static size_t put_unready(struct canon *c, const struct http_exchange *x)
{
	const struct http_deps *d = &x->site->deps;
	char why[FAULT_TEXT_MAX];
	size_t n = 0;

	canon_array(c, NULL);
	for (size_t i = 0; i < d->n_feeds; i++) {
		if (board_is_fresh(
			feed_board(d->feeds[i]), x->request->now, why))
			continue;
		n++;
		canon_object(c, NULL);
		canon_text(c, "id", d->config->feeds[i].id);
		canon_text(c, "why", why);
		canon_end(c);
	}
	canon_end(c);
	return n;
}

void http_api_readyz(struct http_exchange *x)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(READY_MAX_BYTES, "http.readyz", &f);
	struct canon c = canon_to(&w);
	size_t unready = put_unready(&c, x);
	struct trusted_time_state time;

	trusted_time_state_of(x->site->deps.time,
	    (struct trusted_moment){ x->request->now, clock_monotonic_ns() },
	    &time);

	if (!wr_ok(&w)) {
		http_answer_fault(x, &f);
	} else if (unready == 0 && time.ok) {
		http_answer_json(x, span_text("{\"status\":\"ready\"}"));
	} else {
		const struct problem_member feeds = { "feeds", wr_view(&w) };

		http_answer_problem_with(x, PROBLEM_NOT_READY,
		    time.ok ? "these feeds have no fresh value" : time.why,
		    &feeds, 1, "Retry-After: 1\r\n");
	}
	wr_drop(&w);
}
