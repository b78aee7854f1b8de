/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/http_problem.h"

#include "verify/base/canon.h"

#include <string.h>

/* Types and titles are published: clients match on them. */
static const struct problem_row rows[PROBLEM_COUNT] = {
	[PROBLEM_BAD_REQUEST] = { "urn:affiant:problem:bad-request",
	    "The request is not one that HTTP allows here", 400 },
	[PROBLEM_BAD_QUERY] = { "urn:affiant:problem:bad-query",
	    "The query is wrong", 400 },
	[PROBLEM_BAD_NONCE] = { "urn:affiant:problem:bad-nonce",
	    "The nonce is not 1 to 32 bytes of hexadecimal", 400 },
	[PROBLEM_BAD_PATH] = { "urn:affiant:problem:bad-path",
	    "The path is wrongly encoded", 400 },
	[PROBLEM_BAD_CALL] = { "urn:affiant:problem:bad-call",
	    "The call is none that the gateway answers", 400 },
	[PROBLEM_NOT_FOUND] = { "urn:affiant:problem:not-found",
	    "There is nothing here", 404 },
	[PROBLEM_NO_FEED] = { "urn:affiant:problem:no-feed",
	    "There is no such feed", 404 },
	[PROBLEM_NO_STATEMENT] = { "urn:affiant:problem:no-statement",
	    "The statement is not among the recent ones", 404 },
	[PROBLEM_METHOD] = { "urn:affiant:problem:method",
	    "The method does not fit here", 405 },
	[PROBLEM_REQUEST] = { "urn:affiant:problem:request",
	    "The request with encrypted parameters is not taken", 400 },
	[PROBLEM_TIMEOUT] = { "urn:affiant:problem:timeout",
	    "The request took too long to arrive", 408 },
	[PROBLEM_TOO_LARGE] = { "urn:affiant:problem:too-large",
	    "The request is too large", 413 },
	[PROBLEM_URI_TOO_LONG] = { "urn:affiant:problem:uri-too-long",
	    "The path and query are too long", 414 },
	[PROBLEM_RATE] = { "urn:affiant:problem:rate",
	    "Too many requests with encrypted parameters", 429 },
	[PROBLEM_INTERNAL] = { "urn:affiant:problem:internal",
	    "The oracle made a mistake", 500 },
	[PROBLEM_UNSUPPORTED] = { "urn:affiant:problem:unsupported",
	    "This oracle cannot do that", 501 },
	[PROBLEM_QUOTE] = { "urn:affiant:problem:quote",
	    "The quote provider failed", 502 },
	[PROBLEM_SOURCE] = { "urn:affiant:problem:source",
	    "The source of the request gave no value", 502 },
	[PROBLEM_STARTING] = { "urn:affiant:problem:starting",
	    "No round has finished yet", 503 },
	[PROBLEM_STALE] = { "urn:affiant:problem:stale",
	    "There is no fresh value", 503 },
	[PROBLEM_CLOCK] = { "urn:affiant:problem:clock",
	    "The clock is not believed", 503 },
	[PROBLEM_NOT_READY] = { "urn:affiant:problem:not-ready",
	    "Not every feed has a fresh value", 503 },
	[PROBLEM_COLLATERAL] = { "urn:affiant:problem:collateral",
	    "There is no collateral that is still good", 503 },
	[PROBLEM_BUSY] = { "urn:affiant:problem:busy",
	    "Too many requests wait for quotes", 503 },
	[PROBLEM_STOPPING] = { "urn:affiant:problem:stopping",
	    "The oracle is stopping", 503 },
	[PROBLEM_HTTP_VERSION] = { "urn:affiant:problem:http-version",
	    "This server speaks HTTP/1.0 and HTTP/1.1", 505 },
};

const struct problem_row *http_problem_row(enum problem p)
{
	return &rows[p];
}

/* Writes the extension members that sort in front of `name`. */
static size_t put_until(struct canon *c, const char *name,
    const struct problem_member *ext, size_t n_ext, size_t i)
{
	while (i < n_ext && (name == NULL || strcmp(ext[i].name, name) < 0)) {
		canon_raw(c, ext[i].name, ext[i].json);
		i++;
	}
	return i;
}

FALLIBLE http_problem_encode(enum problem p, const char *detail,
    const struct problem_member *ext, size_t n_ext, struct wr *w,
    struct fault *f)
{
	const struct problem_row *row = http_problem_row(p);
	struct canon c = canon_to(w);
	size_t i = 0;

	canon_object(&c, NULL);
	i = put_until(&c, "detail", ext, n_ext, i);
	if (detail != NULL)
		canon_text(&c, "detail", detail);
	i = put_until(&c, "status", ext, n_ext, i);
	canon_u64(&c, "status", (uint64_t)row->status);
	i = put_until(&c, "title", ext, n_ext, i);
	canon_text(&c, "title", row->title);
	i = put_until(&c, "type", ext, n_ext, i);
	canon_text(&c, "type", row->type);
	put_until(&c, NULL, ext, n_ext, i);
	canon_end(&c);
	if (!wr_ok(w))
		return fault_raise(f, FAULT_INTERNAL, "http.problem",
		    "the problem %s does not fit", row->type);
	return true;
}
