/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A path, a NUL and a document: what is taken as a path is walked, what is
 * refused finds nothing, and one value found is a value of the document.
 */
#include "tests/fuzz/must.h"
#include "verify/base/limits.h"
#include "verify/pick_path.h"

#include <string.h>

static bool is_below(const struct json_node *v, const struct json_node *wanted)
{
	if (v == wanted)
		return true;
	if (json_kind_of(v) != JSON_ARRAY && json_kind_of(v) != JSON_OBJECT)
		return false;
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e)) {
		if (is_below(e, wanted))
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(json_drop) struct json *doc = NULL;
	const uint8_t *end = size > 0 ? memchr(data, 0, size) : NULL;
	const struct json_node *v = NULL;
	struct fault f = FAULT_INIT;
	enum pick_path_found found;
	size_t n = end != NULL ? (size_t)(end - data) : 0;

	if (end == NULL ||
	    !json_parse(span_of(end + 1, size - n - 1), &json_limits_default,
		"fuzz", &doc, NULL))
		return 0;
	found = pick_path_find(json_root(doc), (const char *)data, &v);
	if (!pick_path_check((const char *)data, "fuzz.path", &f)) {
		MUST(f.kind == FAULT_CONFIG && f.offset <= n);
		MUST(found == PICK_PATH_NONE);
		return 0;
	}
	MUST(n <= LIMIT_POINTER_BYTES);
	MUST((found == PICK_PATH_ONE) == (v != NULL));
	MUST(v == NULL || is_below(json_root(doc), v));
	return 0;
}
