/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What evidence costs a fetch: plain libcurl against the demo exchange, without
 * and with source_tls_capture at the status line, in turns, over a kept-alive
 * connection and with a handshake each. Prints medians in microseconds.
 *
 *   bench_capture FETCHES
 */
#include "compose/demo/demo_exchange.h"
#include "sources/source_tls.h"
#include "verify/base/clock.h"
#include "verify/base/text.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOST "coinbase.demo.localhost"

struct fetch {
	CURL *easy;
	bool captures;
	unsigned n_captured;
};

static size_t on_header(char *p, size_t size, size_t n, void *user)
{
	static const struct source_config plain;
	struct fetch *x = user;
	struct curl_tlssessioninfo *info = NULL;
	struct fault f = FAULT_INIT;
	struct source_tls t;

	if (!x->captures || size * n < 5 || memcmp(p, "HTTP/", 5) != 0)
		return size * n;
	if (curl_easy_getinfo(x->easy, CURLINFO_TLS_SSL_PTR, &info) !=
		CURLE_OK ||
	    !source_tls_capture(
		info->internals, HOST, &plain, clock_now(), &t, &f)) {
		fprintf(stderr, "%s\n", f.text);
		return 0;
	}
	source_tls_drop(&t);
	x->n_captured++;
	return size * n;
}

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
	(void)p;
	(void)user;
	return size * n;
}

static CURLcode on_ssl_ctx(CURL *easy, void *ctx, void *user)
{
	const struct fetch *x = user;

	(void)easy;
	if (!x->captures)
		return CURLE_OK;
	return source_tls_prepare(ctx) ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

static void open_fetch(struct fetch *x, const char *url, const char *ca,
    bool captures, bool afresh)
{
	*x = (struct fetch){ curl_easy_init(), captures, 0 };
	curl_easy_setopt(x->easy, CURLOPT_URL, url);
	curl_easy_setopt(x->easy, CURLOPT_CAINFO, ca);
	curl_easy_setopt(x->easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(x->easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	curl_easy_setopt(
	    x->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(x->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(x->easy, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(x->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(x->easy, CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
	curl_easy_setopt(x->easy, CURLOPT_SSL_CTX_DATA, x);
	curl_easy_setopt(x->easy, CURLOPT_FORBID_REUSE, (long)afresh);
}

static uint64_t timed(struct fetch *x)
{
	uint64_t began_ns = clock_monotonic_ns();
	CURLcode code = curl_easy_perform(x->easy);

	if (code != CURLE_OK) {
		fprintf(stderr, "%s\n", curl_easy_strerror(code));
		exit(1);
	}
	return clock_monotonic_ns() - began_ns;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static uint64_t median_us10(uint64_t *ns, size_t n)
{
	qsort(ns, n, sizeof(*ns), by_value);
	return ns[n / 2] / 100;
}

static void compare(
    const char *what, const char *url, const char *ca, bool afresh, size_t n)
{
	uint64_t *ns[2] = { calloc(n, sizeof(uint64_t)),
		calloc(n, sizeof(uint64_t)) };
	struct fetch x[2];

	for (size_t k = 0; k < 2; k++) {
		open_fetch(&x[k], url, ca, k == 1, afresh);
		for (size_t i = 0; i < 20; i++)
			(void)timed(&x[k]);
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < 2; k++)
			ns[k][i] = timed(&x[k]);
	uint64_t plain = median_us10(ns[0], n), full = median_us10(ns[1], n);
	printf("%-12s plain %llu.%llu us, with evidence %llu.%llu us: %+lld "
	       "in a thousand\n",
	    what, (unsigned long long)plain / 10,
	    (unsigned long long)plain % 10, (unsigned long long)full / 10,
	    (unsigned long long)full % 10,
	    ((long long)full - (long long)plain) * 1000 / (long long)plain);
	for (size_t k = 0; k < 2; k++) {
		curl_easy_cleanup(x[k].easy);
		free(ns[k]);
	}
}

int main(int argc, char **argv)
{
	char dir[] = "/tmp/affiant-capture-XXXXXX", ca[64], other[64], url[128];
	struct demo_options o = { .dir = dir };
	struct demo_exchange *d = NULL;
	struct fault f = FAULT_INIT;
	uint64_t n = 2000;

	signal(SIGPIPE, SIG_IGN);
	if (argc > 1 && !u64_parse(span_text(argv[1]), &n, "capture", &f))
		return 2;
	if (n < 1 || mkdtemp(dir) == NULL || !sources_init(&f) ||
	    !demo_exchange_start(&o, &d, &f)) {
		fprintf(stderr, "%s\n", f.text);
		return 1;
	}
	snprintf(ca, sizeof(ca), "%s/ca.pem", dir);
	snprintf(other, sizeof(other), "%s/intermediate.pem", dir);
	snprintf(url, sizeof(url),
	    "https://" HOST ":%u/products/BTC-USD/ticker",
	    demo_exchange_port(d));
	compare("kept alive", url, ca, false, n);
	compare("handshakes", url, ca, true, n / 4 + 1);
	demo_exchange_stop(d);
	sources_exit();
	unlink(ca);
	unlink(other);
	return rmdir(dir);
}
