/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/bodies.h"

#include "verify/base/canon.h"
#include "verify/base/json.h"
#include "verify/base/text.h"

#include <string.h>

#define AT "bodies"

void bodies_drop(struct bodies *b)
{
	for (size_t i = 0; i < b->n; i++)
		blob_drop(&b->body[i]);
	b->n = 0;
}

static int compare(const struct sha256 *a, const struct sha256 *b)
{
	return memcmp(a->b, b->b, sizeof(a->b));
}

static size_t total(const struct bodies *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->body[i].n;
	return n;
}

static FALLIBLE check_room(const struct bodies *b, size_t more, struct fault *f)
{
	if (b->n == LIMIT_SOURCES)
		return fault_raise(f, FAULT_LIMIT, AT,
		    "more than %d bodies were kept", LIMIT_SOURCES);
	if (more > LIMIT_BODIES_BYTES - total(b))
		return fault_raise(f, FAULT_LIMIT, AT,
		    "the bodies that were kept have more than %u bytes "
		    "together",
		    LIMIT_BODIES_BYTES);
	return true;
}

bool bodies_add(struct bodies *b, struct span body, struct fault *f)
{
	struct sha256 hash = sha256_of(body);
	struct blob copy = { 0 };
	size_t i = b->n;

	if (bodies_find(b, &hash) != NULL)
		return true;
	TRY(check_room(b, body.n, f));
	TRY(blob_copy(body, &copy, f));
	for (; i > 0 && compare(&b->hash[i - 1], &hash) > 0; i--) {
		b->hash[i] = b->hash[i - 1];
		b->body[i] = b->body[i - 1];
	}
	b->hash[i] = hash;
	b->body[i] = copy;
	b->n++;
	return true;
}

const struct blob *bodies_find(
    const struct bodies *b, const struct sha256 *hash)
{
	for (size_t i = 0; i < b->n; i++) {
		if (sha256_equal(&b->hash[i], hash))
			return &b->body[i];
	}
	return NULL;
}

bool bodies_encode(const struct bodies *b, struct blob *out, struct fault *f)
{
	struct wr w = wr_grow(2 * LIMIT_BODIES_BYTES, AT, f);
	struct canon c = canon_to(&w);

	canon_array(&c, NULL);
	for (size_t i = 0; i < b->n; i++)
		canon_base64(&c, NULL, blob_span(&b->body[i]));
	canon_end(&c);
	if (!wr_ok(&w)) {
		wr_drop(&w);
		return false;
	}
	return wr_done(&w, out);
}

/* ---- reading ------------------------------------------------------------ */

static FALLIBLE read_body(
    const struct json_node *v, struct bodies *b, struct fault *f)
{
	struct blob body = { 0 };

	if (json_kind_of(v) != JSON_TEXT)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "an element is no base64 text");
	TRY(check_room(b, 0, f));
	TRY(base64_decode(span_text(json_text(v)),
	    LIMIT_BODIES_BYTES - total(b), &body, AT, f));
	b->body[b->n] = body;
	b->hash[b->n] = sha256_of(blob_span(&body));
	b->n++;
	if (b->n > 1 && compare(&b->hash[b->n - 2], &b->hash[b->n - 1]) >= 0)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "are not in ascending order of their SHA-256, each once");
	return true;
}

bool bodies_decode(struct span json, struct bodies *out, struct fault *f)
{
	AUTO(bodies_drop) struct bodies mine = { 0 };
	AUTO(json_drop) struct json *doc = NULL;
	struct json_limits limits = json_limits_default;

	limits.max_bytes = 2 * LIMIT_BODIES_BYTES;
	TRY(json_parse(json, &limits, AT, &doc, f));
	if (json_kind_of(json_root(doc)) != JSON_ARRAY)
		return fault_raise(f, FAULT_FORMAT, AT, "are no array");
	for (const struct json_node *v = json_first(json_root(doc)); v != NULL;
	     v = json_next(v))
		TRY(read_body(v, &mine, f));
	*out = mine;
	mine = (struct bodies){ 0 };
	return true;
}
