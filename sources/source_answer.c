/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_answer.h"

#include "sources/source_address.h"
#include "sources/source_code.h"
#include "verify/base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void source_answer_drop(struct source_answer *a)
{
	source_tls_drop(&a->tls);
	blob_drop(&a->body);
	blob_drop(&a->header);
	a->body_cap = 0;
	a->has_header = false;
}

bool source_answer_is_redirect(const struct source_answer *a)
{
	unsigned status = a->head.status;

	return status == 301 || status == 302 || status == 303 ||
	    status == 307 || status == 308;
}

/* ---- the address -------------------------------------------------------- */

static bool refuse_address(struct source_answer *a, const char *word)
{
	return fault_raise(&a->fault, FAULT_REMOTE, "source.address",
	    "the host's address is %s, which this source does not allow", word);
}

/* Before a packet is sent: asking around in our network is an answer, too. */
static curl_socket_t on_open(
    void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct source_answer *a = user;
	const char *word = source_address_special(&address->addr);

	(void)purpose;
	if (!a->want.allow_private && word != NULL) {
		a->refused = word;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
	    address->protocol);
}

/* Before the request: a kept-alive connection was opened by another source,
 * perhaps one that may go where this one may not. */
static int on_connected(
    void *user, char *remote, char *local, int remote_port, int local_port)
{
	struct source_answer *a = user;
	const char *word = source_address_special_text(remote);

	(void)local;
	(void)remote_port;
	(void)local_port;
	if (a->want.allow_private || word == NULL)
		return CURL_PREREQFUNC_OK;
	(void)refuse_address(a, word);
	return CURL_PREREQFUNC_ABORT;
}

/* ---- the head ----------------------------------------------------------- */

static FALLIBLE capture_tls(struct source_answer *a)
{
	struct curl_tlssessioninfo *info = NULL;

	source_tls_drop(&a->tls);
	if (!a->want.url->is_https) {
		a->tls.evidence.plain_http = true;
		return true;
	}
	if (curl_easy_getinfo(a->easy, CURLINFO_TLS_SSL_PTR, &info) !=
		CURLE_OK ||
	    info == NULL || info->backend != CURLSSLBACKEND_OPENSSL)
		return fault_raise(&a->fault, FAULT_INTERNAL, "source.internal",
		    "libcurl does not use OpenSSL");
	return source_tls_capture(info->internals, a->want.url->host,
	    a->want.config, clock_now(), &a->tls, &a->fault);
}

/* The whole head is there: is the body worth reading? */
static FALLIBLE judge_head(struct source_answer *a)
{
	unsigned status = a->head.status;

	if (source_answer_is_redirect(a)) {
		if (a->want.may_redirect)
			return true;
		return fault_raise(&a->fault, FAULT_REMOTE, "source.redirect",
		    "status %u: the server redirects, which this source does "
		    "not allow",
		    status);
	}
	if (status != 200 && a->head.has_retry_after)
		return fault_raise(&a->fault, FAULT_REMOTE, "source.http",
		    "status %u, retry after %llu s", status,
		    (unsigned long long)a->head.retry_after_s);
	if (status != 200)
		return fault_raise(&a->fault, FAULT_REMOTE, "source.http",
		    "status %u%s", status,
		    status == 429 ? ": too many requests" : "");
	TRY(source_head_check_body(&a->head, &a->fault));
	if (a->head.has_length && a->head.length > a->want.max_bytes)
		return fault_raise(&a->fault, FAULT_REMOTE, "source.limit",
		    "the body is larger than %zu bytes", a->want.max_bytes);
	return true;
}

static FALLIBLE take_field(struct source_answer *a, struct span line)
{
	struct span value;

	if (a->want.header == NULL ||
	    !source_head_field(line, a->want.header, &value))
		return true;
	if (a->has_header)
		return fault_raise(&a->fault, FAULT_REMOTE, "source.http",
		    "the header %s stands twice", a->want.header);
	a->has_header = true;
	return blob_copy(value, &a->header, &a->fault);
}

