/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is written about the configuration is what the tables say: the JSON
 * Schema and the list of members in affiant.conf(5). When a row changes, this
 * test prints what both have to say.
 */
#include "oracle/config_schema.h"

#include "tests/unit/check.h"
#include "verify/base/canon.h"
#include "verify/base/file.h"

#include <stdlib.h>

static void read_source(const char *name, struct blob *out)
{
	const char *root = getenv("AFFIANT_SOURCE");
	struct fault f = FAULT_INIT;
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", root != NULL ? root : ".", name);
	assert_ok(file_read(path, LIMIT_CONFIG_BYTES, out, &f), f);
}

/* ---- the schema --------------------------------------------------------- */

static void schema__is_the_one_in_the_file(void **state)
{
	(void)state;
	AUTO(blob_drop) struct blob file = { 0 };
	AUTO(json_drop) struct json *doc = NULL;
	struct fault f = FAULT_INIT;
	AUTO(wr_drop) struct wr want = wr_grow(LIMIT_CONFIG_BYTES, "t", &f);
	AUTO(wr_drop) struct wr found = wr_grow(LIMIT_CONFIG_BYTES, "t", &f);

	assert_ok(config_schema_encode(&want, &f), f);
	read_source("oracle/config.schema.json", &file);
	assert_ok(json_parse(blob_span(&file), &json_limits_default, "schema",
		      &doc, &f),
	    f);
	assert_ok(canon_print(json_root(doc), &found, "schema", &f), f);
	if (!span_equal(wr_view(&want), wr_view(&found)))
		print_error("affiantd check --schema | jq --tab -S . "
			    "> oracle/config.schema.json\n");
	assert_true(span_equal(wr_view(&want), wr_view(&found)));
}

static void tables__name_every_object_once_and_in_order(void **state)
{
	(void)state;
	const char *last = "";

	for (size_t i = 0; config_objects[i] != NULL; i++) {
		assert_true(strcmp(last, config_objects[i]->name) < 0);
		last = config_objects[i]->name;
	}
}

/* Objects that rows refer to, all of them in the list above. */
static void tables__refer_to_listed_objects_only(void **state)
{
	(void)state;
	for (size_t i = 0;; i++) {
		const struct config_object *o =
		    i == 0 ? &config_root : config_objects[i - 1];

		if (o == NULL)
			break;
		for (size_t k = 0; k < o->n; k++) {
			const struct config_object *to = o->members[k].object;
			bool listed = to == NULL;

			for (size_t j = 0; config_objects[j] != NULL; j++)
				listed |= config_objects[j] == to;
			assert_true(listed);
		}
	}
}

/* ---- the manual --------------------------------------------------------- */

static void put_type(struct wr *w, const struct config_member *m)
{
	switch (m->want) {
	case CONFIG_TEXT:
		wr_text(w, "text");
		break;
	case CONFIG_WORD:
	case CONFIG_INDEX:
	case CONFIG_KIND:
		wr_text(w, "one of ");
		for (size_t i = 0; m->words(i) != NULL; i++)
			wr_printf(w, "%s%s", i > 0 ? ", " : "", m->words(i));
		break;
	case CONFIG_NUMBER:
		wr_printf(w, "integer, %llu to %llu",
		    (unsigned long long)m->min, (unsigned long long)m->max);
		break;
	case CONFIG_FLAG:
		wr_text(w, "true or false");
		break;
	case CONFIG_OBJECT:
		wr_printf(w, "object, see %s", m->object->title);
		break;
	case CONFIG_ARRAY:
		wr_printf(w, "%llu to %llu objects, see %s",
		    (unsigned long long)m->min, (unsigned long long)m->max,
		    m->object->title);
		break;
	case CONFIG_HEADERS:
		wr_printf(w, "object of at most %llu texts",
		    (unsigned long long)m->max);
		break;
	case CONFIG_GUARDS:
		wr_printf(w, "object of at most %llu texts, integers or bools",
		    (unsigned long long)m->max);
		break;
	case CONFIG_TEXTS:
		if (m->min > 0)
			wr_printf(w, "array of %llu to %llu texts",
			    (unsigned long long)m->min,
			    (unsigned long long)m->max);
		else
			wr_printf(w, "array of at most %llu texts",
			    (unsigned long long)m->max);
		break;
	case CONFIG_SIGNED:
		wr_printf(w, "integer, -%llu to %llu",
		    (unsigned long long)m->max, (unsigned long long)m->max);
		break;
	case CONFIG_MAP:
		wr_printf(w, "%llu to %llu objects by name, see %s",
		    (unsigned long long)m->min, (unsigned long long)m->max,
		    m->object->title);
		break;
	case CONFIG_ADDRESS:
		wr_text(w, "address");
		break;
	case CONFIG_AMOUNT:
		wr_printf(w, "text, decimal number of at most %llu decimals",
		    (unsigned long long)m->max);
		break;
	}
}

static void put_default(struct wr *w, const struct config_member *m)
{
	if (m->required)
		wr_text(w, "; required");
	else if (m->fallback_text != NULL)
		wr_printf(w, "; default %s", m->fallback_text);
	else if (m->want == CONFIG_INDEX)
		wr_printf(w, "; default %s", m->words((size_t)m->fallback));
	else if (m->want == CONFIG_NUMBER || m->want == CONFIG_SIGNED)
		wr_printf(w, "; default %llu", (unsigned long long)m->fallback);
	else if (m->want == CONFIG_FLAG)
		wr_text(w, "; default false");
}

/* And then those that it refers to, in the order in which a reader asks; one
 * that is at home elsewhere is listed there. */
static void put_object(struct wr *w, const struct config_object *o)
{
	wr_printf(
	    w, ".SS %s\n", o->title[0] != '\0' ? o->title : "The document");
	for (size_t i = 0; i < o->n; i++) {
		wr_printf(w, ".TP\n.B %s\n(", o->members[i].name);
		put_type(w, &o->members[i]);
		put_default(w, &o->members[i]);
		wr_printf(w, ")\n.br\n%s.\n", o->members[i].help);
	}
	for (size_t i = 0; i < o->n; i++) {
		const struct config_object *of = o->members[i].object;

		if (of != NULL &&
		    strncmp(of->title, o->title, strlen(o->title)) == 0)
			put_object(w, of);
	}
}

static void manual__lists_every_member_as_the_tables_do(void **state)
{
	(void)state;
	static const char begin[] = ".\\\" members\n", end[] = ".\\\" end\n";
	AUTO(blob_drop) struct blob manual = { 0 };
	struct fault f = FAULT_INIT;
	AUTO(wr_drop) struct wr want = wr_grow(LIMIT_CONFIG_BYTES, "t", &f);

	put_object(&want, &config_root);
	wr_u8(&want, 0);
	assert_true(wr_ok(&want));
	const char *text = (const char *)wr_view(&want).p;

	read_source("oracle/affiant.conf.5", &manual);
	const char *from = strstr((const char *)manual.p, begin);
	assert_non_null(from);
	from += strlen(begin);
	const char *to = strstr(from, end);
	assert_non_null(to);
	if ((size_t)(to - from) != strlen(text) ||
	    memcmp(from, text, strlen(text)) != 0) {
		/* (cmocka's printer would cut it) */
		fprintf(stderr, "between the marks should stand:\n%s", text);
		fail_msg("affiant.conf.5 and the tables differ");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(schema__is_the_one_in_the_file),
		cmocka_unit_test(tables__name_every_object_once_and_in_order),
		cmocka_unit_test(tables__refer_to_listed_objects_only),
		cmocka_unit_test(manual__lists_every_member_as_the_tables_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
