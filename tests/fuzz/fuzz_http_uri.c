/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request's path and query: what decodes is printable, and encodes to what
 * decodes to the same; what a query gives is within its bounds.
 */
#include "oracle/http_uri.h"
#include "verify/base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_path(struct span text)
{
	char decoded[256], again[256], encoded[3 * sizeof(decoded)];
	struct fault f = FAULT_INIT;

	if (!http_uri_decode(text, decoded, sizeof(decoded), "fuzz", &f)) {
		if (f.kind != FAULT_FORMAT && f.kind != FAULT_LIMIT)
			abort();
		return;
	}
	if (!ascii_is_printable(span_text(decoded)) || strlen(decoded) > text.n)
		abort();
	struct wr w = wr_into(encoded, sizeof(encoded), "fuzz", &f);
	http_uri_put_segment(&w, decoded);
	if (!http_uri_decode(wr_view(&w), again, sizeof(again), "fuzz", &f) ||
	    strcmp(decoded, again) != 0)
		abort();
}

static void check_query(const char *text)
{
	const unsigned all = HTTP_NONCE | HTTP_EVIDENCE | HTTP_FEED;
	struct fault f = FAULT_INIT;
	struct http_query q;
	enum problem p;

	if (!http_uri_query(text, all, &q, &p, &f)) {
		if (p != PROBLEM_BAD_QUERY && p != PROBLEM_BAD_NONCE)
			abort();
		return;
	}
	if ((q.given & ~all) != 0 || q.nonce_n > LIMIT_NONCE_BYTES ||
	    ((q.given & HTTP_NONCE) != 0) != (q.nonce_n > 0) ||
	    ((q.given & HTTP_FEED) != 0) != (q.feed[0] != '\0') ||
	    ((q.given & HTTP_EVIDENCE) == 0 && q.detail != RESPONSE_QUOTE))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault f = FAULT_INIT;
	struct blob text = { 0 };

	/* The server refuses longer ones before it looks at them. */
	if (size > LIMIT_URL_BYTES ||
	    !blob_copy(span_of(data, size), &text, &f))
		return 0;
	check_path(blob_span(&text));
	check_query((const char *)text.p);
	blob_drop(&text);
	return 0;
}
