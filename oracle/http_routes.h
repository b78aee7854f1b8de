/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of routes (DESIGN section 5) and the way from a request to its
 * handler. Paths of feeds come from the configuration and are looked up
 * behind the table.
 */
#ifndef AFFIANT_HTTP_ROUTES_H
#define AFFIANT_HTTP_ROUTES_H

#include "oracle/http_exchange.h"

struct http_route {
	/* Exact, or with a star at the end for the rest of the path. */
	const char *path;
	unsigned members; /* enum http_member: what the query may have */
	void (*handle)(struct http_exchange *x);
	const char *help; /* one line */
};
/* Ends with a row whose path is NULL. All rows answer GET and HEAD. */
extern const struct http_route http_routes[];
/* The same; these answer POST, with a body, and nothing else. */
extern const struct http_route http_post_routes[];

/* Answers the request, whatever it is. Returns the status that was sent. */
int http_routes_serve(struct http_site *site, const struct http_request *r,
    void (*send)(void *to, struct span answer), void *to);

/* Whether a body sent to this path (not decoded) is wanted. */
bool http_routes_takes_body(const char *path);

/* A path that a feed cannot have, because a row of the table has it. */
bool http_routes_has(const char *path);

#endif
