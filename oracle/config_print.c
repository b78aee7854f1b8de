/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of config_schema.c as JSON Schema, draft 2020-12. What a schema
 * cannot say (the form of a pointer, a quorum that can be reached) stays with
 * `affiantd check`.
 */
#include "oracle/config_schema.h"
#include "verify/base/canon.h"

#include <stdio.h>
#include <string.h>

#define DIALECT "https://json-schema.org/draft/2020-12/schema"

/* Next member by name after `last` (NULL: the first): names are ASCII. */
static const struct config_member *next_by_name(
    const struct config_object *object, const char *last)
{
	const struct config_member *next = NULL;

	for (size_t i = 0; i < object->n; i++) {
		const struct config_member *m = &object->members[i];

		if ((last == NULL || strcmp(m->name, last) > 0) &&
		    (next == NULL || strcmp(m->name, next->name) < 0))
			next = m;
	}
	return next;
}

static void put_ref(
    struct canon *c, const char *member, const struct config_object *object)
{
	char ref[64];

	snprintf(ref, sizeof(ref), "#/$defs/%s", object->name);
	canon_text(c, member, ref);
}

static void put_default(struct canon *c, const struct config_member *m)
{
	if (m->required)
		return;
	switch (m->want) {
	case CONFIG_TEXT:
	case CONFIG_WORD:
	case CONFIG_KIND:
	case CONFIG_AMOUNT:
		if (m->fallback_text != NULL)
			canon_text(c, "default", m->fallback_text);
		break;
	case CONFIG_INDEX:
		canon_text(c, "default", m->words((size_t)m->fallback));
		break;
	case CONFIG_NUMBER:
		canon_u64(c, "default", m->fallback);
		break;
	case CONFIG_FLAG:
		canon_bool(c, "default", false);
		break;
	case CONFIG_SIGNED:
		canon_u64(c, "default", 0);
		break;
	case CONFIG_OBJECT:
	case CONFIG_ARRAY:
	case CONFIG_HEADERS:
	case CONFIG_GUARDS:
	case CONFIG_TEXTS:
	case CONFIG_MAP:
	case CONFIG_ADDRESS:
		break;
	}
}

static void put_words(struct canon *c, const struct config_member *m)
{
	canon_array(c, "enum");
	for (size_t i = 0; m->words(i) != NULL; i++)
		canon_text(c, NULL, m->words(i));
	canon_end(c);
}

static void put_negative(struct canon *c, const char *name, uint64_t n)
{
	char text[24];
	int length =
	    snprintf(text, sizeof(text), "-%llu", (unsigned long long)n);

	canon_raw(c, name, span_of(text, (size_t)length));
}

static void put_amount_pattern(struct canon *c, const struct config_member *m)
{
	char text[64];

	snprintf(text, sizeof(text),
	    "^(0|[1-9][0-9]*)(\\.[0-9]{0,%llu}[1-9])?$",
	    (unsigned long long)m->max - 1);
	canon_text(c, "pattern", text);
}

/* Members in canonical order, as the writer wants them. */
static void put_member(struct canon *c, const struct config_member *m)
{
	canon_object(c, m->name);
	if (m->want == CONFIG_OBJECT)
		put_ref(c, "$ref", m->object);
	if (m->want == CONFIG_HEADERS) {
		canon_object(c, "additionalProperties");
		canon_text(c, "type", "string");
		canon_end(c);
	}
	if (m->want == CONFIG_GUARDS) {
		canon_object(c, "additionalProperties");
		canon_array(c, "type");
		canon_text(c, NULL, "string");
		canon_text(c, NULL, "integer");
		canon_text(c, NULL, "boolean");
		canon_end(c);
		canon_end(c);
	}
	if (m->want == CONFIG_MAP) {
		canon_object(c, "additionalProperties");
		put_ref(c, "$ref", m->object);
		canon_end(c);
	}
	put_default(c, m);
	canon_text(c, "description", m->help);
	switch (m->want) {
	case CONFIG_TEXT:
		canon_u64(c, "maxLength", m->max);
		canon_u64(c, "minLength", m->min);
		canon_text(c, "type", "string");
		break;
	case CONFIG_WORD:
	case CONFIG_INDEX:
	case CONFIG_KIND:
		put_words(c, m);
		break;
	case CONFIG_NUMBER:
		canon_u64(c, "maximum", m->max);
		canon_u64(c, "minimum", m->min);
		canon_text(c, "type", "integer");
		break;
	case CONFIG_FLAG:
		canon_text(c, "type", "boolean");
		break;
	case CONFIG_ARRAY:
		canon_object(c, "items");
		put_ref(c, "$ref", m->object);
		canon_end(c);
		canon_u64(c, "maxItems", m->max);
		canon_u64(c, "minItems", m->min);
		canon_text(c, "type", "array");
		break;
	case CONFIG_TEXTS:
		canon_object(c, "items");
		canon_text(c, "type", "string");
		canon_end(c);
		canon_u64(c, "maxItems", m->max);
		if (m->min > 0)
			canon_u64(c, "minItems", m->min);
		canon_text(c, "type", "array");
		break;
	case CONFIG_SIGNED:
		canon_u64(c, "maximum", m->max);
		put_negative(c, "minimum", m->max);
		canon_text(c, "type", "integer");
		break;
	case CONFIG_HEADERS:
	case CONFIG_GUARDS:
		canon_u64(c, "maxProperties", m->max);
		canon_text(c, "type", "object");
		break;
	case CONFIG_MAP:
		canon_u64(c, "maxProperties", m->max);
		canon_u64(c, "minProperties", m->min);
		canon_text(c, "type", "object");
		break;
	case CONFIG_ADDRESS:
		canon_text(c, "pattern", "^0x[0-9a-fA-F]{40}$");
		canon_text(c, "type", "string");
		break;
	case CONFIG_AMOUNT:
		put_amount_pattern(c, m);
		canon_text(c, "type", "string");
		break;
	case CONFIG_OBJECT:
		break;
	}
	canon_end(c);
}

/* "properties" and "required". */
static void put_members(struct canon *c, const struct config_object *object)
{
	const struct config_member *m;

	canon_object(c, "properties");
	for (m = next_by_name(object, NULL); m != NULL;
	     m = next_by_name(object, m->name))
		put_member(c, m);
	canon_end(c);
	canon_array(c, "required");
	for (m = next_by_name(object, NULL); m != NULL;
	     m = next_by_name(object, m->name)) {
		if (m->required)
			canon_text(c, NULL, m->name);
	}
	canon_end(c);
}

bool config_schema_encode(struct wr *w, struct fault *f)
{
	struct canon c = canon_to(w);

	canon_object(&c, NULL);
	canon_object(&c, "$defs");
	for (size_t i = 0; config_objects[i] != NULL; i++) {
		canon_object(&c, config_objects[i]->name);
		canon_bool(&c, "additionalProperties", false);
		put_members(&c, config_objects[i]);
		canon_text(&c, "type", "object");
		canon_end(&c);
	}
	canon_end(&c);
	canon_text(&c, "$schema", DIALECT);
	canon_bool(&c, "additionalProperties", false);
	canon_text(&c, "description",
	    "The configuration of affiantd; see affiant.conf(5). "
	    "`affiantd check` knows all rules.");
	put_members(&c, &config_root);
	canon_text(&c, "title", "Affiant configuration");
	canon_text(&c, "type", "object");
	canon_end(&c);
	return wr_ok(w) ||
	    fault_raise(f, FAULT_INTERNAL, "config.schema",
		"the schema cannot be written");
}
