/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_request.h"

#include "sources/source_template.h"
#include "verify/base/file.h"
#include "verify/base/json.h"
#include "verify/base/secret.h"
#include "verify/base/text.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A CA bundle: Debian's has 145 roots in 220 KB. */
#define MAX_CA_FILE_BYTES (4u * 1024 * 1024)
/* A replaced certificate is noticed after this time at the latest. */
#define CONNECTION_LIFETIME_S 600L

/* ---- headers ------------------------------------------------------------ */

/* libcurl and the framing own these; If-* and Range would ask for less than
 * a whole body; an encoded body is refused. */
static const char *const reserved_headers[] = { "host", "connection",
	"keep-alive", "content-length", "transfer-encoding", "te", "trailer",
	"upgrade", "expect", "accept-encoding", "range", "if-match",
	"if-none-match", "if-modified-since", "if-unmodified-since", "if-range",
	"proxy-authorization", "proxy-connection" };

/* RFC 9110 5.6.2: token. */
static bool is_token(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > 128)
		return false;
	return strspn(s,
		   "!#$%&'*+-.^_`|~0123456789"
		   "abcdefghijklmnopqrstuvwxyz"
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == n;
}

static bool has_header(
    const struct source_config *c, const char *name, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcasecmp(c->headers[i].name, name) == 0)
			return true;
	}
	return false;
}

static FALLIBLE check_header(
    const struct source_config *c, size_t index, struct fault *f)
{
	const struct request_header *header = &c->headers[index];
	struct span value = span_text(header->value);

	if (!is_token(header->name))
		return fault_raise(f, FAULT_CONFIG, "/headers",
		    "header %zu has a name that is no HTTP token", index);
	for (size_t i = 0; i < COUNT(reserved_headers); i++) {
		if (strcasecmp(header->name, reserved_headers[i]) == 0)
			return fault_raise(f, FAULT_CONFIG, "/headers",
			    "the header %s cannot be set", header->name);
	}
	if (has_header(c, header->name, index))
		return fault_raise(f, FAULT_CONFIG, "/headers",
		    "the header %s stands twice", header->name);
	if (value.n == 0 || value.n > LIMIT_SOURCE_HEADER_BYTES ||
	    !ascii_is_printable(value) || value.p[0] == ' ' ||
	    value.p[value.n - 1] == ' ')
		return fault_raise(f, FAULT_CONFIG, "/headers",
		    "the value of %s must be 1 to %d printable ASCII "
		    "characters without space at its ends",
		    header->name, LIMIT_SOURCE_HEADER_BYTES);
	return source_template_check(header->value, "/headers", f);
}

static FALLIBLE append(
    struct curl_slist **list, const char *line, struct fault *f)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (longer == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	*list = longer;
	return true;
}

static FALLIBLE append_header(struct curl_slist **list,
    const struct request_header *header, const struct source_values *values,
    struct fault *f)
{
	char line[LIMIT_SOURCE_HEADER_BYTES + 256];
	AUTO(blob_wipe) struct blob value = { 0 };
	struct wr w = wr_into(line, sizeof(line), "/headers", f);
	bool ok;

	TRY(source_template_fill(header->value, values, SOURCE_TEMPLATE_RAW,
	    LIMIT_SOURCE_HEADER_BYTES, "/headers", &value, f));
	wr_text(&w, header->name);
	wr_text(&w, ": ");
	wr_span(&w, blob_span(&value));
	wr_u8(&w, '\0');
	ok = wr_ok(&w) && append(list, line, f);
	secret_wipe_bytes(line, sizeof(line));
	return ok;
}

static FALLIBLE make_headers(
    const struct source_config *c, struct source_request *r, struct fault *f)
{
	char accept[64];

	/* No kind: what comes is nobody's observation (http_get.c). */
	snprintf(accept, sizeof(accept), "Accept: %s",
	    c->kind != NULL ? source_kind_find(c->kind)->accept : "*/*");
	TRY(append(&r->foreign, accept, f));
	if (!has_header(c, "accept", c->n_headers))
		TRY(append(&r->own, accept, f));
	if (c->body != NULL && !has_header(c, "content-type", c->n_headers))
		TRY(append(&r->own, "Content-Type: application/json", f));
	for (size_t i = 0; i < c->n_headers; i++)
		TRY(append_header(&r->own, &c->headers[i], &c->values, f));
	return true;
}

