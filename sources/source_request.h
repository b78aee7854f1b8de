/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What we send, and what libcurl must never do on our behalf: every option of
 * a handle that is no callback stands in source_request.c, one line each with its reason.
 */
#ifndef AFFIANT_SOURCE_REQUEST_H
#define AFFIANT_SOURCE_REQUEST_H

#include "sources/source_url.h"

#include <curl/curl.h>

struct source_request {
	/* With secrets filled in; `foreign` goes to other origins. */
	struct curl_slist *own, *foreign;
	struct blob body; /* of a POST; libcurl reads it from here */
};
void source_request_drop(struct source_request *r); /* wipes */

/*
 * Limits, CA file and headers of a configuration. CONFIG at "/timeout_ms",
 * "/max_bytes", "/max_redirects", "/ca_file", "/headers", "/body".
 */
FALLIBLE source_request_check(const struct source_config *c, struct fault *f);
/* Makes headers and body. */
FALLIBLE source_request_open(
    const struct source_config *c, struct source_request *out, struct fault *f);
/*
 * Sets all options of a handle that has none, for one request. `c`, `r` and
 * `to` are borrowed while it is under way. connect_ms is for name, connection
 * and handshake; the whole is for the caller to end.
 */
FALLIBLE source_request_dress(const struct source_config *c,
    const struct source_request *r, const struct source_url *to,
    bool is_own_origin, uint32_t connect_ms, CURL *easy, struct fault *f);

#endif
