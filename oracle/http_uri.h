/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Path and query of a request (RFC 3986), strictly: every % is followed by
 * two digits, what comes out is printable ASCII, unknown and repeated members
 * of a query are refused.
 */
#ifndef AFFIANT_HTTP_URI_H
#define AFFIANT_HTTP_URI_H

#include "oracle/http_exchange.h"
#include "oracle/http_problem.h"

/* Percent-decodes into out with NUL. FORMAT at "http.path" or so (`at`). */
FALLIBLE http_uri_decode(
    struct span text, char *out, size_t cap, const char *at, struct fault *f);
/* Percent-encodes one path segment: all but unreserved characters. */
void http_uri_put_segment(struct wr *w, const char *text);

/*
 * Reads a query of which only `allowed` members may be there. The fault's
 * text is for the client; *p is the problem it is.
 */
FALLIBLE http_uri_query(const char *query, unsigned allowed,
    struct http_query *out, enum problem *p, struct fault *f);

#endif
