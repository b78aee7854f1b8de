/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What we send, and what libcurl must never do on our behalf: every option of
 * a source's handle stands in source_request.c, one line each with its reason.
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
/* Sets all that stays the same, and makes the headers. */
FALLIBLE source_request_open(const struct source_config *c, CURL *easy,
    struct source_request *out, struct fault *f);
/* Sets what differs from hop to hop. `to` is borrowed during the transfer. */
FALLIBLE source_request_aim(const struct source_request *r, CURL *easy,
    const struct source_url *to, bool is_own_origin, uint32_t timeout_ms,
    struct fault *f);

#endif