void source_request_drop(struct source_request *r)
{
	for (struct curl_slist *i = r->own; i != NULL; i = i->next)
		secret_wipe_bytes(i->data, strlen(i->data));
	blob_wipe(&r->body);
	curl_slist_free_all(r->own);
	curl_slist_free_all(r->foreign);
	*r = (struct source_request){ 0 };
}

/* ---- checks ------------------------------------------------------------- */

static void drop_bio(BIO **b)
{
	BIO_free(*b);
	*b = NULL;
}

static const char *ca_file_of(const struct source_config *c)
{
	return c->ca_file != NULL ? c->ca_file : SOURCES_SYSTEM_CA;
}

/* libcurl would find out at the first connection; the operator wants to know
 * now. One readable certificate is enough to tell a bundle from a mistake. */
static FALLIBLE check_ca_file(const struct source_config *c, struct fault *f)
{
	struct fault why = FAULT_INIT;
	AUTO(blob_drop) struct blob pem = { 0 };
	AUTO(drop_bio) BIO *mem = NULL;
	X509 *cert;

	if (!file_read(ca_file_of(c), MAX_CA_FILE_BYTES, &pem, &why))
		return fault_raise(f, FAULT_CONFIG, "/ca_file",
		    "the CA file cannot be read: %s", why.text);
	mem = BIO_new_mem_buf(pem.p, (int)pem.n);
	cert = mem != NULL ? PEM_read_bio_X509(mem, NULL, NULL, NULL) : NULL;
	if (cert == NULL)
		return fault_raise(f, FAULT_CONFIG, "/ca_file",
		    "the CA file holds no PEM certificate");
	X509_free(cert);
	return true;
}

/* With one letter for each secret it must be JSON already: a name stands
 * within a text, where its value is escaped and can add no member. */
static FALLIBLE check_body(const struct source_config *c, struct fault *f)
{
	AUTO(blob_drop) struct blob plain = { 0 };
	AUTO(json_drop) struct json *doc = NULL;
	struct fault why = FAULT_INIT;

	if (strlen(c->body) > LIMIT_SOURCE_HEADER_BYTES)
		return fault_raise(f, FAULT_CONFIG, "/body",
		    "want at most %d bytes", LIMIT_SOURCE_HEADER_BYTES);
	TRY(source_template_check(c->body, "/body", f));
	TRY(source_template_neutral(
	    c->body, LIMIT_SOURCE_HEADER_BYTES, "/body", &plain, f));
	if (!json_parse(
		blob_span(&plain), &json_limits_default, "/body", &doc, &why))
		return fault_raise(f, FAULT_CONFIG, "/body",
		    "is not one JSON document, with ${NAME} within texts "
		    "only: %s",
		    why.text);
	/* Another server is another question; and a POST is not repeated. */
	if (c->max_redirects > 0)
		return fault_raise(f, FAULT_CONFIG, "/body",
		    "is sent to the configured server only: no redirects");
	return true;
}

FALLIBLE source_request_check(const struct source_config *c, struct fault *f)
{
	if (c->timeout_ms < 1 || c->timeout_ms > LIMIT_TIMEOUT_MS)
		return fault_raise(f, FAULT_CONFIG, "/timeout_ms",
		    "want 1 to %d", LIMIT_TIMEOUT_MS);
	if (c->max_bytes < 1 || c->max_bytes > LIMIT_BODY_BYTES_MAX)
		return fault_raise(f, FAULT_CONFIG, "/max_bytes",
		    "want 1 to %u", LIMIT_BODY_BYTES_MAX);
	if (c->max_redirects > LIMIT_REDIRECTS)
		return fault_raise(f, FAULT_CONFIG, "/max_redirects",
		    "want 0 to %d", LIMIT_REDIRECTS);
	if (c->n_headers > LIMIT_SOURCE_HEADERS)
		return fault_raise(f, FAULT_CONFIG, "/headers",
		    "want at most %d", LIMIT_SOURCE_HEADERS);
	for (size_t i = 0; i < c->n_headers; i++)
		TRY(check_header(c, i, f));
	if (c->body != NULL)
		TRY(check_body(c, f));
	/* Plain HTTP asks for no certificate, unless it is redirected. */
	if (strncmp(c->url, "https://", 8) == 0)
		TRY(check_ca_file(c, f));
	return true;
}

