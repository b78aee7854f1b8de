/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request and the way back to whoever sent it. Handlers see only this:
 * they know nothing of the server underneath (http_server.c does), so they
 * can be tested without a socket.
 */
#ifndef AFFIANT_HTTP_EXCHANGE_H
#define AFFIANT_HTTP_EXCHANGE_H

#include "oracle/http_site.h"
#include "verify/base/limits.h"
#include "verify/base/utc.h"

enum http_method {
	HTTP_GET = 1 << 0,
	HTTP_HEAD = 1 << 1,
	HTTP_OPTIONS = 1 << 2,
	HTTP_POST = 1 << 3,
	HTTP_OTHER = 1 << 4,
};

/* As it came in. Everything is hostile; strings end with NUL. */
struct http_request {
	enum http_method method;
	const char *path;  /* not decoded */
	const char *query; /* behind the question mark, not decoded; or NULL */
	const char *host, *accept, *if_none_match; /* headers, or NULL */
	bool has_body;    /* one was sent, and was not read */
	struct span body; /* what was read, for routes that take one */
	bool close;       /* the connection ends with this answer */
	struct utc now;
};

/* Members of a query; a route names those it takes. */
enum http_member {
	HTTP_NONCE = 1 << 0,    /* nonce=HEX, 1 to 32 bytes */
	HTTP_EVIDENCE = 1 << 1, /* evidence=full|quote|signature */
	HTTP_FEED = 1 << 2,     /* feed=ID */
};
struct http_query {
	unsigned given; /* enum http_member */
	uint8_t nonce[LIMIT_NONCE_BYTES];
	size_t nonce_n;
	enum response_detail detail; /* the default when not given */
	char feed[LIMIT_FEED_ID + 1];
};

struct http_exchange {
	const struct http_request *request;
	struct http_site *site;
	struct http_query query;
	const char *path; /* decoded */
	const char *rest; /* of it, behind a route's prefix */
	/* Sends a whole answer with one write. Called exactly once. */
	void (*send)(void *to, struct span answer);
	void *to;
	int status; /* of the answer that was sent */
};

#endif
