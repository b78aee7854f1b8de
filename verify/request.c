/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/request.h"

#include "verify/base/canon.h"

#include <string.h>

#define AT "request.hash"

struct row {
	char name[CANON_MAX_NAME + 1]; /* lower case */
	const char *value;
};

static FALLIBLE lower(const char *name, struct row *out, struct fault *f)
{
	size_t n = strlen(name);

	if (n == 0 || n > CANON_MAX_NAME)
		return fault_raise(f, FAULT_LIMIT, AT,
		    "a header's name has 1 to %d characters", CANON_MAX_NAME);
	for (size_t i = 0; i < n; i++) {
		char c = name[i];

		out->name[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
	}
	out->name[n] = '\0';
	return true;
}

/* Rows in order of their names; a name twice would be two requests. */
static FALLIBLE sort(const struct request *r,
    struct row rows[LIMIT_SOURCE_HEADERS], struct fault *f)
{
	if (r->n_headers > LIMIT_SOURCE_HEADERS)
		return fault_raise(f, FAULT_LIMIT, AT,
		    "has more than %d headers", LIMIT_SOURCE_HEADERS);
	for (size_t n = 0; n < r->n_headers; n++) {
		struct row row = { .value = r->headers[n].value };
		size_t i = n;

		TRY(lower(r->headers[n].name, &row, f));
		for (; i > 0 && strcmp(rows[i - 1].name, row.name) > 0; i--)
			rows[i] = rows[i - 1];
		if (i > 0 && strcmp(rows[i - 1].name, row.name) == 0)
			return fault_raise(f, FAULT_FORMAT, AT,
			    "a header's name stands twice");
		rows[i] = row;
	}
	return true;
}

bool request_hash(const struct request *r, struct sha256 *out, struct fault *f)
{
	struct row rows[LIMIT_SOURCE_HEADERS];
	struct fault why = FAULT_INIT;
	AUTO(wr_drop)
	struct wr w = wr_grow(LIMIT_CONFIG_BYTES, AT, &why);
	AUTO(blob_drop) struct blob text = { 0 };
	struct canon c = canon_to(&w);

	TRY(sort(r, rows, f));
	canon_object(&c, NULL);
	if (r->body != NULL)
		canon_text(&c, "body", r->body);
	if (r->n_headers > 0) {
		canon_object(&c, "headers");
		for (size_t i = 0; i < r->n_headers; i++)
			canon_text(&c, rows[i].name, rows[i].value);
		canon_end(&c);
	}
	canon_text(&c, "method", r->body != NULL ? "POST" : "GET");
	canon_text(&c, "url", r->url);
	canon_end(&c);
	if (!wr_done(&w, &text))
		return fault_raise(f, why.kind, AT, "%s", why.text);
	*out = sha256_of(blob_span(&text));
	return true;
}
