/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_http.h"

#include "sources/source_code.h"
#include "sources/source_request.h"
#include "sources/source_tls.h"
#include "verify/base/clock.h"

#include <stdlib.h>
#include <string.h>

/* One request and what answered it. */
struct hop {
	struct source_url url;
	struct blob shown; /* what may be said of the URL */
	unsigned status;
	struct source_tls tls;
};

struct source_http {
	const struct source_config *config;
	const struct source_kind *kind;
	CURL *easy;
	struct source_request request;
	char error[CURL_ERROR_SIZE];

	/* hops[0] is the configured server; its URL outlives exchanges. */
	struct hop hops[LIMIT_REDIRECTS + 1];
	size_t n_hops; /* redirects followed so far */
	struct source_head head;
	struct blob body; /* what has come of it, and room up to body_cap */
	size_t body_cap, n_discarded;
	struct sha256 body_hash;
	struct picked picked;
	uint64_t started_ns, ended_ns;
	struct utc received;
	struct fault fault;
};

static struct hop *current(struct source_http *h)
{
	return &h->hops[h->n_hops];
}

/* ---- callbacks: what libcurl hands over --------------------------------- */

static FALLIBLE capture_tls(struct source_http *h)
{
	struct hop *hop = current(h);
	struct curl_tlssessioninfo *info = NULL;

	source_tls_drop(&hop->tls);
	if (!hop->url.is_https) {
		hop->tls.evidence.plain_http = true;
		return true;
	}
	if (curl_easy_getinfo(h->easy, CURLINFO_TLS_SSL_PTR, &info) !=
		CURLE_OK ||
	    info == NULL || info->backend != CURLSSLBACKEND_OPENSSL)
		return fault_raise(&h->fault, FAULT_INTERNAL, "source.internal",
		    "libcurl does not use OpenSSL");
	return source_tls_capture(
	    info->internals, hop->url.host, clock_now(), &hop->tls, &h->fault);
}

static bool is_redirect(unsigned status)
{
	return status == 301 || status == 302 || status == 303 ||
	    status == 307 || status == 308;
}

/* The whole head is there: is the body worth reading? */
static FALLIBLE judge_head(struct source_http *h)
{
	const struct source_config *c = h->config;
	unsigned status = h->head.status;

	current(h)->status = status;
	if (is_redirect(status)) {
		if (c->max_redirects == 0)
			return fault_raise(&h->fault, FAULT_REMOTE,
			    "source.redirect",
			    "status %u: the server redirects, which this "
			    "source does not allow",
			    status);
		return true;
	}
	if (status != 200 && h->head.has_retry_after)
		return fault_raise(&h->fault, FAULT_REMOTE, "source.http",
		    "status %u, retry after %llu s", status,
		    (unsigned long long)h->head.retry_after_s);
	if (status != 200)
		return fault_raise(&h->fault, FAULT_REMOTE, "source.http",
		    "status %u%s", status,
		    status == 429 ? ": too many requests" : "");
	TRY(source_head_check_body(&h->head, &h->fault));
	if (h->head.has_length && h->head.length > c->max_bytes)
		return fault_raise(&h->fault, FAULT_REMOTE, "source.limit",
		    "the body is larger than %zu bytes", c->max_bytes);
	return true;
}

static FALLIBLE take_line(struct source_http *h, struct span line)
{
	enum source_head_state before = h->head.state;

	TRY(source_head_take(&h->head, line, &h->fault));
	if (before == SOURCE_HEAD_START)
		return capture_tls(h);
	if (before == SOURCE_HEAD_FIELDS && h->head.state == SOURCE_HEAD_BODY)
		return judge_head(h);
	return true;
}

static size_t on_header(char *p, size_t size, size_t n, void *user)
{
	struct source_http *h = user;

	if (h->fault.kind != FAULT_NONE || !take_line(h, span_of(p, size * n)))
		return 0;
	return size * n;
}

static FALLIBLE enlarge_body(struct source_http *h, size_t need)
{
	size_t cap = h->body_cap > 0 ? h->body_cap : 4096;
	uint8_t *p;

	while (cap < need)
		cap *= 2;
	p = realloc(h->body.p, cap);
	if (p == NULL)
		return fault_raise(&h->fault, FAULT_SYSTEM, "source.internal",
		    "out of memory");
	h->body.p = p;
	h->body_cap = cap;
	return true;
}

