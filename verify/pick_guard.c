/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/pick_guard.h"

#include "verify/base/json.h"
#include "verify/base/text.h"

#include <string.h>

/* ---- the configuration -------------------------------------------------- */

static FALLIBLE check_pointer(
    const char *pointer, const char *at, struct fault *f)
{
	if (strlen(pointer) > LIMIT_POINTER_BYTES ||
	    !json_pointer_is_valid(pointer))
		return fault_raise(f, FAULT_CONFIG, at,
		    "\"%.60s\" is no JSON pointer (RFC 6901) of at most %d "
		    "characters",
		    pointer, LIMIT_POINTER_BYTES);
	return true;
}

/* As canonical JSON has integers: nothing else has a place in the hash. */
static bool is_integer(const char *text)
{
	uint64_t v;

	return u64_parse(span_text(text + (text[0] == '-')), &v, "source.guard",
		   NULL) &&
	    v < UINT64_C(1) << 53;
}

static FALLIBLE check_required(const struct pick_guard *g, struct fault *f)
{
	TRY(check_pointer(g->pointer, "/require", f));
	if (g->want == PICK_WANT_TEXT && strlen(g->text) > LIMIT_GUARD_TEXT)
		return fault_raise(f, FAULT_CONFIG, "/require",
		    "the text wanted at \"%.60s\" is longer than %d bytes",
		    g->pointer, LIMIT_GUARD_TEXT);
	if (g->want == PICK_WANT_NUMBER && !is_integer(g->text))
		return fault_raise(f, FAULT_CONFIG, "/require",
		    "the number wanted at \"%.60s\" is no integer below 2^53",
		    g->pointer);
	return true;
}

FALLIBLE pick_guard_check(const struct pick_rule *r, struct fault *f)
{
	if (r->n_require > LIMIT_GUARDS)
		return fault_raise(f, FAULT_CONFIG, "/require",
		    "want at most %d", LIMIT_GUARDS);
	if (r->n_forbid > LIMIT_GUARDS)
		return fault_raise(f, FAULT_CONFIG, "/forbid",
		    "want at most %d", LIMIT_GUARDS);
	for (size_t i = 0; i < r->n_require; i++)
		TRY(check_required(&r->require[i], f));
	for (size_t i = 0; i < r->n_forbid; i++)
		TRY(check_pointer(r->forbid[i], "/forbid", f));
	return true;
}

/* ---- the body ----------------------------------------------------------- */

static bool is_same_number(const char *want, const struct json_node *v)
{
	struct dec a, b;

	return dec_parse_any(span_text(want), &a, NULL) &&
	    dec_parse_any(span_text(json_number(v)), &b, NULL) &&
	    dec_compare(&a, &b) == 0;
}

static bool holds(const struct pick_guard *g, const struct json_node *v)
{
	switch (g->want) {
	case PICK_WANT_TEXT:
		return json_kind_of(v) == JSON_TEXT &&
		    strcmp(json_text(v), g->text) == 0;
	case PICK_WANT_NUMBER:
		return json_kind_of(v) == JSON_NUMBER &&
		    is_same_number(g->text, v);
	case PICK_WANT_BOOL:
		return json_kind_of(v) == JSON_BOOL && json_bool(v) == g->flag;
	}
	return false;
}

static bool is_nothing(const struct json_node *v)
{
	switch (json_kind_of(v)) {
	case JSON_NULL:
		return true;
	case JSON_TEXT:
		return json_text(v)[0] == '\0';
	case JSON_ARRAY:
	case JSON_OBJECT:
		return json_first(v) == NULL;
	case JSON_BOOL:
	case JSON_NUMBER:
		break;
	}
	return false;
}

FALLIBLE pick_guard_judge(
    const struct pick_rule *r, const struct json_node *root, struct fault *f)
{
	for (size_t i = 0; i < r->n_require; i++) {
		const struct pick_guard *g = &r->require[i];
		const struct json_node *v = json_pointer(root, g->pointer);

		if (v == NULL)
			return fault_raise(f, FAULT_REMOTE, "source.guard",
			    "there is nothing at \"%.100s\", where this source "
			    "requires a value",
			    g->pointer);
		if (!holds(g, v))
			return fault_raise(f, FAULT_REMOTE, "source.guard",
			    "what stands at \"%.100s\" is not what this source "
			    "requires",
			    g->pointer);
	}
	for (size_t i = 0; i < r->n_forbid; i++) {
		const struct json_node *v = json_pointer(root, r->forbid[i]);

		if (v != NULL && !is_nothing(v))
			return fault_raise(f, FAULT_REMOTE, "source.guard",
			    "something stands at \"%.100s\", where this source "
			    "forbids it",
			    r->forbid[i]);
	}
	return true;
}
