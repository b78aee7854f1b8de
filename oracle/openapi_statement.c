/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/openapi_schema.h"
#include "verify/statement_members.h"

#include <string.h>

static void put_member(struct canon *c, const struct member *m)
{
	switch (m->form) {
	case FORM_TYPE:
		openapi_schema_form(c, m->name, OPENAPI_CONST, STATEMENT_TYPE);
		break;
	case FORM_KIND:
		canon_object(c, m->name);
		canon_array(c, "enum");
		for (size_t i = 0; statement_kinds[i] != NULL; i++)
			canon_text(c, NULL, statement_kinds[i]->id);
		canon_end(c);
		canon_end(c);
		break;
	case FORM_HASH:
		openapi_schema_form(c, m->name, OPENAPI_HASH, NULL);
		break;
	case FORM_FINGERPRINT:
		openapi_schema_form(c, m->name, OPENAPI_FINGERPRINT, NULL);
		break;
	case FORM_ADDRESS:
		openapi_schema_form(c, m->name, OPENAPI_ADDRESS, NULL);
		break;
	case FORM_TEXT:
		openapi_schema_form(c, m->name, OPENAPI_TEXT, NULL);
		break;
	case FORM_U64:
	case FORM_DECIMALS:
	case FORM_MS:
		openapi_schema_form(c, m->name, OPENAPI_INTEGER, NULL);
		break;
	case FORM_TRUE:
		openapi_schema_form(c, m->name, OPENAPI_TRUE, NULL);
		break;
	case FORM_TIME:
		openapi_schema_form(c, m->name, OPENAPI_TIME, NULL);
		break;
	case FORM_NONCE:
		openapi_schema_form(c, m->name, OPENAPI_NONCE, NULL);
		break;
	case FORM_CHAIN:
		openapi_schema_form(c, m->name, OPENAPI_HASHES, NULL);
		break;
	case FORM_HOPS:
		openapi_schema_form(c, m->name, OPENAPI_OBJECTS, "Hop");
		break;
	case FORM_SOURCES:
		openapi_schema_form(c, m->name, OPENAPI_OBJECTS, "Source");
		break;
	case FORM_USED:
		openapi_schema_form(c, m->name, OPENAPI_INTEGERS, NULL);
		break;
	case FORM_REJECTED:
		openapi_schema_form(c, m->name, OPENAPI_OBJECTS, "Rejected");
		break;
	}
}

/* The kind whose value member comes next behind `last` and before `end`. */
static const struct statement_kind *next_value(
    const char *last, const char *end)
{
	const struct statement_kind *next = NULL;

	for (size_t i = 0; statement_kinds[i] != NULL; i++) {
		const char *name = statement_kinds[i]->value_member;

		if (name == NULL || strcmp(name, last) <= 0 ||
		    (end != NULL && strcmp(name, end) > 0))
			continue;
		if (next == NULL || strcmp(name, next->value_member) < 0)
			next = statement_kinds[i];
	}
	return next;
}

/* Value members stand where their names belong; returns the last of them. */
static const char *put_values(
    struct canon *c, const char *last, const char *end)
{
	const struct statement_kind *kind;

	while ((kind = next_value(last, end)) != NULL) {
		last = kind->value_member;
		openapi_schema_form(c, last,
		    kind->is_number ? OPENAPI_DECIMAL : OPENAPI_TEXT, NULL);
	}
	return last;
}

/*
 * One schema for all kinds: required is what every one of them has. Which
 * member goes with which kind stands in FORMAT.statement.md.
 */
static void put_object(struct canon *c, const char *name,
    const struct member_shape *shape, bool has_value)
{
	const char *last = "";

	canon_object(c, name);
	canon_bool(c, "additionalProperties", false);
	canon_object(c, "properties");
	for (size_t i = 0; i < shape->n_rows; i++) {
		if (has_value)
			last = put_values(c, last, shape->rows[i].name);
		put_member(c, &shape->rows[i]);
	}
	if (has_value)
		put_values(c, last, NULL);
	canon_end(c);
	canon_array(c, "required");
	for (size_t i = 0; i < shape->n_rows; i++) {
		if (shape->rows[i].when == 0)
			canon_text(c, NULL, shape->rows[i].name);
	}
	canon_end(c);
	canon_text(c, "type", "object");
	canon_end(c);
}

/* The rows of a shape are those of all shapes of that object. */
void openapi_statement_put(struct canon *c, const char *name)
{
	const struct member_shape shape =
	    statement_members_root(statement_kinds[0], true, false);

	put_object(c, name, &shape, true);
}

void openapi_statement_put_source(struct canon *c, const char *name)
{
	const struct member_shape shape =
	    statement_members_source(statement_kinds[0], false);

	put_object(c, name, &shape, true);
}

void openapi_statement_put_hop(struct canon *c, const char *name)
{
	const struct member_shape shape = statement_members_hop(false);

	put_object(c, name, &shape, false);
}
