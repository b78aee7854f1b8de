/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a source: what is asked, what is picked. */
#include "verify/base/text.h"
#include "verify/recipe_members.h"

#include <string.h>

/* ---- what is asked ------------------------------------------------------ */

static FALLIBLE read_kind(
    const struct json_node *v, void *into, struct fault *f)
{
	struct recipe_source *s = into;

	s->picks = pick_kind_find(json_text(v));
	return s->picks != NULL ||
	    fault_raise(f, FAULT_UNSUPPORTED, "recipe.source",
		"a source is of a kind that is not known here");
}

static FALLIBLE read_url(const struct json_node *v, void *into, struct fault *f)
{
	struct recipe_source *s = into;

	(void)f;
	s->request.url = json_text(v);
	return true;
}

static FALLIBLE read_body(
    const struct json_node *v, void *into, struct fault *f)
{
	struct recipe_source *s = into;

	(void)f;
	s->request.body = json_text(v);
	return true;
}

static FALLIBLE read_headers(
    const struct json_node *v, void *into, struct fault *f)
{
	struct recipe_source *s = into;
	size_t n = 0;

	if (json_count(v) > LIMIT_SOURCE_HEADERS)
		return fault_raise(f, FAULT_LIMIT, "recipe.headers",
		    "a source has more than %d headers", LIMIT_SOURCE_HEADERS);
	for (const struct json_node *h = json_first(v); h != NULL;
	     h = json_next(h)) {
		if (json_kind_of(h) != JSON_TEXT)
			return fault_raise(f, FAULT_FORMAT, "recipe.headers",
			    "a header's value is a text");
		s->headers[n++] =
		    (struct request_header){ json_name(h), json_text(h) };
	}
	s->request.headers = s->headers;
	s->request.n_headers = n;
	return true;
}

/* ---- what is picked ----------------------------------------------------- */

/* One reader for each text of the rule; they differ in the field only. */
#define READ_TEXT(field)                                            \
	static FALLIBLE read_##field(                               \
	    const struct json_node *v, void *into, struct fault *f) \
	{                                                           \
		struct recipe_source *s = into;                     \
		(void)f;                                            \
		s->rule.field = json_text(v);                       \
		return true;                                        \
	}
READ_TEXT(pick)
READ_TEXT(time_pick)
READ_TEXT(time_unit)
READ_TEXT(form)
READ_TEXT(match)

static FALLIBLE read_line(
    const struct json_node *v, void *into, struct fault *f)
{
	struct recipe_source *s = into;
	uint64_t n;

	TRY(json_u64(v, LIMIT_TEXT_BODY, &n, "recipe.line", f));
	s->rule.line = (uint32_t)n;
	return true;
}

static FALLIBLE read_scale(
    const struct json_node *v, void *into, struct fault *f)
{
	struct recipe_source *s = into;
	const char *text = json_number(v);
	bool is_negative = text[0] == '-';
	uint64_t n;

	TRY(u64_parse(span_text(text + is_negative), &n, "recipe.scale", f));
	if (n > LIMIT_SCALE)
		return fault_raise(f, FAULT_LIMIT, "recipe.scale",
		    "a scale is beyond %d", LIMIT_SCALE);
	s->rule.scale = is_negative ? -(int32_t)n : (int32_t)n;
	return true;
}

static FALLIBLE read_guard(
    const struct json_node *v, struct pick_guard *out, struct fault *f)
{
	out->pointer = json_name(v);
	switch (json_kind_of(v)) {
	case JSON_TEXT:
		out->want = PICK_WANT_TEXT;
		out->text = json_text(v);
		return true;
	case JSON_NUMBER:
		out->want = PICK_WANT_NUMBER;
		out->text = json_number(v);
		return true;
	case JSON_BOOL:
		out->want = PICK_WANT_BOOL;
		out->flag = json_bool(v);
		return true;
	case JSON_NULL:
	case JSON_ARRAY:
	case JSON_OBJECT:
		break;
	}
	return fault_raise(f, FAULT_FORMAT, "recipe.require",
	    "a source requires something that is no text, integer or bool");
}

static FALLIBLE read_require(
    const struct json_node *v, void *into, struct fault *f)
{
	struct recipe_source *s = into;
	size_t n = 0;

	if (json_count(v) > LIMIT_GUARDS)
		return fault_raise(f, FAULT_LIMIT, "recipe.require",
		    "a source requires more than %d values", LIMIT_GUARDS);
	for (const struct json_node *m = json_first(v); m != NULL;
	     m = json_next(m))
		TRY(read_guard(m, &s->require[n++], f));
	s->rule.require = s->require;
	s->rule.n_require = n;
	return true;
}

static FALLIBLE read_forbid(
    const struct json_node *v, void *into, struct fault *f)
{
	struct recipe_source *s = into;
	size_t n = 0;

	if (json_count(v) > LIMIT_GUARDS)
		return fault_raise(f, FAULT_LIMIT, "recipe.forbid",
		    "a source forbids more than %d values", LIMIT_GUARDS);
	for (const struct json_node *m = json_first(v); m != NULL;
	     m = json_next(m)) {
		if (json_kind_of(m) != JSON_TEXT)
			return fault_raise(f, FAULT_FORMAT, "recipe.forbid",
			    "a source forbids something that is no pointer");
		s->forbid[n++] = json_text(m);
	}
	s->rule.forbid = s->forbid;
	s->rule.n_forbid = n;
	return true;
}

const struct recipe_member recipe_source_members[] = {
	{ "kind", JSON_TEXT, read_kind },
	{ "url", JSON_TEXT, read_url },
	{ "body", JSON_TEXT, read_body },
	{ "headers", JSON_OBJECT, read_headers },
	{ "pick", JSON_TEXT, read_pick },
	{ "time_pick", JSON_TEXT, read_time_pick },
	{ "time_unit", JSON_TEXT, read_time_unit },
	{ "require", JSON_OBJECT, read_require },
	{ "forbid", JSON_ARRAY, read_forbid },
	{ "form", JSON_TEXT, read_form },
	{ "line", JSON_NUMBER, read_line },
	{ "match", JSON_TEXT, read_match },
	{ "scale", JSON_NUMBER, read_scale },
	/* How it is fetched, and what is kept. */
	{ "allow_http", JSON_BOOL, NULL },
	{ "allow_private", JSON_BOOL, NULL },
	{ "ca_file", JSON_TEXT, NULL },
	{ "ct", JSON_TEXT, NULL },
	{ "ocsp", JSON_TEXT, NULL },
	{ "pins", JSON_OBJECT, NULL },
	{ "keep_body", JSON_BOOL, NULL },
	{ "max_bytes", JSON_NUMBER, NULL },
	{ "max_redirects", JSON_NUMBER, NULL },
	{ "timeout_ms", JSON_NUMBER, NULL },
	/* The statement has it. */
	{ "weight", JSON_NUMBER, NULL },
};
const size_t recipe_n_source_members = COUNT(recipe_source_members);
