/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration, NUL, an array of bodies: what a stranger puts beside a
 * statement. Whatever is read of it stays within its bounds.
 */
#include "tests/fuzz/must.h"
#include "verify/bodies.h"
#include "verify/recipe.h"

#include <string.h>

static void pick_all(const struct recipe_source *s, const struct bodies *b)
{
	const struct utc now = { INT64_C(1768478400000) };

	for (size_t i = 0; i < b->n; i++) {
		AUTO(picked_drop) struct picked p = { 0 };
		struct fault f = FAULT_INIT;

		MUST(s->picks->pick(
			 &s->rule, blob_span(&b->body[i]), now, &p, &f) ||
		    f.kind == FAULT_REMOTE);
	}
}

static void read_bodies(struct span json, struct bodies *out)
{
	AUTO(blob_drop) struct blob again = { 0 };
	AUTO(bodies_drop) struct bodies back = { 0 };
	struct fault f = FAULT_INIT;

	if (!bodies_decode(json, out, &f)) {
		MUST(f.kind == FAULT_FORMAT || f.kind == FAULT_LIMIT);
		return;
	}
	MUST(bodies_encode(out, &again, &f));
	MUST(bodies_decode(blob_span(&again), &back, &f));
	MUST(back.n == out->n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, 0, size) : NULL;
	AUTO(recipe_drop) struct recipe r = { 0 };
	AUTO(bodies_drop) struct bodies b = { 0 };
	struct fault f = FAULT_INIT;
	struct sha256 hash;

	if (end == NULL)
		return 0;
	read_bodies(span_of(end + 1, size - (size_t)(end + 1 - data)), &b);
	if (!recipe_open(
		span_of(data, (size_t)(end - data)), span_text("F"), &r, &f)) {
		MUST(f.kind == FAULT_FORMAT || f.kind == FAULT_LIMIT ||
		    f.kind == FAULT_UNSUPPORTED);
		return 0;
	}
	for (size_t i = 0; i < r.n_sources; i++) {
		struct recipe_source s;
		struct fault why = FAULT_INIT;

		if (!recipe_source_at(&r, i, &s, &why)) {
			MUST(why.kind != FAULT_NONE);
			continue;
		}
		(void)!request_hash(&s.request, &hash, &why);
		pick_all(&s, &b);
	}
	return 0;
}