/* ---- options ------------------------------------------------------------ */

#define SET(option, value) \
	(ok = ok && curl_easy_setopt(easy, option, value) == CURLE_OK)

static bool set_identity(const struct source_config *c, CURL *easy)
{
	bool ok = true;

	/* The file alone: with a folder libcurl would load 145 roots for each
	 * connection (23 ms) instead of once. */
	SET(CURLOPT_CAINFO, ca_file_of(c));
	SET(CURLOPT_CAPATH, NULL);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	/* An intermediate in the CA file is no root. */
	SET(CURLOPT_SSL_OPTIONS, (long)CURLSSLOPT_NO_PARTIALCHAIN);
	/* A resumed session has no verified chain. */
	SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
	SET(CURLOPT_MAXLIFETIME_CONN, CONNECTION_LIFETIME_S);
	return ok;
}

static bool set_manners(const struct source_config *c, CURL *easy)
{
	bool ok = true;

	SET(CURLOPT_PROTOCOLS_STR, c->allow_http ? "https,http" : "https");
	/* Hops are requests of their own, each with its evidence. */
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_HTTPGET, 1L);
	/* No proxy, netrc or cookie that somebody left in the environment. */
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	/* Several real hosts refuse a request without. */
	SET(CURLOPT_USERAGENT, "Affiant/" AFFIANT_VERSION);
	/* Threads: no signals for timeouts; and a resolver that hangs is left
	 * behind instead of holding up all other sources. */
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_QUICK_EXIT, 1L);
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	/* Our requests are small: memory of 16 instead of 64 KiB. */
	SET(CURLOPT_UPLOAD_BUFFERSIZE, 16384L);
	return ok;
}

static bool set_body(
    const struct source_config *c, const struct source_request *r, CURL *easy)
{
	bool ok = true;

	if (c->body == NULL)
		return true;
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_POSTFIELDSIZE, (long)r->body.n);
	SET(CURLOPT_POSTFIELDS, (const char *)r->body.p);
	return ok;
}

static bool set_aim(const struct source_request *r, const struct source_url *to,
    bool is_own_origin, uint32_t connect_ms, CURL *easy)
{
	bool ok = true;

	SET(CURLOPT_URL, (const char *)to->text.p);
	SET(CURLOPT_HTTPHEADER, is_own_origin ? r->own : r->foreign);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
	return ok;
}

FALLIBLE source_request_open(
    const struct source_config *c, struct source_request *out, struct fault *f)
{
	AUTO(source_request_drop) struct source_request r = { 0 };

	TRY(make_headers(c, &r, f));
	if (c->body != NULL)
		TRY(source_template_fill(c->body, &c->values,
		    SOURCE_TEMPLATE_JSON, LIMIT_SOURCE_HEADER_BYTES, "/body",
		    &r.body, f));
	*out = r;
	r = (struct source_request){ 0 };
	return true;
}

FALLIBLE source_request_dress(const struct source_config *c,
    const struct source_request *r, const struct source_url *to,
    bool is_own_origin, uint32_t connect_ms, CURL *easy, struct fault *f)
{
	if (!set_identity(c, easy) || !set_manners(c, easy) ||
	    !set_body(c, r, easy) ||
	    !set_aim(r, to, is_own_origin, connect_ms, easy))
		return fault_raise(f, FAULT_SYSTEM, "source.internal",
		    "libcurl refused an option");
	return true;
}
