/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One GET after another, for what is no observation: vendor collateral. The
 * same rules as for sources (sources.h): TLS 1.2 or later with the chain, the
 * name and the time checked on the very connection, no proxy, no netrc, no
 * cookies, a body whose end was declared and that is not compressed. Redirects
 * are not followed. Any address will do.
 */
#ifndef AFFIANT_HTTP_GET_H
#define AFFIANT_HTTP_GET_H

#include "verify/base/bytes.h"

struct http_get_config {
	const char *ca_file; /* PEM; NULL: SOURCES_SYSTEM_CA */
	bool allow_http;     /* plain http:// on purpose */
	uint32_t timeout_ms; /* of one request; 1..LIMIT_TIMEOUT_MS */
};

struct http_get_ask {
	const char *url;  /* may hold ${NAME}, as a source's */
	size_t max_bytes; /* of the body; 1..LIMIT_BODY_BYTES_MAX */
	/* A header of the answer to keep, by name in any case; or NULL. */
	const char *header;
};

/* Owned. A header that was not sent leaves has_header false. */
struct http_got {
	struct blob body;
	bool has_header;
	struct blob header; /* its value, as sent */
};
void http_got_drop(struct http_got *g);

/* A handle with its kept-alive connections, for one thread at a time. */
struct http_get;
FALLIBLE http_get_open(
    const struct http_get_config *c, struct http_get **out, struct fault *f);
void http_get_close(struct http_get *g);
void http_get_drop(struct http_get **g); /* for AUTO */

/*
 * The body of a 200. Faults: CONFIG "/url", "/ca_file", "/timeout_ms",
 * "/max_bytes" (nothing was sent); otherwise REMOTE with one of the words of
 * sources.h: "source.http" (another status), "source.tls", "source.limit"...
 * *stop (may be NULL) turning true ends it within 100 ms: "source.stopped".
 */
FALLIBLE http_get_fetch(struct http_get *g, const struct http_get_ask *ask,
    const volatile bool *stop, struct http_got *out, struct fault *f);

#endif
