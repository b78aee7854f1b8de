/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/pick_path.h"

#include "tests/unit/check.h"
#include "verify/base/limits.h"

#include <stdlib.h>

static const char document[] =
    "{\"a\":{\"b c\":[10,20,30],\"_x1\":true,\"\xc3\xa9\":\"e\"},"
    "\"rates\":[{\"code\":\"USD\",\"mid\":1.1,\"on\":false,\"per\":100},"
    "{\"code\":\"CZK\",\"mid\":25.2,\"on\":true,\"per\":1.0,"
    "\"deep\":{\"n\":[7,8]}},{\"code\":null,\"mid\":3},5],"
    "\"only\":{\"pair\":{\"last\":42}},\"none\":[],"
    "\"q'\\\"\\\\\":\"odd\",\"zero\":0}";

/* What the path leads to, as it stands in the document. */
static const struct json_node *find(
    const struct json *doc, const char *path, enum pick_path_found want)
{
	const struct json_node *v = NULL;
	struct fault f = FAULT_INIT;

	assert_ok(pick_path_check(path, "/pick", &f), f);
	if (pick_path_find(json_root(doc), path, &v) != want)
		fail_msg("%s finds another number of values", path);
	if (want != PICK_PATH_ONE)
		assert_null(v);
	return v;
}

static void parse(const char *text, struct json **out)
{
	struct fault f = FAULT_INIT;

	assert_ok(
	    json_parse(span_text(text), &json_limits_default, "t", out, &f), f);
}

static void path__leads_to_one_value(void **state)
{
	static const struct {
		const char *path, *want;
	} cases[] = {
		{ "$.zero", "0" },
		{ "$['zero']", "0" },
		{ "$[\"zero\"]", "0" },
		{ "$[ 'zero' ]", "0" },
		{ "$.a._x1", "true" },
		{ "$.a['b c'][0]", "10" },
		{ "$.a['b c'][2]", "30" },
		{ "$.a['b c'][-1]", "30" },
		{ "$.a['b c'][-3]", "10" },
		{ "$.a.\xc3\xa9", "\"e\"" },
		{ "$['q\\'\"\\\\']", "\"odd\"" },
		{ "$[\"q'\\\"\\\\\"]", "\"odd\"" },
		{ "$.only.*.last", "42" },
		{ "$.only[*]['last']", "42" },
		{ "$.rates[?@.code=='USD'].mid", "1.1" },
		{ "$.rates[?@.code==\"CZK\"].mid", "25.2" },
		{ "$.rates[? @['code'] == 'CZK' ].mid", "25.2" },
		{ "$.rates[?@.on==true].mid", "25.2" },
		{ "$.rates[?@.on==false].mid", "1.1" },
		{ "$.rates[?@.per==1].mid", "25.2" },
		{ "$.rates[?@.per==1e2].mid", "1.1" },
		{ "$.rates[?@.mid==25.20].code", "\"CZK\"" },
		{ "$.rates[?@.deep.n[-1]==8].mid", "25.2" },
		{ "$.rates[?@==5]", "5" },
		{ "$.only[?@.last==42].last", "42" },
	};
	AUTO(json_drop) struct json *doc = NULL;

	(void)state;
	parse(document, &doc);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct json_node *v =
		    find(doc, cases[i].path, PICK_PATH_ONE);
		if (!span_equal_text(json_source(doc, v), cases[i].want))
			fail_msg("%s", cases[i].path);
	}
	assert_ptr_equal(find(doc, "$", PICK_PATH_ONE), json_root(doc));
}

static void path__leads_nowhere(void **state)
{
	static const char *const paths[] = { "$.b", "$.a.b", "$.zero.x",
		"$.rates.code", "$.rates[4]", "$.rates[-5]", "$.a[0]",
		"$.none[*]", "$.none[0]", "$.none[-1]", "$.zero[*]",
		"$.rates[?@.code=='EUR']", "$.rates[?@.code=='US']",
		"$.rates[?@.per=='1']", "$.rates[?@.code==1]",
		"$.rates[?@.on=='true']", "$.rates[?@.no.such==1]",
		"$.zero[?@==0]", "$['Zero']" };
	AUTO(json_drop) struct json *doc = NULL;

	(void)state;
	parse(document, &doc);
	for (size_t i = 0; i < COUNT(paths); i++)
		find(doc, paths[i], PICK_PATH_NONE);
}

static void path__leads_to_several_values(void **state)
{
	static const char *const paths[] = { "$.*", "$.a['b c'][*]",
		"$.rates[*].mid", "$.rates[*].code", "$.*.*" };
	AUTO(json_drop) struct json *doc = NULL;
	AUTO(json_drop) struct json *twins = NULL;

	(void)state;
	parse(document, &doc);
	for (size_t i = 0; i < COUNT(paths); i++)
		find(doc, paths[i], PICK_PATH_MANY);
	parse("[{\"c\":1,\"v\":1},{\"c\":1.0,\"v\":2}]", &twins);
	find(twins, "$[?@.c==1].v", PICK_PATH_MANY);
	find(twins, "$[?@.v==2].c", PICK_PATH_ONE);
}

