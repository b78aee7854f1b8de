/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/rpc/rpc_http.h"

#include "verify/base/file.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* How long a stop may go unnoticed. */
#define POLL_MS 100
/* A replaced certificate is noticed after this time at the latest. */
#define CONNECTION_LIFETIME_S 600L
/* One file and no folder: libcurl then loads the roots once, not for each
 * connection. */
#define SYSTEM_CA "/etc/ssl/certs/ca-certificates.crt"

struct rpc_http {
	CURLM *multi;
	CURL *easy;
	struct curl_slist *headers;
	struct blob url; /* may hold secrets */
	const volatile bool *stop;

	/* Of the request under way. */
	const struct rpc_http_ask *ask;
	struct wr body;
	struct fault body_fault;
	bool too_large;
};

/* ---- one transfer ------------------------------------------------------- */

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
	struct rpc_http *h = user;

	h->too_large = size * n > h->ask->max_bytes - wr_view(&h->body).n;
	if (h->too_large)
		return 0;
	wr_bytes(&h->body, p, size * n);
	return wr_ok(&h->body) ? size * n : 0;
}

static bool is_stopped(const struct rpc_http *h)
{
	return h->stop != NULL && __atomic_load_n(h->stop, __ATOMIC_ACQUIRE);
}

/* CURLE_ABORTED_BY_CALLBACK stands for our own stop. */
static CURLcode transfer(struct rpc_http *h)
{
	for (;;) {
		CURLMsg *message;
		int n;

		if (is_stopped(h))
			return CURLE_ABORTED_BY_CALLBACK;
		if (curl_multi_perform(h->multi, &n) != CURLM_OK)
			return CURLE_FAILED_INIT;
		message = curl_multi_info_read(h->multi, &n);
		if (message != NULL && message->msg == CURLMSG_DONE)
			return message->data.result;
		if (curl_multi_poll(h->multi, NULL, 0, POLL_MS, NULL) !=
		    CURLM_OK)
			return CURLE_FAILED_INIT;
	}
}

static bool raise_code(const struct rpc_http *h, CURLcode code, struct fault *f)
{
	if (h->too_large)
		return fault_raise(f, FAULT_REMOTE, "rpc.size",
		    "the answer is longer than %zu bytes", h->ask->max_bytes);
	switch ((int)code) {
	case CURLE_ABORTED_BY_CALLBACK:
		return fault_raise(f, FAULT_REMOTE, "rpc.stopped",
		    "stopped before the answer was complete");
	case CURLE_OPERATION_TIMEDOUT:
		return fault_raise(f, FAULT_REMOTE, "rpc.timeout",
		    "no complete answer within %u ms", h->ask->timeout_ms);
	case CURLE_COULDNT_RESOLVE_HOST:
		return fault_raise(f, FAULT_REMOTE, "rpc.connect",
		    "the host's name does not resolve");
	case CURLE_COULDNT_CONNECT:
		return fault_raise(f, FAULT_REMOTE, "rpc.connect",
		    "nothing accepts connections there");
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		return fault_raise(f, FAULT_REMOTE, "rpc.connect",
		    "the connection was closed before the answer was complete");
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		return fault_raise(f, FAULT_REMOTE, "rpc.tls",
		    "the TLS handshake failed, or the certificate is not one "
		    "for this host under a trusted root");
	case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9 */
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_BAD_CONTENT_ENCODING:
		return fault_raise(
		    f, FAULT_REMOTE, "rpc.http", "the answer is not HTTP/1.1");
	default:
		return fault_raise(f, FAULT_SYSTEM, "rpc.internal",
		    "libcurl gave up with code %d", (int)code);
	}
}

/* "application/json", perhaps with parameters. */
static bool is_json(const char *type)
{
	static const char want[] = "application/json";
	size_t n = strlen(want);

	return type != NULL && strncasecmp(type, want, n) == 0 &&
	    (type[n] == '\0' || type[n] == ';' || type[n] == ' ');
}

static FALLIBLE judge_head(
    struct rpc_http *h, struct rpc_http_got *out, struct fault *f)
{
	long status = 0;
	curl_off_t after = 0;
	const char *type = NULL;

	curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(h->easy, CURLINFO_RETRY_AFTER, &after);
	curl_easy_getinfo(h->easy, CURLINFO_CONTENT_TYPE, &type);
	out->retry_after_s = after > 0 ? (uint64_t)after : 0;
	if (status == 429)
		return fault_raise(f, FAULT_REMOTE, "rpc.limit",
		    "status 429: asked too often");
	if (status != 200)
		return fault_raise(
		    f, FAULT_REMOTE, "rpc.http", "status %ld", status);
	if (!is_json(type))
		return fault_raise(
		    f, FAULT_REMOTE, "rpc.http", "the answer is no JSON");
	return true;
}

static bool aim(struct rpc_http *h, const struct rpc_http_ask *ask)
{
	CURL *e = h->easy;
	bool ok = true;

#define SET(option, value) \
	(ok = ok && curl_easy_setopt(e, option, value) == CURLE_OK)
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->body.n);
	SET(CURLOPT_POSTFIELDS, (const char *)ask->body.p);
	SET(CURLOPT_TIMEOUT_MS, (long)ask->timeout_ms);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)ask->timeout_ms);