static FALLIBLE take_line(struct source_answer *a, struct span line)
{
	enum source_head_state before = a->head.state;

	TRY(source_head_take(&a->head, line, &a->fault));
	if (before == SOURCE_HEAD_START)
		return capture_tls(a);
	if (before != SOURCE_HEAD_FIELDS)
		return true;
	switch (a->head.state) {
	case SOURCE_HEAD_START: /* behind a 1xx, which said nothing */
		blob_drop(&a->header);
		a->has_header = false;
		return true;
	case SOURCE_HEAD_FIELDS:
		return take_field(a, line);
	case SOURCE_HEAD_BODY:
		return judge_head(a);
	}
	return fault_raise(
	    &a->fault, FAULT_INTERNAL, "source.internal", "bad state");
}

static size_t on_header(char *p, size_t size, size_t n, void *user)
{
	struct source_answer *a = user;

	if (a->fault.kind != FAULT_NONE || !take_line(a, span_of(p, size * n)))
		return 0;
	return size * n;
}

/* ---- the body ----------------------------------------------------------- */

static FALLIBLE enlarge_body(struct source_answer *a, size_t need)
{
	size_t cap = a->body_cap > 0 ? a->body_cap : 4096;
	uint8_t *p;

	while (cap < need)
		cap *= 2;
	p = realloc(a->body.p, cap);
	if (p == NULL)
		return fault_raise(&a->fault, FAULT_SYSTEM, "source.internal",
		    "out of memory");
	a->body.p = p;
	a->body_cap = cap;
	return true;
}

/* Counted here: libcurl's own limit looks at a declared length only. */
static FALLIBLE take_body(struct source_answer *a, struct span part)
{
	size_t have = a->body.n + a->n_discarded;

	if (a->head.state != SOURCE_HEAD_BODY)
		return fault_raise(&a->fault, FAULT_REMOTE, "source.http",
		    "the answer is not HTTP/1.1");
	if (part.n > a->want.max_bytes - have)
		return fault_raise(&a->fault, FAULT_REMOTE, "source.limit",
		    "the body is larger than %zu bytes", a->want.max_bytes);
	if (a->head.status != 200) {
		a->n_discarded += part.n; /* of a redirect */
		return true;
	}
	if (a->body.n + part.n > a->body_cap)
		TRY(enlarge_body(a, a->body.n + part.n));
	memcpy(a->body.p + a->body.n, part.p, part.n);
	a->body.n += part.n;
	return true;
}

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
	struct source_answer *a = user;

	if (a->fault.kind != FAULT_NONE || !take_body(a, span_of(p, size * n)))
		return 0;
	return size * n;
}

static CURLcode on_ssl_ctx(CURL *easy, void *ctx, void *user)
{
	(void)easy;
	(void)user;
	return source_tls_prepare(ctx) ? CURLE_OK : CURLE_ABORTED_BY_CALLBACK;
}

/* ---- start and end ------------------------------------------------------ */

FALLIBLE source_answer_await(struct source_answer *a,
    const struct source_want_answer *want, CURL *easy, struct fault *f)
{
	bool ok = true;

	source_answer_drop(a);
	*a = (struct source_answer){ .want = *want, .easy = easy };
	a->fault = FAULT_INIT;
#define SET(option, value) \
	(ok = ok && curl_easy_setopt(easy, option, value) == CURLE_OK)
	SET(CURLOPT_ERRORBUFFER, a->error);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, a);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, a);
	SET(CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
	SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
	SET(CURLOPT_OPENSOCKETDATA, a);
	SET(CURLOPT_PREREQFUNCTION, on_connected);
	SET(CURLOPT_PREREQDATA, a);
#undef SET
	if (!ok)
		return fault_raise(f, FAULT_SYSTEM, "source.internal",
		    "libcurl refused an option");
	return true;
}

FALLIBLE source_answer_judge(
    struct source_answer *a, CURLcode code, uint32_t connect_ms)
{
	long verify_result = 0;

	if (a->fault.kind != FAULT_NONE)
		return false; /* one of our callbacks ended it */
	if (code == CURLE_COULDNT_CONNECT && a->refused != NULL)
		return refuse_address(a, a->refused);
	if (code == CURLE_OPERATION_TIMEDOUT)
		return fault_raise(&a->fault, FAULT_REMOTE, "source.timeout",
		    "no connection within %u ms", connect_ms);
	if (code == CURLE_OK && a->head.state != SOURCE_HEAD_BODY)
		code = CURLE_GOT_NOTHING;
	if (code == CURLE_OK)
		return true;
	curl_easy_getinfo(a->easy, CURLINFO_SSL_VERIFYRESULT, &verify_result);
	return source_code_raise(
	    code, a->error, verify_result, &a->head, 0, &a->fault);
}
