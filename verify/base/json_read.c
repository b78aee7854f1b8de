/* SPDX-License-Identifier: Apache-2.0 */
/* Finding values in a document, and guided reading. Knows json.h only. */
#include "verify/base/json.h"

#include "verify/base/text.h"

#include <inttypes.h>
#include <string.h>

/* Integers that every reader of JSON keeps exact (RFC 8259 section 6). */
#define MAX_SAFE_INTEGER ((UINT64_C(1) << 53) - 1)

const struct json_node *json_find(const struct json_node *v, const char *name)
{
	const struct json_node *child;

	if (v == NULL || json_kind_of(v) != JSON_OBJECT)
		return NULL;
	for (child = json_first(v); child != NULL; child = json_next(child)) {
		if (strcmp(json_name(child), name) == 0)
			return child;
	}
	return NULL;
}

/* ---- pointers (RFC 6901) ------------------------------------------------ */

bool json_pointer_is_valid(const char *pointer)
{
	if (pointer[0] != '\0' && pointer[0] != '/')
		return false;
	for (; *pointer != '\0'; pointer++) {
		if (*pointer == '~' && pointer[1] != '0' && pointer[1] != '1')
			return false;
	}
	return true;
}

/* Whether a reference token, up to / or the end, spells this name. */
static bool token_is(const char *token, const char *name)
{
	for (; *token != '\0' && *token != '/'; token++, name++) {
		char c = *token;

		if (c == '~')
			c = *++token == '0' ? '~' : '/';
		if (c != *name)
			return false;
	}
	return *name == '\0';
}

/* The element a token names; no leading zero, no "-", no sign. */
static const struct json_node *element(
    const struct json_node *v, const char *token)
{
	const struct json_node *child = json_first(v);
	uint64_t index;

	if (!u64_parse(span_of(token, strcspn(token, "/")), &index,
		"json.pointer", NULL) ||
	    index >= json_count(v))
		return NULL;
	for (; index > 0; index--)
		child = json_next(child);
	return child;
}

static const struct json_node *member(
    const struct json_node *v, const char *token)
{
	const struct json_node *child = json_first(v);

	while (child != NULL && !token_is(token, json_name(child)))
		child = json_next(child);
	return child;
}

const struct json_node *json_pointer(
    const struct json_node *v, const char *pointer)
{
	if (!json_pointer_is_valid(pointer))
		return NULL;
	while (v != NULL && *pointer == '/') {
		pointer++;
		if (json_kind_of(v) == JSON_OBJECT)
			v = member(v, pointer);
		else if (json_kind_of(v) == JSON_ARRAY)
			v = element(v, pointer);
		else
			v = NULL;
		pointer += strcspn(pointer, "/");
	}
	return v;
}

/* ---- guided reading ----------------------------------------------------- */

static bool plain_integer(
    const struct json_node *v, uint64_t max, uint64_t *out)
{
	return json_kind_of(v) == JSON_NUMBER &&
	    u64_parse(span_text(json_number(v)), out, "json.integer", NULL) &&
	    *out <= max;
}

FALLIBLE json_u64(const struct json_node *v, uint64_t max, uint64_t *out,
    const char *at, struct fault *f)
{
	uint64_t n;

	if (!plain_integer(v, max, &n))
		return fault_raise_at(f, FAULT_FORMAT, at, json_offset(v),
		    "want an integer from 0 to %" PRIu64, max);
	*out = n;
	return true;
}

static enum json_kind kind_wanted(enum json_want want)
{
	switch (want) {
	case JSON_WANT_TEXT:
		return JSON_TEXT;
	case JSON_WANT_U64:
		return JSON_NUMBER;
	case JSON_WANT_BOOL:
		return JSON_BOOL;
	case JSON_WANT_OBJECT:
		return JSON_OBJECT;
	case JSON_WANT_ARRAY:
		return JSON_ARRAY;
	case JSON_WANT_ANY:
		break;
	}
	return JSON_NULL;
}

static bool check_field(const struct json_node *v,
    const struct json_field *field, const char *at, struct fault *f)
{
	const struct json_node *child = json_find(v, field->name);
	enum json_kind want = kind_wanted(field->want);
	uint64_t n;

	if (child == NULL && field->optional)
		return true;
	if (child == NULL)
		return fault_raise_at(f, FAULT_FORMAT, at, json_offset(v),
		    "member \"%s\" is missing", field->name);
	if (field->want == JSON_WANT_ANY)
		return true;
	if (json_kind_of(child) != want)
		return fault_raise_at(f, FAULT_FORMAT, at, json_offset(child),
		    "member \"%s\" must be %s, is %s", field->name,
		    json_kind_name(want), json_kind_name(json_kind_of(child)));
	if (field->want == JSON_WANT_U64 &&
	    !plain_integer(child, MAX_SAFE_INTEGER, &n))
		return fault_raise_at(f, FAULT_FORMAT, at, json_offset(child),
		    "member \"%s\" must be an integer from 0 to %" PRIu64,
		    field->name, MAX_SAFE_INTEGER);
	return true;
}

static bool check_unknown(const struct json_node *v,
    const struct json_field *fields, size_t n_fields, const char *at,
    struct fault *f)
{
	const struct json_node *child;

	for (child = json_first(v); child != NULL; child = json_next(child)) {
		size_t i = 0;

		while (i < n_fields &&
		    strcmp(fields[i].name, json_name(child)) != 0)
			i++;
		if (i == n_fields)
			return fault_raise_at(f, FAULT_FORMAT, at,
			    json_offset(child), "unknown member \"%.64s\"",
			    json_name(child));
	}
	return true;
}

static void fill(const struct json_node *child, const struct json_field *field)
{
	switch (field->want) {
	case JSON_WANT_TEXT:
		*(const char **)field->target = json_text(child);
		break;
	case JSON_WANT_U64:
		/* Checked before: this one cannot fail. */
		(void)plain_integer(
		    child, MAX_SAFE_INTEGER, (uint64_t *)field->target);
		break;
	case JSON_WANT_BOOL:
		*(bool *)field->target = json_bool(child);
		break;
	case JSON_WANT_OBJECT:
	case JSON_WANT_ARRAY:
	case JSON_WANT_ANY:
		*(const struct json_node **)field->target = child;
		break;
	}
}

static bool read_object(const struct json_node *v,
    const struct json_field *fields, size_t n_fields, bool loose,
    const char *at, struct fault *f)
{
	if (v == NULL)
		return fault_raise(
		    f, FAULT_FORMAT, at, "want an object, there is nothing");
	if (json_kind_of(v) != JSON_OBJECT)
		return fault_raise_at(f, FAULT_FORMAT, at, json_offset(v),
		    "want an object, is %s", json_kind_name(json_kind_of(v)));
	for (size_t i = 0; i < n_fields; i++)
		TRY(check_field(v, &fields[i], at, f));
	if (!loose)
		TRY(check_unknown(v, fields, n_fields, at, f));
	for (size_t i = 0; i < n_fields; i++) {
		const struct json_node *child = json_find(v, fields[i].name);
		if (child != NULL)
			fill(child, &fields[i]);
	}
	return true;
}

FALLIBLE json_read(const struct json_node *v, const struct json_field *fields,
    size_t n_fields, const char *at, struct fault *f)
{
	return read_object(v, fields, n_fields, false, at, f);
}

FALLIBLE json_read_loose(const struct json_node *v,
    const struct json_field *fields, size_t n_fields, const char *at,
    struct fault *f)
{
	return read_object(v, fields, n_fields, true, at, f);
}
