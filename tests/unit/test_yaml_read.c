/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every value of a file is seen under its path; what two readers could take for
 * two different things is refused.
 */
#include "verify/yaml_read.h"

#include "tests/unit/check.h"

#include <stdlib.h>

/* Each value as a line "a/b/-=STYLE:value". */
struct seen {
	char text[4096];
};

static bool note(void *ctx, const struct yaml_path *p, struct span value,
    enum yaml_style style, struct fault *f)
{
	static const char *const styles[] = { "none", "plain", "quoted",
		"escaped", "block", "list" };
	struct seen *s = (struct seen *)ctx;
	size_t n = strlen(s->text);

	(void)f;
	for (size_t i = 0; i < p->n; i++) {
		n += (size_t)snprintf(s->text + n, sizeof(s->text) - n,
		    "%s%.*s", i > 0 ? "/" : "",
		    p->name[i].n > 0 ? (int)p->name[i].n : 1,
		    p->name[i].n > 0 ? (const char *)p->name[i].p : "-");
		assert_true(n < sizeof(s->text));
	}
	snprintf(s->text + n, sizeof(s->text) - n, "=%s:%.*s\n", styles[style],
	    (int)value.n, value.n > 0 ? (const char *)value.p : "");
	return true;
}

static void expect(const char *text, const char *want)
{
	struct seen s = { "" };
	struct fault f = FAULT_INIT;

	assert_ok(yaml_read(span_text(text), note, &s, &f), f);
	assert_string_equal(s.text, want);
}

static void each_value_is_seen_under_its_path(void **state)
{
	(void)state;
	expect("a: b\n", "a=plain:b\n");
	expect("---\n# c\na:   b # c\n\nd:\n", "a=plain:b\nd=none:\n");
	expect("a:\n  b: 'x'\n  \"c\": \"y\" # z\nd: e",
	    "a/b=quoted:x\na/c=quoted:y\nd=plain:e\n");
	expect(
	    "a: 'it''s'\nb: \"x\\n\"\n", "a=escaped:it''s\nb=escaped:x\\n\n");
	expect("a:\n  - b\n  - c: d\n    e: f\n  -\n    g: h\n",
	    "a/-=plain:b\na/-/c=plain:d\na/-/e=plain:f\na/-/g=plain:h\n");
	expect("a:\n- b\n- \"80:80\"\nc: d\n",
	    "a/-=plain:b\na/-=quoted:80:80\nc=plain:d\n");
	expect("a:\n  - - b\n    - c\n  - d\n",
	    "a/-/-=plain:b\na/-/-=plain:c\na/-=plain:d\n");
	expect("a: [x, 'y]', \"z\"]\nb: {}\n",
	    "a=list:[x, 'y]', \"z\"]\nb=list:{}\n");
	expect("a: /x:/y\nb: c=d#e\n", "a=plain:/x:/y\nb=plain:c=d#e\n");
}

/* Its lines are no names, however they look. */
static void a_block_text_ends_where_it_is_left(void **state)
{
	(void)state;
	expect("a:\n  b: |\n    image: x\n\n    # y\n  c: d\n",
	    "a/b=block:    image: x\n\n    # y\n\na/c=plain:d\n");
	expect("a:\n  - |-\n   x\n  - y\n", "a/-=block:   x\n\na/-=plain:y\n");
	expect("a: >+\n  x\nb: c", "a=block:  x\n\nb=plain:c\n");
	/* Left of the name above it, it is the next name. */
	expect("a:\n  b: |\n  c: d\n", "a/b=block:\na/c=plain:d\n");
}

static void what_could_be_read_in_two_ways_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"# only a comment\n",
		"a",
		"- a\n",
		"a: &x b\n",
		"a: *x\n",
		"a: !t b\n",
		"<<: b\n",
		"? a\n: b\n",
		"a: {b: c}\n",
		"a: [b, [c]]\n",
		"a: [b\n  ]\n",
		"a: [b] c\n",
		"a: 'b' c\n",
		"a: 'b'#c\n",
		"a: 'b\n  c'\n",
		"a: \"b\n",
		"a: b\n  c\n",
		"a: b\n  c: d\n",
		"a: b: c\n",
		"a: b:\n",
		"a: - b\n",
		"a: @b\n",
		"a: %b\n",
		"a b: c\n",
		"a : b\n",
		"\"a\\x62\": c\n",
		"'a''b': c\n",
		"a:b\n",
		"a: |2\n   b\n",
		"a:\n  b: c\n d: e\n",
		"  a: b\nc: d\n",
		"a:\n  - b\n c: d\n",
		"a:\n  - b\n    - c\n",
		"a: b\n- c\n",
		"a: b\na: c\n",
		"a: b\n\"a\": c\n",
		"a:\tb\n",
		"\ta: b\n",
		"a: b\r\nc: d\n",
		"# x\rimage: y\n",
		"a: b\n---\nc: d\n",
		"a: b\n...\n",
		"a: \xe2\x80\xa8"
		"b\n",
		"a: \xc2\x85"
		"b\n",
		"\xef\xbb\xbf"
		"a: b\n",
		"a: \xff\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct seen s = { "" };
		struct fault f = FAULT_INIT;

		if (yaml_read(span_text(texts[i]), note, &s, &f))
			fail_msg("taken: %s", texts[i]);
		assert_fault(f, FAULT_UNSUPPORTED, "yaml.form");
	}
}

static void a_fault_names_the_line(void **state)
{
	struct seen s = { "" };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_false(yaml_read(span_text("a: b\nc:\n  d: *e\n"), note, &s, &f));
	assert_non_null(strstr(f.text, "line "));
}

static void depth_and_names_are_limited(void **state)
{
	char text[8192] = "";
	struct seen s = { "" };
	struct fault f = FAULT_INIT;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i <= LIMIT_YAML_DEPTH; i++)
		n += (size_t)snprintf(
		    text + n, sizeof(text) - n, "%*sa:\n", (int)i, "");
	assert_refused(yaml_read(span_text(text), note, &s, &f), f, FAULT_LIMIT,
	    "yaml.limit");
	n = 0;
	for (size_t i = 0; i <= LIMIT_YAML_NAMES; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "x%zu:\n", i);
	s.text[0] = '\0';
	assert_refused(yaml_read(span_text(text), note, &s, &f), f, FAULT_LIMIT,
	    "yaml.limit");
}

static bool always_refuse(void *ctx, const struct yaml_path *p,
    struct span value, enum yaml_style style, struct fault *f)
{
	(void)ctx;
	(void)p;
	(void)value;
	(void)style;
	return fault_raise(f, FAULT_POLICY, "test.visitor", "no");
}

static void the_visitors_fault_ends_it(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(yaml_read(span_text("a: b\n"), always_refuse, NULL, &f),
	    f, FAULT_POLICY, "test.visitor");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_value_is_seen_under_its_path),
		cmocka_unit_test(a_block_text_ends_where_it_is_left),
		cmocka_unit_test(what_could_be_read_in_two_ways_is_refused),
		cmocka_unit_test(a_fault_names_the_line),
		cmocka_unit_test(depth_and_names_are_limited),
		cmocka_unit_test(the_visitors_fault_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