/* Counted here: libcurl's own limit looks at a declared length only. */
static FALLIBLE take_body(struct source_http *h, struct span part)
{
	size_t have = h->body.n + h->n_discarded;

	if (h->head.state != SOURCE_HEAD_BODY)
		return fault_raise(&h->fault, FAULT_REMOTE, "source.http",
		    "the answer is not HTTP/1.1");
	if (part.n > h->config->max_bytes - have)
		return fault_raise(&h->fault, FAULT_REMOTE, "source.limit",
		    "the body is larger than %zu bytes", h->config->max_bytes);
	if (h->head.status != 200) {
		h->n_discarded += part.n; /* of a redirect */
		return true;
	}
	if (h->body.n + part.n > h->body_cap)
		TRY(enlarge_body(h, h->body.n + part.n));
	memcpy(h->body.p + h->body.n, part.p, part.n);
	h->body.n += part.n;
	return true;
}

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
	struct source_http *h = user;

	if (h->fault.kind != FAULT_NONE || !take_body(h, span_of(p, size * n)))
		return 0;
	return size * n;
}

static CURLcode on_ssl_ctx(CURL *easy, void *ctx, void *user)
{
	(void)easy;
	(void)user;
	source_tls_harden(ctx);
	return CURLE_OK;
}

/* ---- one hop after the other -------------------------------------------- */

static void forget_body(struct source_http *h)
{
	blob_drop(&h->body);
	h->body_cap = 0;
	h->n_discarded = 0;
}

static void forget_exchange(struct source_http *h)
{
	for (size_t i = 0; i < COUNT(h->hops); i++) {
		source_tls_drop(&h->hops[i].tls);
		h->hops[i].status = 0;
		if (i > 0) {
			source_url_drop(&h->hops[i].url);
			blob_drop(&h->hops[i].shown);
		}
	}
	h->n_hops = 0;
	h->head = (struct source_head){ 0 };
	forget_body(h);
	picked_drop(&h->picked);
	fault_clear(&h->fault);
}

static void finish(struct source_http *h)
{
	h->ended_ns = clock_monotonic_ns();
	h->received = clock_now();
}

/* NULL and a fault when the time is over. */
static CURL *request_hop(struct source_http *h)
{
	uint64_t spent_ms = (clock_monotonic_ns() - h->started_ns) / 1000000;
	struct hop *hop = current(h);

	h->head = (struct source_head){ 0 };
	h->error[0] = '\0';
	forget_body(h);
	if (spent_ms >= h->config->timeout_ms) {
		source_code_raise(CURLE_OPERATION_TIMEDOUT, "", 0, &h->head,
		    h->config->timeout_ms, &h->fault);
		finish(h);
		return NULL;
	}
	if (!source_request_aim(&h->request, h->easy, &hop->url,
		source_url_same_origin(&hop->url, &h->hops[0].url),
		h->config->timeout_ms - (uint32_t)spent_ms, &h->fault)) {
		finish(h);
		return NULL;
	}
	return h->easy;
}

CURL *source_http_start(struct source_http *h)
{
	forget_exchange(h);
	h->started_ns = clock_monotonic_ns();
	return request_hop(h);
}

static FALLIBLE follow(struct source_http *h)
{
	AUTO(source_url_drop) struct source_url next = { 0 };
	struct hop *hop;

	if (!h->head.has_location)
		return fault_raise(&h->fault, FAULT_REMOTE, "source.redirect",
		    "status %u names no place to go", h->head.status);
	if (h->n_hops >= h->config->max_redirects)
		return fault_raise(&h->fault, FAULT_REMOTE, "source.redirect",
		    "more than %u redirects", h->config->max_redirects);
	TRY(source_url_follow(
	    &current(h)->url, h->head.location, &next, &h->fault));
	for (size_t i = 0; i <= h->n_hops; i++) {
		if (source_url_equal(&h->hops[i].url, &next))
			return fault_raise(&h->fault, FAULT_REMOTE,
			    "source.redirect", "the redirects form a loop");
	}
	hop = &h->hops[h->n_hops + 1];
	TRY(source_url_shown(&next, h->config, &hop->shown, &h->fault));
	hop->url = next;
	next = (struct source_url){ 0 };
	h->n_hops++;
	return true;
}

static FALLIBLE read_body(struct source_http *h)
{
	struct span body = blob_span(&h->body);

	h->body_hash = sha256_of(body);
	return h->kind->picks->pick(
	    &h->config->rule, body, h->received, &h->picked, &h->fault);
}

CURL *source_http_ended(struct source_http *h, CURLcode code)
{
	bool ok = false;
	long verify_result = 0;

	if (h->fault.kind != FAULT_NONE) {
		/* One of our callbacks ended it. */
	} else if (code != CURLE_OK) {
		curl_easy_getinfo(
		    h->easy, CURLINFO_SSL_VERIFYRESULT, &verify_result);
		source_code_raise(code, h->error, verify_result, &h->head,
		    h->config->timeout_ms, &h->fault);
	} else if (h->head.state != SOURCE_HEAD_BODY) {
		source_code_raise(CURLE_GOT_NOTHING, "", 0, &h->head,
		    h->config->timeout_ms, &h->fault);
	} else if (is_redirect(h->head.status)) {
		if (follow(h))
			return request_hop(h);
	} else {
		ok = true;
	}
	finish(h);
	if (ok && !read_body(h) && h->fault.kind == FAULT_NONE)
		fault_raise(&h->fault, FAULT_INTERNAL, "source.internal",
		    "a kind of source failed without a reason");
	forget_body(h);
	return NULL;
}