static void check__refuses_what_is_no_path_and_says_where(void **state)
{
	static const struct {
		const char *path;
		size_t offset;
	} cases[] = {
		{ "", 0 },
		{ "a", 0 },
		{ " $", 0 },
		{ "$a", 1 },
		{ "$ ", 1 },
		{ "$.", 2 },
		{ "$..a", 2 },
		{ "$.1", 2 },
		{ "$.a-b", 3 },
		{ "$.a b", 3 },
		{ "$[", 2 },
		{ "$[]", 2 },
		{ "$[a]", 2 },
		{ "$[01]", 2 },
		{ "$[-0]", 3 },
		{ "$[+1]", 2 },
		{ "$[1", 3 },
		{ "$[1.5]", 3 },
		{ "$[0:2]", 3 },
		{ "$[0,1]", 3 },
		{ "$[1000000000]", 2 },
		{ "$['a]", 5 },
		{ "$['a\"]", 6 },
		{ "$['\\u0041']", 4 },
		{ "$['\\x']", 4 },
		{ "$['\\\"']", 4 },
		{ "$['\\", 4 },
		{ "$['a\tb']", 4 },
		{ "$[?]", 3 },
		{ "$[?a==1]", 3 },
		{ "$[?$.a==1]", 3 },
		{ "$[?@.a]", 6 },
		{ "$[?@.a=1]", 6 },
		{ "$[?@.a<1]", 6 },
		{ "$[?@.a!=1]", 6 },
		{ "$[?@.a==]", 8 },
		{ "$[?@.a==null]", 8 },
		{ "$[?@.a==01]", 8 },
		{ "$[?@.a==x]", 8 },
		{ "$[?@.a==@.b]", 8 },
		{ "$[?@.a=='x]", 11 },
		{ "$[?@.a==1&&@.b==2]", 9 },
		{ "$[?@.*==1]", 5 },
		{ "$[?@[?@.a==1]==1]", 5 },
		{ "$[?(@.a==1)]", 3 },
		{ "$.\xff", 0 },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct json_node *v;

		if (pick_path_check(cases[i].path, "/pick", &f))
			fail_msg("%s is taken", cases[i].path);
		if (f.offset != cases[i].offset)
			print_error("%s: %zu\n", cases[i].path, f.offset);
		assert_fault_at(f, FAULT_CONFIG, "/pick", cases[i].offset);
		assert_int_equal(
		    pick_path_find(NULL, cases[i].path, &v), PICK_PATH_NONE);
	}
}

static void check__limits_steps_and_length(void **state)
{
	char steps[2 * (LIMIT_PATH_STEPS + 1) + 2] = "$";
	char filter[2 * (LIMIT_PATH_STEPS + 1) + 16] = "$[?@";
	char name[LIMIT_POINTER_BYTES + 2] = "$.";
	struct fault f = FAULT_INIT;

	(void)state;
	for (int i = 0; i < LIMIT_PATH_STEPS; i++) {
		memcpy(steps + 1 + 2 * i, ".a", 3);
		memcpy(filter + 4 + 2 * i, ".a", 3);
	}
	assert_ok(pick_path_check(steps, "/pick", &f), f);
	memcpy(steps + 1 + 2 * LIMIT_PATH_STEPS, ".a", 3);
	assert_refused(
	    pick_path_check(steps, "/pick", &f), f, FAULT_CONFIG, "/pick");
	memcpy(filter + 4 + 2 * LIMIT_PATH_STEPS, "==1]", 5);
	assert_ok(pick_path_check(filter, "/pick", &f), f);
	memcpy(filter + 4 + 2 * LIMIT_PATH_STEPS, ".a==1]", 7);
	assert_refused(
	    pick_path_check(filter, "/pick", &f), f, FAULT_CONFIG, "/pick");
	memset(name + 2, 'a', LIMIT_POINTER_BYTES - 2);
	assert_ok(pick_path_check(name, "/pick", &f), f);
	name[LIMIT_POINTER_BYTES] = 'a';
	assert_refused(
	    pick_path_check(name, "/pick", &f), f, FAULT_CONFIG, "/pick");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path__leads_to_one_value),
		cmocka_unit_test(path__leads_nowhere),
		cmocka_unit_test(path__leads_to_several_values),
		cmocka_unit_test(check__refuses_what_is_no_path_and_says_where),
		cmocka_unit_test(check__limits_steps_and_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
