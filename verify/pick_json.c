/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/pick.h"

#include "verify/base/canon.h"
#include "verify/pick_guard.h"
#include "verify/pick_number.h"
#include "verify/pick_path.h"
#include "verify/pick_time.h"

#include <string.h>

/* 2020-01-01T00:00:00Z: an observation before it has its unit wrong. */
#define EARLIEST_MS INT64_C(1577836800000)
#define MAX_AHEAD_MS (60 * 1000)

/* ---- the rule ------------------------------------------------------------ */

static FALLIBLE check_pick(const char *pointer, const char *at, struct fault *f)
{
	if (pick_path_is(pointer))
		return pick_path_check(pointer, at, f);
	if (strlen(pointer) > LIMIT_POINTER_BYTES ||
	    !json_pointer_is_valid(pointer))
		return fault_raise(f, FAULT_CONFIG, at,
		    "want a JSON pointer (RFC 6901): empty, or \"/\" and "
		    "names, ~0 for ~ and ~1 for /; or a path that starts "
		    "with $");
	return true;
}

static FALLIBLE check_time(const struct pick_rule *r, struct fault *f)
{
	if (r->time_pick == NULL && r->time_unit == NULL)
		return true;
	if (r->time_pick == NULL)
		return fault_raise(f, FAULT_CONFIG, "/time_unit",
		    "\"time_unit\" means nothing without \"time_pick\"");
	TRY(check_pick(r->time_pick, "/time_pick", f));
	if (r->time_unit == NULL || !pick_time_unit_is_known(r->time_unit))
		return fault_raise(f, FAULT_CONFIG, "/time_unit",
		    "want \"s\", \"ms\", \"us\", \"ns\", \"rfc3339\", \"date\" "
		    "or \"hex\"");
	return true;
}

static FALLIBLE check(const struct pick_rule *r, struct fault *f)
{
	if (r->pick == NULL)
		return fault_raise(f, FAULT_CONFIG, "/pick",
		    "a source of this kind needs a JSON pointer");
	TRY(check_pick(r->pick, "/pick", f));
	TRY(check_time(r, f));
	if (r->line != 0)
		return fault_raise(f, FAULT_CONFIG, "/line",
		    "is for sources of kind http-text");
	if (r->match != NULL)
		return fault_raise(f, FAULT_CONFIG, "/match",
		    "is for sources of kind http-text");
	TRY(pick_guard_check(r, f));
	return pick_number_check(r, f);
}

/* ---- the document ------------------------------------------------------- */

/* What stands there instead of JSON, as far as its first byte tells. */
static FALLIBLE not_json(
    struct span body, const struct fault *why, struct fault *f)
{
	size_t i = 0;

	while (i < body.n &&
	    (body.p[i] == ' ' || body.p[i] == '\t' || body.p[i] == '\r' ||
		body.p[i] == '\n'))
		i++;
	if (i == body.n)
		return fault_raise(f, FAULT_REMOTE, "source.json",
		    "the body is empty, not JSON");
	if (body.p[i] == '<')
		return fault_raise(f, FAULT_REMOTE, "source.json",
		    "the body is HTML or XML, not JSON");
	if (why->kind == FAULT_LIMIT)
		return fault_raise(f, FAULT_REMOTE, "source.limit",
		    "the JSON is nested too deeply or has too many values");
	if (why->kind != FAULT_FORMAT)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	if (strstr(why->text, "duplicate") != NULL ||
	    strstr(why->text, "twice") != NULL)
		return fault_raise_at(f, FAULT_REMOTE, "source.json",
		    why->offset,
		    "a member of the JSON stands twice, so that its value is "
		    "ambiguous");
	return fault_raise_at(f, FAULT_REMOTE, "source.json", why->offset,
	    "the body is not one strict JSON document (byte %zu of %zu)",
	    why->offset == FAULT_NO_OFFSET ? 0 : why->offset, body.n);
}

static FALLIBLE parse_body(struct span body, struct json **out, struct fault *f)
{
	struct fault why = FAULT_INIT;
	struct json_limits limits = json_limits_default;

	limits.max_bytes = LIMIT_BODY_BYTES_MAX;
	if (!json_parse(body, &limits, "source.json", out, &why))
		return not_json(body, &why, f);
	return true;
}

/*
 * Several hosts answer 200 with an error report: the pointer then finds
 * nothing, and the sentence says that this may be why.
 */
static const char *hint_of(const struct json_node *root)
{
	static const char *const members[] = { "error", "errors", "err-code",
		"error_code", "retCode", "code", "message", "msg", "status" };
	const struct json_node *first = json_first(root);

	if (json_kind_of(root) == JSON_ARRAY && first != NULL &&
	    json_kind_of(first) == JSON_TEXT &&
	    strcmp(json_text(first), "error") == 0)
		return ": the body is an error report";
	for (size_t i = 0; i < COUNT(members); i++) {
		if (json_kind_of(root) == JSON_OBJECT &&
		    json_find(root, members[i]) != NULL)
			return ": the body looks like an error report";
	}
	return "";
}