void source_http_stop(struct source_http *h)
{
	fault_raise(&h->fault, FAULT_REMOTE, "source.stopped",
	    "stopped before the answer was complete");
	finish(h);
	forget_body(h);
}

/* ---- results ------------------------------------------------------------ */

static void describe_failure(
    const struct source_http *h, struct source_result *out)
{
	static const char prefix[] = "source.";
	const char *at = h->fault.at;

	out->fault = h->fault;
	if (strncmp(at, prefix, strlen(prefix)) == 0)
		at += strlen(prefix);
	else
		at = "internal";
	out->source.failed = true;
	out->source.host = span_text(h->hops[0].url.host);
	out->source.url = blob_span(&h->hops[0].shown);
	out->source.reason = span_text(at);
	out->source.detail = span_text(out->fault.text);
}

static void describe_hops(
    const struct source_http *h, struct statement_source *out)
{
	for (size_t i = 0; i < h->n_hops; i++) {
		const struct hop *hop = &h->hops[i];
		out->hops[i] = (struct statement_hop){
			.host = span_text(hop->url.host),
			.url = blob_span(&hop->shown),
			.status = hop->status,
			.tls = hop->tls.evidence,
		};
	}
	out->n_hops = h->n_hops;
}

static void describe_success(
    const struct source_http *h, struct source_result *out)
{
	const struct hop *last = &h->hops[h->n_hops];

	out->ok = true;
	out->observed_at = h->picked.has_time ? h->picked.time : h->received;
	out->received_at = h->received;
	out->number = h->picked.number;
	out->source = (struct statement_source){
		.host = span_text(last->url.host),
		.url = blob_span(&last->shown),
		.status = last->status,
		.body = h->body_hash,
		.observed_at = out->observed_at,
		.value = blob_span(&h->picked.text),
		.tls = last->tls.evidence,
		.used = true,
	};
	describe_hops(h, &out->source);
}

void source_http_result(const struct source_http *h, struct source_result *out)
{
	*out = (struct source_result){ .fault = FAULT_INIT };
	out->has_server_date = h->head.has_date && !h->head.has_two_dates;
	out->server_date = h->head.date;
	out->took_ms = (h->ended_ns - h->started_ns) / 1000000;
	if (h->head.has_retry_after &&
	    (h->head.status == 429 || h->head.status == 503))
		out->retry_after_s = h->head.retry_after_s;
	if (h->fault.kind != FAULT_NONE)
		describe_failure(h, out);
	else
		describe_success(h, out);
}

/* ---- opening ------------------------------------------------------------ */

static FALLIBLE attach(struct source_http *h, struct fault *f)
{
	CURL *e = h->easy;
	bool ok = true;

#define SET(option, value) \
	(ok = ok && curl_easy_setopt(e, option, value) == CURLE_OK)
	SET(CURLOPT_PRIVATE, h);
	SET(CURLOPT_ERRORBUFFER, h->error);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, h);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, h);
	SET(CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
#undef SET
	if (!ok)
		return fault_raise(f, FAULT_SYSTEM, "source.internal",
		    "libcurl refused an option");
	return true;
}

static FALLIBLE open_parts(struct source_http *h, struct fault *f)
{
	char masked[LIMIT_URL_BYTES + 1];

	h->easy = curl_easy_init();
	if (h->easy == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	TRY(source_url_open(
	    h->config->url, h->config->allow_http, &h->hops[0].url, f));
	TRY(source_url_masked(h->config->url, masked, sizeof(masked), f));
	TRY(blob_copy(span_text(masked), &h->hops[0].shown, f));
	TRY(source_request_open(h->config, h->easy, &h->request, f));
	return attach(h, f);
}

FALLIBLE source_http_open(
    const struct source_config *c, struct source_http **out, struct fault *f)
{
	struct source_http *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	h->config = c;
	h->kind = source_kind_find(c->kind);
	h->fault = FAULT_INIT;
	if (!open_parts(h, f)) {
		source_http_free(h);
		return false;
	}
	*out = h;
	return true;
}

void source_http_free(struct source_http *h)
{
	if (h == NULL)
		return;
	forget_exchange(h);
	curl_easy_cleanup(h->easy);
	source_request_drop(&h->request);
	source_url_drop(&h->hops[0].url);
	blob_drop(&h->hops[0].shown);
	free(h);
}
