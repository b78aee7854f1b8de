/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One source's HTTP exchange: one long-lived libcurl handle, so that its
 * connection is kept alive and the CA store is loaded once; one request per
 * redirect hop, each with its own evidence. Whoever runs the multi handle
 * calls start, then ended for every handle that is done.
 *
 * HTTP/1.1 only: every public host known to us speaks it, a connection then
 * carries one exchange at a time, and the end of a body is told by headers
 * that we can check.
 */
#ifndef AFFIANT_SOURCE_HTTP_H
#define AFFIANT_SOURCE_HTTP_H

#include "sources/sources.h"

#include <curl/curl.h>

struct source_http;

FALLIBLE source_http_open(
    const struct source_config *c, struct source_http **out, struct fault *f);
void source_http_free(struct source_http *h);

/* A new exchange: the handle to add, or NULL when it failed at once. */
CURL *source_http_start(struct source_http *h);
/*
 * libcurl has finished with the handle, and it is out of the multi handle.
 * Not NULL: a redirect is followed; add the handle again.
 */
CURL *source_http_ended(struct source_http *h, CURLcode code);
/* Gives up what is under way; the handle is out of the multi handle. */
void source_http_stop(struct source_http *h);
/* What came of it. Views borrow from h until the next start. */
void source_http_result(const struct source_http *h, struct source_result *out);

#endif