/* By a pointer, or by a path that leads to one value and no other. */
static FALLIBLE find(const struct json_node *root, const char *pick,
    const char *at, const struct json_node **out, struct fault *f)
{
	enum pick_path_found found;

	if (pick_path_is(pick)) {
		found = pick_path_find(root, pick, out);
	} else {
		*out = json_pointer(root, pick);
		found = *out != NULL ? PICK_PATH_ONE : PICK_PATH_NONE;
	}
	switch (found) {
	case PICK_PATH_ONE:
		return true;
	case PICK_PATH_MANY:
		return fault_raise(f, FAULT_REMOTE, at,
		    "the path \"%.100s\" leads to more than one value", pick);
	case PICK_PATH_NONE:
		break;
	}
	return fault_raise(f, FAULT_REMOTE, at,
	    "there is nothing at \"%.100s\"%s", pick, hint_of(root));
}

/* ---- the value ---------------------------------------------------------- */

/* The characters of a number, or of a string that should be one. */
static FALLIBLE decimal_text(const struct json_node *v, const char *pointer,
    const char *at, struct span *out, struct fault *f)
{
	switch (json_kind_of(v)) {
	case JSON_NUMBER:
		*out = span_text(json_number(v));
		return true;
	case JSON_TEXT:
		*out = span_text(json_text(v));
		return true;
	case JSON_NULL:
	case JSON_BOOL:
	case JSON_ARRAY:
	case JSON_OBJECT:
		break;
	}
	return fault_raise(f, FAULT_REMOTE, at,
	    "want a number at \"%.100s\", got %s", pointer,
	    json_kind_name(json_kind_of(v)));
}

static FALLIBLE number_at(const struct pick_rule *r, const struct json_node *v,
    struct picked *out, struct fault *f)
{
	struct span digits;

	TRY(decimal_text(v, r->pick, "source.value", &digits, f));
	return pick_number_pick(r, digits, r->pick, out, f);
}

static FALLIBLE write_text(
    const struct json_node *v, struct wr *w, struct fault *why)
{
	struct dec number;
	char text[DEC_TEXT_SIZE];

	switch (json_kind_of(v)) {
	case JSON_TEXT:
		wr_text(w, json_text(v));
		return true;
	case JSON_NUMBER:
		TRY(dec_parse_any(span_text(json_number(v)), &number, why));
		wr_text(w, dec_format(&number, text));
		return true;
	case JSON_NULL:
	case JSON_BOOL:
	case JSON_ARRAY:
	case JSON_OBJECT:
		break;
	}
	return canon_print(v, w, "source.value", why);
}

static FALLIBLE pick_text(const struct pick_rule *r, const struct json_node *v,
    struct picked *out, struct fault *f)
{
	struct fault why = FAULT_INIT;
	AUTO(wr_drop)
	struct wr w = wr_grow(LIMIT_TEXT, "source.limit", &why);

	if (!write_text(v, &w, &why) || !wr_done(&w, &out->text)) {
		if (why.kind == FAULT_LIMIT)
			return fault_raise(f, FAULT_REMOTE, "source.limit",
			    "what stands at \"%.100s\" is longer than %d bytes",
			    r->pick, LIMIT_TEXT);
		return fault_raise(f, FAULT_REMOTE, "source.value",
		    "what stands at \"%.100s\" is null, or has null or a "
		    "fraction inside: it has no canonical form",
		    r->pick);
	}
	if (out->text.n == 0)
		return fault_raise(f, FAULT_REMOTE, "source.value",
		    "the text at \"%.100s\" is empty", r->pick);
	return true;
}

/* ---- the time ----------------------------------------------------------- */

static FALLIBLE pick_time(const struct pick_rule *r,
    const struct json_node *root, struct utc now, struct picked *out,
    struct fault *f)
{
	const struct json_node *v;
	struct span text;

	TRY(find(root, r->time_pick, "source.time", &v, f));
	TRY(decimal_text(v, r->time_pick, "source.time", &text, f));
	if (!pick_time_parse(r->time_unit, text, &out->time))
		return fault_raise(f, FAULT_REMOTE, "source.time",
		    "what stands at \"%.100s\" is no time in the unit \"%s\"",
		    r->time_pick, r->time_unit);
	/* Catches every confusion of s, ms, us and ns. */
	if (out->time.ms < EARLIEST_MS)
		return fault_raise(f, FAULT_REMOTE, "source.time",
		    "the observation's time is before 2020");
	if (out->time.ms > now.ms + MAX_AHEAD_MS)
		return fault_raise(f, FAULT_REMOTE, "source.time",
		    "the observation's time is more than 60 s in the future");
	out->has_time = true;
	return true;
}

static FALLIBLE pick(const struct pick_rule *r, struct span body,
    struct utc now, struct picked *out, struct fault *f)
{
	AUTO(picked_drop) struct picked p = { 0 };
	AUTO(json_drop) struct json *doc = NULL;
	const struct json_node *v;

	TRY(parse_body(pick_without_bom(body), &doc, f));
	TRY(pick_guard_judge(r, json_root(doc), f));
	TRY(find(json_root(doc), r->pick, "source.pick", &v, f));
	if (r->is_number)
		TRY(number_at(r, v, &p, f));
	else
		TRY(pick_text(r, v, &p, f));
	if (r->time_pick != NULL)
		TRY(pick_time(r, json_root(doc), now, &p, f));
	*out = p;
	p = (struct picked){ 0 };
	return true;
}

const struct pick_kind pick_json = {
	.id = "http-json",
	.needs_pick = true,
	.check = check,
	.pick = pick,
};