#undef SET
	return ok && curl_multi_add_handle(h->multi, e) == CURLM_OK;
}

static FALLIBLE post(
    struct rpc_http *h, struct rpc_http_got *out, struct fault *f)
{
	if (!aim(h, h->ask))
		return fault_raise(f, FAULT_SYSTEM, "rpc.internal",
		    "libcurl refused a request");
	CURLcode code = transfer(h);
	curl_multi_remove_handle(h->multi, h->easy);
	/* A status says more than a body that was cut behind it. */
	if (code == CURLE_OK || code == CURLE_PARTIAL_FILE)
		TRY(judge_head(h, out, f));
	if (code != CURLE_OK)
		return raise_code(h, code, f);
	if (!wr_done(&h->body, &out->body))
		return fault_raise(
		    f, FAULT_SYSTEM, "rpc.internal", "out of memory");
	return true;
}

FALLIBLE rpc_http_post(struct rpc_http *h, const struct rpc_http_ask *ask,
    struct rpc_http_got *out, struct fault *f)
{
	*out = (struct rpc_http_got){ 0 };
	h->ask = ask;
	h->too_large = false;
	h->body_fault = FAULT_INIT;
	h->body = wr_grow(ask->max_bytes, "rpc.size", &h->body_fault);
	bool ok = post(h, out, f);
	wr_drop(&h->body);
	h->ask = NULL;
	return ok;
}

/* ---- opening ------------------------------------------------------------ */

static bool set_options(struct rpc_http *h, const struct rpc_http_config *c)
{
	CURL *e = h->easy;
	bool ok = true;

#define SET(option, value) \
	(ok = ok && curl_easy_setopt(e, option, value) == CURLE_OK)
	SET(CURLOPT_URL, (const char *)h->url.p);
	SET(CURLOPT_HTTPHEADER, h->headers);
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, h);

	SET(CURLOPT_CAINFO, c->ca_file != NULL ? c->ca_file : SYSTEM_CA);
	SET(CURLOPT_CAPATH, NULL);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	/* An intermediate in the CA file is no root. */
	SET(CURLOPT_SSL_OPTIONS, (long)CURLSSLOPT_NO_PARTIALCHAIN);
	SET(CURLOPT_MAXLIFETIME_CONN, CONNECTION_LIFETIME_S);

	SET(CURLOPT_PROTOCOLS_STR, c->allow_http ? "https,http" : "https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(CURLOPT_USERAGENT, "Affiant/" AFFIANT_VERSION);
	/* Threads: no signals; a resolver that hangs is left behind. */
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_QUICK_EXIT, 1L);
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
#undef SET
	return ok;
}

static FALLIBLE check_config(const struct rpc_http_config *c, struct fault *f)
{
	bool is_https = strncmp(c->url, "https://", 8) == 0;

	if (!is_https && strncmp(c->url, "http://", 7) != 0)
		return fault_raise(f, FAULT_CONFIG, "rpc.config",
		    "a URL begins with \"https://\"");
	if (!is_https && !c->allow_http)
		return fault_raise(f, FAULT_CONFIG, "rpc.config",
		    "plain http:// is refused unless allowed on purpose");
	if (is_https && c->ca_file != NULL && !file_exists(c->ca_file))
		return fault_raise(
		    f, FAULT_CONFIG, "rpc.ca_file", "no such file");
	return true;
}

static FALLIBLE open_parts(
    struct rpc_http *h, const struct rpc_http_config *c, struct fault *f)
{
	struct curl_slist *more;

	TRY(blob_copy(span_text(c->url), &h->url, f));
	h->headers = curl_slist_append(NULL, "Content-Type: application/json");
	/* No 100-continue: it costs a round trip. */
	more = curl_slist_append(h->headers, "Expect:");
	h->multi = curl_multi_init();
	h->easy = curl_easy_init();
	if (h->headers == NULL || more == NULL || h->multi == NULL ||
	    h->easy == NULL || !set_options(h, c))
		return fault_raise(f, FAULT_SYSTEM, "rpc.internal",
		    "libcurl refused an option");
	return true;
}

FALLIBLE rpc_http_open(
    const struct rpc_http_config *c, struct rpc_http **out, struct fault *f)
{
	TRY(check_config(c, f));
	struct rpc_http *h = calloc(1, sizeof(*h));
	if (h == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "rpc.internal", "out of memory");
	h->stop = c->stop;
	if (!open_parts(h, c, f)) {
		rpc_http_close(h);
		return false;
	}
	*out = h;
	return true;
}

void rpc_http_close(struct rpc_http *h)
{
	if (h == NULL)
		return;
	curl_easy_cleanup(h->easy);
	if (h->multi != NULL)
		curl_multi_cleanup(h->multi);
	curl_slist_free_all(h->headers);
	blob_wipe(&h->url);
	free(h);
}
