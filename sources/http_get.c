/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/http_get.h"

#include "sources/source_code.h"
#include "sources/source_request.h"
#include "sources/source_tls.h"
#include "verify/base/clock.h"

#include <stdlib.h>

/* How long a stop may go unnoticed. */
#define POLL_MS 100

struct http_get {
	struct http_get_config config;
	CURLM *multi;
	CURL *easy;
	struct source_request request;
	char error[CURL_ERROR_SIZE];

	/* Of the request under way. */
	const struct http_get_ask *ask;
	struct source_url url;
	struct source_head head;
	struct wr body;
	struct http_got got;
	struct fault fault, body_fault;
};

void http_got_drop(struct http_got *g)
{
	blob_drop(&g->body);
	blob_drop(&g->header);
	g->has_header = false;
}

/* ---- callbacks: what libcurl hands over --------------------------------- */

/* Nothing of it is kept; it must hold all the same. */
static FALLIBLE check_tls(struct http_get *g)
{
	AUTO(source_tls_drop) struct source_tls tls = { 0 };
	struct curl_tlssessioninfo *info = NULL;

	if (!g->url.is_https)
		return true;
	if (curl_easy_getinfo(g->easy, CURLINFO_TLS_SSL_PTR, &info) !=
		CURLE_OK ||
	    info == NULL || info->backend != CURLSSLBACKEND_OPENSSL)
		return fault_raise(&g->fault, FAULT_INTERNAL, "source.internal",
		    "libcurl does not use OpenSSL");
	return source_tls_capture(
	    info->internals, g->url.host, clock_now(), &tls, &g->fault);
}

static FALLIBLE judge_head(struct http_get *g)
{
	unsigned status = g->head.status;

	if (status != 200)
		return fault_raise(&g->fault, FAULT_REMOTE, "source.http",
		    "status %u%s", status,
		    status >= 300 && status < 400
			? ": redirects are not followed"
			: "");
	TRY(source_head_check_body(&g->head, &g->fault));
	if (g->head.has_length && g->head.length > g->ask->max_bytes)
		return fault_raise(&g->fault, FAULT_REMOTE, "source.limit",
		    "the body is larger than %zu bytes", g->ask->max_bytes);
	return true;
}

static FALLIBLE take_field(struct http_get *g, struct span line)
{
	struct span value;

	if (g->ask->header == NULL ||
	    !source_head_field(line, g->ask->header, &value))
		return true;
	if (g->got.has_header)
		return fault_raise(&g->fault, FAULT_REMOTE, "source.http",
		    "the header %s stands twice", g->ask->header);
	g->got.has_header = true;
	return blob_copy(value, &g->got.header, &g->fault);
}

static FALLIBLE take_line(struct http_get *g, struct span line)
{
	enum source_head_state before = g->head.state;

	TRY(source_head_take(&g->head, line, &g->fault));
	if (before == SOURCE_HEAD_START)
		return check_tls(g);
	if (before != SOURCE_HEAD_FIELDS)
		return true;
	switch (g->head.state) {
	case SOURCE_HEAD_START: /* behind a 1xx, which said nothing */
		http_got_drop(&g->got);
		return true;
	case SOURCE_HEAD_FIELDS:
		return take_field(g, line);
	case SOURCE_HEAD_BODY:
		return judge_head(g);
	}
	return fault_raise(
	    &g->fault, FAULT_INTERNAL, "source.internal", "bad state");
}

static size_t on_header(char *p, size_t size, size_t n, void *user)
{
	struct http_get *g = user;

	if (g->fault.kind != FAULT_NONE || !take_line(g, span_of(p, size * n)))
		return 0;
	return size * n;
}

static FALLIBLE take_body(struct http_get *g, struct span part)
{
	if (g->head.state != SOURCE_HEAD_BODY)
		return fault_raise(&g->fault, FAULT_REMOTE, "source.http",
		    "the answer is not HTTP/1.1");
	if (part.n > g->ask->max_bytes - wr_view(&g->body).n)
		return fault_raise(&g->fault, FAULT_REMOTE, "source.limit",
		    "the body is larger than %zu bytes", g->ask->max_bytes);
	wr_span(&g->body, part);
	if (!wr_ok(&g->body))
		return fault_raise(&g->fault, FAULT_SYSTEM, "source.internal",
		    "out of memory");
	return true;
}

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
	struct http_get *g = user;

	if (g->fault.kind != FAULT_NONE || !take_body(g, span_of(p, size * n)))
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

/* ---- one transfer ------------------------------------------------------- */

