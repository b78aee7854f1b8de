/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes: refused with a place, or a tree whose ranges nest, whose every
 * value parses again from its own range to the same, and where names are
 * found. (json.c itself refuses with INTERNAL when cJSON sees another tree.)
 */
#include "verify/base/json.h"

#include "tests/fuzz/must.h"
#include "verify/base/text.h"

static const struct json_limits limits = {
	.max_bytes = 1 << 20,
	.max_depth = 64,
	.max_values = 100000,
};

/* The same value, read from its own range alone. */
static void check_again(const struct json *doc, const struct json_node *v)
{
	AUTO(json_drop) struct json *again = NULL;
	struct span source = json_source(doc, v);
	const struct json_node *w;
	struct fault f = FAULT_INIT;

	MUST(json_parse(source, &limits, "fuzz", &again, &f));
	w = json_root(again);
	MUST(json_kind_of(w) == json_kind_of(v));
	MUST(json_count(w) == json_count(v));
	MUST(strcmp(json_text(w), json_text(v)) == 0);
	MUST(strcmp(json_number(w), json_number(v)) == 0);
	MUST(json_bool(w) == json_bool(v));
	MUST(span_equal(json_source(again, w), source));
}

static void check(
    const struct json *doc, const struct json_node *v, unsigned depth)
{
	struct span source = json_source(doc, v);
	const struct json_node *child;
	size_t n = 0, last = json_offset(v);

	MUST(depth <= limits.max_depth);
	MUST(utf8_is_valid(span_text(json_text(v))));
	if (json_kind_of(v) == JSON_NUMBER)
		MUST(span_equal_text(source, json_number(v)));
	for (child = json_first(v); child != NULL; child = json_next(child)) {
		MUST(json_offset(child) > last);
		last = json_offset(child) + json_source(doc, child).n;
		MUST(last < json_offset(v) + source.n);
		if (json_kind_of(v) == JSON_OBJECT)
			MUST(json_find(v, json_name(child)) == child);
		else
			MUST(json_name(child) == NULL);
		check(doc, child, depth + 1);
		n++;
	}
	MUST(n == json_count(v));
	/* Quadratic, so only near the root and for short documents. */
	if (depth < 3 && source.n < 200)
		check_again(doc, v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(json_drop) struct json *doc = NULL;
	struct fault f = FAULT_INIT;

	/* Names are looked up one by one: keep that from being slow. */
	if (size > 4096)
		return 0;
	if (json_parse(span_of(data, size), &limits, "fuzz", &doc, &f)) {
		MUST(f.kind == FAULT_NONE);
		check(doc, json_root(doc), 0);
	} else {
		MUST(doc == NULL);
		must_be_refusal(&f, size);
	}
	return 0;
}
