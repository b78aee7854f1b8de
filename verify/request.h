/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was asked, as one hash: the oracle puts it into the statement, and
 * whoever has the configuration makes it again. The preimage is canonical JSON
 * of what was configured, so that secrets stand in it as ${NAME}:
 *
 *   {"body":"...","headers":{"accept":"..."},"method":"POST","url":"..."}
 *
 * `body` only of a POST, `headers` only when there are any, their names in
 * lower case. What an HTTP client adds by itself is not in it.
 */
#ifndef AFFIANT_REQUEST_H
#define AFFIANT_REQUEST_H

#include "verify/base/bytes.h"
#include "verify/base/hash.h"
#include "verify/base/limits.h"

struct request_header {
	const char *name, *value; /* value may hold ${NAME} */
};

struct request {
	const char *url;
	const struct request_header *headers;
	size_t n_headers; /* at most LIMIT_SOURCE_HEADERS */
	const char *body; /* NULL: GET. Else POST this */
};

/* FORMAT or LIMIT at "request.hash": no UTF-8, a name twice, too many. */
FALLIBLE request_hash(
    const struct request *r, struct sha256 *out, struct fault *f);

#endif