/* libcurl's result; CURLE_OK when `fault` has been raised instead. */
static CURLcode transfer(struct http_get *g, const volatile bool *stop)
{
	CURLMsg *message;
	int n;

	for (;;) {
		if (stop != NULL && __atomic_load_n(stop, __ATOMIC_ACQUIRE)) {
			fault_raise(&g->fault, FAULT_REMOTE, "source.stopped",
			    "stopped before the answer was complete");
			return CURLE_OK;
		}
		if (curl_multi_perform(g->multi, &n) != CURLM_OK)
			return CURLE_FAILED_INIT;
		message = curl_multi_info_read(g->multi, &n);
		if (message != NULL && message->msg == CURLMSG_DONE)
			return message->data.result;
		if (curl_multi_poll(g->multi, NULL, 0, POLL_MS, NULL) !=
		    CURLM_OK)
			return CURLE_FAILED_INIT;
	}
}

static void judge_end(struct http_get *g, CURLcode code)
{
	long verify_result = 0;

	if (g->fault.kind != FAULT_NONE)
		return;
	if (code == CURLE_OK && g->head.state != SOURCE_HEAD_BODY)
		code = CURLE_GOT_NOTHING;
	if (code == CURLE_OK)
		return;
	curl_easy_getinfo(g->easy, CURLINFO_SSL_VERIFYRESULT, &verify_result);
	source_code_raise(code, g->error, verify_result, &g->head,
	    g->config.timeout_ms, &g->fault);
}

/* What the request of a source would be checked for. */
static struct source_config config_of(
    const struct http_get_config *c, const struct http_get_ask *ask)
{
	return (struct source_config){
		.url = ask->url,
		.ca_file = c->ca_file,
		.allow_http = c->allow_http,
		.timeout_ms = c->timeout_ms,
		.max_bytes = ask->max_bytes,
	};
}

static void forget(struct http_get *g)
{
	source_url_drop(&g->url);
	wr_drop(&g->body);
	http_got_drop(&g->got);
	g->ask = NULL;
}

static FALLIBLE fetch(struct http_get *g, const struct http_get_ask *ask,
    const volatile bool *stop, struct fault *f)
{
	const struct source_config c = config_of(&g->config, ask);

	TRY(source_url_open(ask->url, c.allow_http, &g->url, f));
	TRY(source_request_check(&c, f));
	TRY(source_request_aim(
	    &g->request, g->easy, &g->url, true, c.timeout_ms, f));
	if (curl_multi_add_handle(g->multi, g->easy) != CURLM_OK)
		return fault_raise(f, FAULT_SYSTEM, "source.internal",
		    "libcurl refused a request");
	CURLcode code = transfer(g, stop);
	judge_end(g, code);
	curl_multi_remove_handle(g->multi, g->easy);
	if (g->fault.kind != FAULT_NONE) {
		*f = g->fault;
		return false;
	}
	if (!wr_done(&g->body, &g->got.body))
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	return true;
}

FALLIBLE http_get_fetch(struct http_get *g, const struct http_get_ask *ask,
    const volatile bool *stop, struct http_got *out, struct fault *f)
{
	forget(g);
	g->ask = ask;
	g->head = (struct source_head){ 0 };
	g->fault = g->body_fault = FAULT_INIT;
	g->body = wr_grow(ask->max_bytes, "source.limit", &g->body_fault);
	g->error[0] = '\0';
	bool ok = fetch(g, ask, stop, f);
	if (ok) {
		*out = g->got;
		g->got = (struct http_got){ 0 };
	}
	forget(g);
	return ok;
}

/* ---- opening ------------------------------------------------------------ */

static FALLIBLE attach(struct http_get *g, struct fault *f)
{
	CURL *e = g->easy;
	bool ok = true;

#define SET(option, value) \
	(ok = ok && curl_easy_setopt(e, option, value) == CURLE_OK)
	SET(CURLOPT_ERRORBUFFER, g->error);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, g);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, g);
	SET(CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
#undef SET
	if (!ok)
		return fault_raise(f, FAULT_SYSTEM, "source.internal",
		    "libcurl refused an option");
	return true;
}

static FALLIBLE open_parts(struct http_get *g, struct fault *f)
{
	const struct http_get_ask none = { 0 };
	const struct source_config c = config_of(&g->config, &none);

	g->multi = curl_multi_init();
	g->easy = curl_easy_init();
	if (g->multi == NULL || g->easy == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	TRY(source_request_open(&c, g->easy, &g->request, f));
	return attach(g, f);
}

FALLIBLE http_get_open(
    const struct http_get_config *c, struct http_get **out, struct fault *f)
{
	struct http_get *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	g->config = *c;
	g->body = wr_grow(0, "source.limit", &g->body_fault);
	if (!open_parts(g, f)) {
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
	forget(g);
	curl_easy_cleanup(g->easy);
	if (g->multi != NULL)
		curl_multi_cleanup(g->multi);
	source_request_drop(&g->request);
	free(g);
}

void http_get_drop(struct http_get **g)
{
	http_get_close(*g);
	*g = NULL;
}
