/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/json.h"

#include "tests/unit/check.h"
#include "verify/base/limits.h"

#include <stdlib.h>

/* Text with NULs in it. */
#define BYTES(literal) span_of(literal, sizeof(literal) - 1)

static struct json *parse(const char *text)
{
	struct json *doc = NULL;
	struct fault f = FAULT_INIT;

	assert_ok(
	    json_parse(span_text(text), &json_limits_default, "test", &doc, &f),
	    f);
	return doc;
}

static void refuse(struct span text, size_t offset, const char *why)
{
	struct json *doc = NULL;
	struct fault f = FAULT_INIT;

	assert_false(
	    json_parse(text, &json_limits_default, "test.json", &doc, &f));
	assert_null(doc);
	if (strstr(f.text, why) == NULL)
		fail_msg("%.*s: \"%s\" does not say \"%s\"", (int)text.n,
		    (const char *)text.p, f.text, why);
	assert_fault_at(f, FAULT_FORMAT, "test.json", offset);
	/* The scan alone says the same, except of duplicates. */
	assert_int_equal(json_is_grammatical(text, &json_limits_default),
	    strstr(why, "twice") != NULL);
}

/* ---- what is accepted --------------------------------------------------- */

static void json_parse__reads_every_kind(void **state)
{
	AUTO(json_drop)
	struct json *doc =
	    parse(" { \"n\" : null , \"t\" : true, \"f\":false,\r\n"
		  "\t\"i\": -12.50e+3, \"s\": \"x\", \"a\": [1, [], {}],"
		  "\"o\": {\"\": 0} } ");
	const struct json_node *root = json_root(doc), *v;

	(void)state;
	assert_int_equal(json_kind_of(root), JSON_OBJECT);
	assert_int_equal(json_count(root), 7);
	/* An absent list is an empty one. */
	assert_int_equal(json_count(json_find(root, "absent")), 0);
	assert_null(json_first(json_find(root, "absent")));
	assert_null(json_name(root));
	assert_null(json_next(root));
	assert_int_equal(json_kind_of(json_find(root, "n")), JSON_NULL);
	assert_true(json_bool(json_find(root, "t")));
	assert_int_equal(json_kind_of(json_find(root, "f")), JSON_BOOL);
	assert_false(json_bool(json_find(root, "f")));
	assert_string_equal(json_number(json_find(root, "i")), "-12.50e+3");
	assert_string_equal(json_text(json_find(root, "s")), "x");
	v = json_find(root, "a");
	assert_int_equal(json_count(v), 3);
	v = json_first(v);
	assert_null(json_name(v));
	assert_string_equal(json_number(v), "1");
	v = json_next(v);
	assert_int_equal(json_kind_of(v), JSON_ARRAY);
	assert_null(json_first(v));
	v = json_next(v);
	assert_int_equal(json_kind_of(v), JSON_OBJECT);
	assert_null(json_next(v));
	assert_string_equal(
	    json_number(json_find(json_find(root, "o"), "")), "0");
}

static void json_parse__reads_bare_values(void **state)
{
	static const struct {
		const char *text;
		enum json_kind kind;
	} rows[] = {
		{ "null", JSON_NULL },
		{ "true", JSON_BOOL },
		{ " 7 ", JSON_NUMBER },
		{ "-0", JSON_NUMBER },
		{ "0.0", JSON_NUMBER },
		{ "0e0", JSON_NUMBER },
		{ "\"\"", JSON_TEXT },
		{ "[]", JSON_ARRAY },
		{ "\n{ }\n", JSON_OBJECT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO(json_drop) struct json *doc = parse(rows[i].text);
		assert_int_equal(json_kind_of(json_root(doc)), rows[i].kind);
	}
}

static void json_text__is_unescaped(void **state)
{
	AUTO(json_drop)
	struct json *doc =
	    parse("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\\ud83d\\ude00\","
		  "\"\xc3\xa9\xf0\x9f\x98\x80\x7f\","
		  "\"\\ud800\\udc00\\udbff\\udfff\\u00fF\\uFFFF\\u00aA\"]");
	const struct json_node *v = json_first(json_root(doc));

	(void)state;
	assert_string_equal(json_text(v),
	    "\"\\/\b\f\n\r\t\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	assert_string_equal(
	    json_text(json_next(v)), "\xc3\xa9\xf0\x9f\x98\x80\x7f");
	assert_string_equal(json_text(json_next(json_next(v))),
	    "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\xc3\xbf\xef\xbf\xbf"
	    "\xc2\xaa");
}

static void json_parse__takes_escaped_member_names(void **state)
{
	AUTO(json_drop) struct json *doc = parse("{\"\\u0061\":1}");

	(void)state;
	assert_non_null(json_find(json_root(doc), "a"));
}

static void json_parse__reads_as_many_values_as_its_memory_holds(void **state)
{
	(void)state;
	/* Around 32 and 64, where the array of values grows. */
	for (size_t n = 28; n < 70; n++) {
		char text[256] = "[0";

		for (size_t i = 1; i < n; i++)
			memcpy(text + 2 * i, ",0", 2);
		memcpy(text + 2 * n, "]", 2);
		AUTO(json_drop) struct json *doc = parse(text);
		assert_int_equal(json_count(json_root(doc)), n);
	}
}

static void json_parse__stops_at_the_end_of_its_input(void **state)
{
	struct json *doc = NULL;
	struct fault f = FAULT_INIT;
	/* Exactly four bytes on the heap: ASan watches the fifth. */
	char *p = malloc(4);

	(void)state;
	assert_non_null(p);
	memcpy(p, "1234", 4);
	assert_ok(
	    json_parse(span_of(p, 4), &json_limits_default, "t", &doc, &f), f);
	free(p);
	assert_string_equal(json_number(json_root(doc)), "1234");
	json_free(doc);
	json_free(NULL);
}

/* ---- what cJSON would let pass ------------------------------------------ */

static void json_parse__refuses_duplicate_names(void **state)
{
	(void)state;
	refuse(span_text("{\"a\":1,\"a\":1}"), 7, "stands twice");
	refuse(span_text("[{\"x\":{\"b\":1,\"c\":2,\"b\":3}}]"), 19,
	    "\"b\" stands twice");
	/* The same name in another spelling. */
	refuse(span_text("{\"a\":1,\"\\u0061\":2}"), 7, "stands twice");
	refuse(span_text("{\"\":1,\"\":2}"), 6, "stands twice");
}

static void json_parse__refuses_duplicates_among_many(void **state)
{
	char text[4096];
	size_t n = 0, where;

	(void)state;
	text[n++] = '{';
	for (int i = 0; i < 200; i++)
		n += (size_t)snprintf(
		    text + n, sizeof(text) - n, "\"k%d\":{},", (i * 77) % 200);
	where = n;
	snprintf(text + n, sizeof(text) - n, "\"k55\":0,\"k0\":0,\"k55\":1}");
	refuse(span_text(text), where, "\"k55\" stands twice");
}

static void json_find__tells_case_apart(void **state)
{
	AUTO(json_drop) struct json *doc = parse("{\"a\":1,\"A\":2}");

	(void)state;
	assert_string_equal(json_number(json_find(json_root(doc), "A")), "2");
	assert_string_equal(json_number(json_find(json_root(doc), "a")), "1");
	assert_null(json_find(json_root(doc), "b"));
	assert_null(json_find(json_root(doc), "aa"));
	assert_null(json_find(NULL, "a"));
	AUTO(json_drop) struct json *array = parse("[1]");
	assert_null(json_find(json_root(array), "a"));
	assert_null(json_find(json_find(json_root(doc), "a"), "a"));
}

static void json_parse__refuses_text_behind_the_document(void **state)
{
	(void)state;
	refuse(span_text("{} x"), 3, "behind");
	refuse(span_text("1 2"), 2, "behind");
	refuse(span_text("[]]"), 2, "behind");
	refuse(span_text("{},"), 2, "behind");
	refuse(span_text("null/**/"), 4, "behind");
}

static void json_parse__refuses_nul(void **state)
{
	(void)state;
	refuse(BYTES("{}\0"), 2, "behind");
	refuse(BYTES("{}\0{}"), 2, "behind");
	refuse(BYTES("\0{}"), 0, "not a JSON value");
	refuse(BYTES("[1,\0 2]"), 3, "not a JSON value");
	refuse(BYTES("[\"a\0b\"]"), 3, "control character");
	refuse(span_text("[\"a\\u0000b\"]"), 3, "\\u0000");
	refuse(span_text("{\"a\\u0000b\":1}"), 3, "\\u0000");
}

static void json_parse__refuses_a_byte_order_mark(void **state)
{
	(void)state;
	refuse(span_text("\xef\xbb\xbf{}"), 0, "not a JSON value");
}

static void json_parse__refuses_numbers_of_other_grammars(void **state)
{
	static const struct {
		const char *text;
		size_t offset;
	} rows[] = {
		{ "[01]", 2 },
		{ "[-01]", 3 },
		{ "[00]", 2 },
		{ "[1.]", 3 },
		{ "[.5]", 1 },
		{ "[+1]", 1 },
		{ "[-]", 2 },
		{ "[1e]", 3 },
		{ "[1e+]", 4 },
		{ "[1.e5]", 3 },
		{ "[0x10]", 2 },
		{ "[1_000]", 2 },
		{ "[NaN]", 1 },
		{ "[Infinity]", 1 },
		{ "[-Infinity]", 2 },
		{ "[1,000.0.0]", 4 },
		{ "[1 2]", 3 },
		{ "[--1]", 2 },
		{ "[1e5.5]", 4 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		refuse(span_text(rows[i].text), rows[i].offset, "");
	refuse(span_text("[-01]"), 3, "leading zero");
	refuse(span_text("[1.]"), 3, "a digit is missing");
}

static void json_number__keeps_the_text_of_every_number(void **state)
{
	static const char *const rows[] = { "18446744073709551615",
		"18446744073709551618", "1e400", "1e-400", "2.0", "1E2",
		"0.1000000000000000055511151231257827",
		"123456789012345678901234567890123456789012345678901234567.5",
		"-0", "-0.0e-0" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[256];

		snprintf(
		    text, sizeof(text), "[%s,{\"a\":%s}]", rows[i], rows[i]);
		AUTO(json_drop) struct json *doc = parse(text);
		const struct json_node *v = json_first(json_root(doc));
		assert_string_equal(json_number(v), rows[i]);
		v = json_find(json_next(v), "a");
		assert_string_equal(json_number(v), rows[i]);
		assert_span_text(json_source(doc, v), rows[i]);
	}
}

static void json_parse__refuses_bad_utf8(void **state)
{
	static const char *const rows[] = { "\x80", "\xbf", "\xc0\x80",
		"\xc1\xbf", "\xc3(", "\xe0\x80\x80", "\xe0\x9f\xbf",
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xe2\x82", "\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf0\x9f\x98", "\xfe",
		"\xff" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[64];

		snprintf(text, sizeof(text), "[\"ab%s\"]", rows[i]);
		refuse(span_text(text), 4, "UTF-8");
		snprintf(text, sizeof(text), "{\"ab%s\":1}", rows[i]);
		refuse(span_text(text), 4, "UTF-8");
	}
	refuse(span_text("[\xc3\xa9]"), 1, "not a JSON value");
}

static void json_parse__refuses_control_characters(void **state)
{
	(void)state;
	for (char c = 1; c < 0x20; c++) {
		char text[] = "[\"a?b\"]";

		text[3] = c;
		refuse(span_text(text), 3, "control character");
		/* In front of the document cJSON skips them all. */
		snprintf(text, sizeof(text), "%c1", c);
		if (strchr("\t\n\r", c) == NULL)
			refuse(span_text(text), 0, "not a JSON value");
	}
}

static void json_parse__refuses_half_a_surrogate_pair(void **state)
{
	static const char *const rows[] = { "\\ud800", "\\udbff", "\\udc00",
		"\\udfff", "\\ud83d\\u0041", "\\ud83d\\ud83d", "\\ude00\\ud83d",
		"\\ud83dx", "\\ud83d\\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[64];

		snprintf(text, sizeof(text), "[\"%s\"]", rows[i]);
		refuse(span_text(text), 2, "surrogate");
	}
}

static void json_parse__refuses_bad_escapes(void **state)
{
	(void)state;
	refuse(span_text("[\"\\x41\"]"), 3, "escape");
	refuse(span_text("[\"\\'\"]"), 3, "escape");
	refuse(BYTES("[\"\\\0\"]"), 3, "escape");
	refuse(span_text("[\"\\u12g4\"]"), 6, "hexadecimal");
	refuse(span_text("[\"\\u 123\"]"), 4, "hexadecimal");
	refuse(span_text("[\"\\U00e9\"]"), 3, "escape");
}

static void json_parse__refuses_bad_structure(void **state)
{
	static const struct {
		const char *text;
		size_t offset;
	} rows[] = {
		{ "[1,]", 3 },
		{ "[,1]", 1 },
		{ "{\"a\":1,}", 7 },
		{ "{,}", 1 },
		{ "{a:1}", 1 },
		{ "{'a':1}", 1 },
		{ "{\"a\" 1}", 5 },
		{ "{\"a\":}", 5 },
		{ "{1:1}", 1 },
		{ "[1}", 2 },
		{ "{\"a\":1]", 6 },
		{ "]", 0 },
		{ "}", 0 },
		{ "True", 0 },
		{ "tru3", 3 },
		{ "nul", 3 },
		{ "nulll", 4 },
		{ "'a'", 0 },
		{ "// c\n1", 0 },
		{ "[1;2]", 2 },
		{ "{\"a\":1 \"b\":2}", 7 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		refuse(span_text(rows[i].text), rows[i].offset, "");
}

static void json_parse__refuses_every_truncation(void **state)
{
	static const char whole[] =
	    "{\"a\":[1.5e3,true,null,\"x\\u00e9\\n\xc3\xa9\"],\"b\":{}}";

	(void)state;
	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		struct json *doc = NULL;
		struct fault f = FAULT_INIT;
		/* On the heap, so that one byte too far is seen. */
		char *p = malloc(n + 1);

		assert_non_null(p);
		memcpy(p, whole, n);
		p = realloc(p, n > 0 ? n : 1);
		assert_refused(json_parse(span_of(p, n), &json_limits_default,
				   "test", &doc, &f),
		    f, FAULT_FORMAT, "test");
		free(p);
	}
	json_free(parse(whole));
}

/* ---- limits ------------------------------------------------------------- */

static void json_parse__refuses_more_bytes_than_allowed(void **state)
{
	struct json_limits limits = json_limits_default;
	struct json *doc = NULL;
	struct fault f = FAULT_INIT;

	(void)state;
	limits.max_bytes = 7;
	assert_refused(
	    json_parse(span_text("[1,2,34]"), &limits, "test", &doc, &f), f,
	    FAULT_LIMIT, "test");
	assert_false(json_is_grammatical(span_text("[1,2,34]"), &limits));
	assert_true(json_is_grammatical(span_text("[1,2,3]"), &limits));
	assert_ok(
	    json_parse(span_text("[1,2,3]"), &limits, "test", &doc, &f), f);
	json_free(doc);
}

static void json_parse__refuses_deeper_nesting_than_allowed(void **state)
{
	struct json_limits limits = json_limits_default;
	struct json *doc = NULL;
	struct fault f = FAULT_INIT;

	(void)state;
	limits.max_depth = 3;
	assert_refused_at(
	    json_parse(span_text("[[{\"a\":[]}]]"), &limits, "test", &doc, &f),
	    f, FAULT_LIMIT, "test", 7);
	assert_ok(json_parse(span_text("[[{\"a\":1}],[[]]]"), &limits, "test",
		      &doc, &f),
	    f);
	json_free(doc);
	limits.max_depth = 0;
	assert_refused_at(
	    json_parse(span_text("[]"), &limits, "test", &doc, &f), f,
	    FAULT_LIMIT, "test", 0);
}

static void json_parse__survives_a_megabyte_of_brackets(void **state)
{
	struct json_limits limits = json_limits_default;
	struct json *doc = NULL;
	struct fault f = FAULT_INIT;
	size_t n = 1 << 20;
	char *p = malloc(n);

	(void)state;
	assert_non_null(p);
	memset(p, '[', n);
	limits.max_depth = 1000000;
	/* cJSON's own recursion stays bounded whatever the caller asks. */
	assert_refused_at(json_parse(span_of(p, n), &limits, "test", &doc, &f),
	    f, FAULT_LIMIT, "test", 1000);
	free(p);
}

static void json_parse__refuses_more_values_than_allowed(void **state)
{
	struct json_limits limits = json_limits_default;
	struct json *doc = NULL;
	struct fault f = FAULT_INIT;

	(void)state;
	limits.max_values = 4;
	assert_refused_at(
	    json_parse(span_text("[1,{\"a\":2},3]"), &limits, "test", &doc, &f),
	    f, FAULT_LIMIT, "test", 11);
	assert_ok(
	    json_parse(span_text("[1,{\"a\":2}]"), &limits, "test", &doc, &f),
	    f);
	json_free(doc);
}

static void json_parse__is_not_quadratic_in_members(void **state)
{
	struct fault f = FAULT_INIT;
	AUTO(json_drop) struct json *doc = NULL;
	AUTO(blob_drop) struct blob text = { 0 };
	struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "test", &f);

	(void)state;
	/* Pairwise this would be ten thousand million comparisons. */
	wr_u8(&w, '{');
	for (int i = 0; i < 150000; i++)
		wr_printf(&w, "%s\"%d\":0", i > 0 ? "," : "", i);
	wr_u8(&w, '}');
	assert_ok(wr_done(&w, &text), f);
	assert_ok(json_parse(
		      blob_span(&text), &json_limits_default, "test", &doc, &f),
	    f);
	assert_int_equal(json_count(json_root(doc)), 150000);
}

/* ---- ranges, pointers --------------------------------------------------- */

static void json_source__gives_exact_ranges(void **state)
{
	AUTO(json_drop)
	struct json *doc = parse(" { \"tcbInfo\" : { \"a\" : [ 1 ] } , "
				 "\"s\" : \"x\\n\",\"e\":[ ] }\n");
	const struct json_node *root = json_root(doc);

	(void)state;
	assert_span_text(json_source(doc, root),
	    "{ \"tcbInfo\" : { \"a\" : [ 1 ] } , "
	    "\"s\" : \"x\\n\",\"e\":[ ] }");
	assert_span_text(
	    json_source(doc, json_find(root, "tcbInfo")), "{ \"a\" : [ 1 ] }");
	assert_span_text(
	    json_source(doc, json_pointer(root, "/tcbInfo/a")), "[ 1 ]");
	assert_span_text(
	    json_source(doc, json_pointer(root, "/tcbInfo/a/0")), "1");
	assert_span_text(json_source(doc, json_find(root, "s")), "\"x\\n\"");
	assert_span_text(json_source(doc, json_find(root, "e")), "[ ]");
	assert_int_equal(json_offset(root), 1);
}

static void json_pointer__follows_rfc_6901(void **state)
{
	/* Section 5 of the RFC, values renumbered. */
	AUTO(json_drop)
	struct json *doc =
	    parse("{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,"
		  "\"e^f\":3,\"g|h\":4,\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,"
		  "\"m~n\":8}");
	static const struct {
		const char *pointer, *source;
	} rows[] = {
		{ "/foo", "[\"bar\",\"baz\"]" },
		{ "/foo/0", "\"bar\"" },
		{ "/foo/1", "\"baz\"" },
		{ "/", "0" },
		{ "/a~1b", "1" },
		{ "/c%d", "2" },
		{ "/e^f", "3" },
		{ "/g|h", "4" },
		{ "/i\\j", "5" },
		{ "/k\"l", "6" },
		{ "/ ", "7" },
		{ "/m~0n", "8" },
	};
	static const char *const missing[] = { "/fo", "/fooo", "/foo/2",
		"/foo/00", "/foo/01", "/foo/-", "/foo/-1", "/foo/+1",
		"/foo/1/0", "/foo/", "/foo/0/", "/foo/18446744073709551616",
		"/foo/0x0", "//", "foo", "/m~2n", "/m~", "~0", "/a/b" };

	(void)state;
	assert_ptr_equal(json_pointer(json_root(doc), ""), json_root(doc));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct json_node *v =
		    json_pointer(json_root(doc), rows[i].pointer);
		assert_non_null(v);
		assert_span_text(json_source(doc, v), rows[i].source);
	}
	for (size_t i = 0; i < COUNT(missing); i++)
		assert_null(json_pointer(json_root(doc), missing[i]));
	assert_null(json_pointer(NULL, "/a"));
}

static void json_pointer__decodes_each_tilde_once(void **state)
{
	AUTO(json_drop) struct json *doc = parse("{\"~1\":1,\"/\":2}");

	(void)state;
	assert_span_text(
	    json_source(doc, json_pointer(json_root(doc), "/~01")), "1");
	assert_span_text(
	    json_source(doc, json_pointer(json_root(doc), "/~1")), "2");
}

static void json_pointer_is_valid__knows_the_grammar(void **state)
{
	static const char *const good[] = { "", "/", "/a", "/~0~1/0", "//" };
	static const char *const bad[] = { "a", " /a", "/~", "/~2", "/a~",
		"#/a" };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(json_pointer_is_valid(good[i]));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(json_pointer_is_valid(bad[i]));
}

/* ---- guided reading ----------------------------------------------------- */

struct guided {
	const char *text;
	uint64_t number;
	bool flag;
	const struct json_node *object, *array, *any;
};

static bool read_guided(const char *text, bool loose, struct guided *g,
    struct json **doc, struct fault *f)
{
	const struct json_field fields[] = {
		{ "t", JSON_WANT_TEXT, false, &g->text },
		{ "n", JSON_WANT_U64, false, &g->number },
		{ "b", JSON_WANT_BOOL, true, &g->flag },
		{ "o", JSON_WANT_OBJECT, true, &g->object },
		{ "a", JSON_WANT_ARRAY, true, &g->array },
		{ "x", JSON_WANT_ANY, true, &g->any },
	};

	*doc = parse(text);
	return loose
	    ? json_read_loose(
		  json_root(*doc), fields, COUNT(fields), "test.read", f)
	    : json_read(json_root(*doc), fields, COUNT(fields), "test.read", f);
}

static void json_read__fills_the_targets(void **state)
{
	AUTO(json_drop) struct json *doc = NULL;
	struct fault f = FAULT_INIT;
	struct guided g = { 0 };

	(void)state;
	assert_ok(read_guided("{\"x\":5,\"a\":[1],\"o\":{},\"b\":true,"
			      "\"n\":9007199254740991,\"t\":\"hi\"}",
		      false, &g, &doc, &f),
	    f);
	assert_string_equal(g.text, "hi");
	assert_true(g.number == UINT64_C(9007199254740991));
	assert_true(g.flag);
	assert_int_equal(json_kind_of(g.object), JSON_OBJECT);
	assert_int_equal(json_count(g.array), 1);
	assert_string_equal(json_number(g.any), "5");
}

static void json_read__leaves_absent_optional_targets(void **state)
{
	AUTO(json_drop) struct json *doc = NULL;
	struct fault f = FAULT_INIT;
	struct guided g = { .flag = true };

	(void)state;
	assert_ok(read_guided("{\"n\":0,\"t\":\"\"}", false, &g, &doc, &f), f);
	assert_true(g.flag);
	assert_null(g.any);
}

static void json_read__names_what_is_wrong(void **state)
{
	static const struct {
		const char *text, *why;
		size_t offset;
	} rows[] = {
		{ "{\"n\":1}", "member \"t\" is missing", 0 },
		{ "{\"t\":\"x\"}", "member \"n\" is missing", 0 },
		{ "{\"t\":5,\"n\":1}", "member \"t\" must be text, is number",
		    5 },
		{ "{\"t\":null,\"n\":1}", "member \"t\" must be text, is null",
		    5 },
		{ "{\"t\":\"\",\"n\":\"1\"}",
		    "member \"n\" must be number, is text", 12 },
		{ "{\"t\":\"\",\"n\":1,\"b\":0}",
		    "member \"b\" must be bool, is number", 18 },
		{ "{\"t\":\"\",\"n\":1,\"o\":[]}",
		    "member \"o\" must be object, is array", 18 },
		{ "{\"t\":\"\",\"n\":1,\"a\":{}}",
		    "member \"a\" must be array, is object", 18 },
		{ "{\"t\":\"\",\"n\":1,\"T\":2}", "unknown member \"T\"", 18 },
		{ "[]", "want an object, is array", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO(json_drop) struct json *doc = NULL;
		struct fault f = FAULT_INIT;
		struct guided g = { 0 };

		assert_false(read_guided(rows[i].text, false, &g, &doc, &f));
		assert_string_equal(f.text, rows[i].why);
		assert_fault_at(f, FAULT_FORMAT, "test.read", rows[i].offset);
		assert_null(g.text);
		assert_int_equal(g.number, 0);
	}
}

static void json_read__takes_plain_integers_only(void **state)
{
	static const char *const rows[] = { "9007199254740992",
		"18446744073709551616", "-1", "-0", "1.0", "1e3", "0.5" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO(json_drop) struct json *doc = NULL;
		struct fault f = FAULT_INIT;
		struct guided g = { 0 };
		char text[64];

		snprintf(text, sizeof(text), "{\"t\":\"\",\"n\":%s}", rows[i]);
		assert_false(read_guided(text, false, &g, &doc, &f));
		assert_string_equal(f.text,
		    "member \"n\" must be an integer from 0 to "
		    "9007199254740991");
		assert_fault_at(f, FAULT_FORMAT, "test.read", 12);
	}
}

static void json_read__refuses_nothing_at_all(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(json_read(NULL, NULL, 0, "test.read", &f), f,
	    FAULT_FORMAT, "test.read");
}

static void json_read_loose__allows_unknown_members(void **state)
{
	AUTO(json_drop) struct json *doc = NULL;
	struct fault f = FAULT_INIT;
	struct guided g = { 0 };

	(void)state;
	assert_ok(
	    read_guided("{\"t\":\"x\",\"n\":1,\"new\":2}", true, &g, &doc, &f),
	    f);
	assert_string_equal(g.text, "x");
}

static void json_u64__holds_to_its_maximum(void **state)
{
	AUTO(json_drop)
	struct json *doc = parse("[0,255,256,-1,1.0,\"1\",1e1,"
				 "18446744073709551615]");
	const struct json_node *v = json_first(json_root(doc));
	struct fault f = FAULT_INIT;
	uint64_t n = 7;

	(void)state;
	assert_ok(json_u64(v, 255, &n, "t", &f), f);
	assert_int_equal(n, 0);
	v = json_next(v);
	assert_ok(json_u64(v, 255, &n, "t", &f), f);
	assert_int_equal(n, 255);
	for (v = json_next(v); v != NULL; v = json_next(v))
		assert_refused_at(json_u64(v, 255, &n, "t", &f), f,
		    FAULT_FORMAT, "t", json_offset(v));
	assert_int_equal(n, 255);
	v = json_pointer(json_root(doc), "/7");
	assert_ok(json_u64(v, UINT64_MAX, &n, "t", &f), f);
	assert_true(n == UINT64_MAX);
}

static void json_kinds__have_names(void **state)
{
	(void)state;
	assert_string_equal(json_kind_name(JSON_NULL), "null");
	assert_string_equal(json_kind_name(JSON_BOOL), "bool");
	assert_string_equal(json_kind_name(JSON_NUMBER), "number");
	assert_string_equal(json_kind_name(JSON_TEXT), "text");
	assert_string_equal(json_kind_name(JSON_ARRAY), "array");
	assert_string_equal(json_kind_name(JSON_OBJECT), "object");
}

static void kind__of_what_is_not_there_is_null(void **state)
{
	(void)state;
	assert_int_equal(json_kind_of(NULL), JSON_NULL);
	assert_int_equal(json_kind_of(json_find(NULL, "a")), JSON_NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kind__of_what_is_not_there_is_null),
		cmocka_unit_test(json_parse__reads_every_kind),
		cmocka_unit_test(json_parse__reads_bare_values),
		cmocka_unit_test(json_text__is_unescaped),
		cmocka_unit_test(json_parse__takes_escaped_member_names),
		cmocka_unit_test(
		    json_parse__reads_as_many_values_as_its_memory_holds),
		cmocka_unit_test(json_parse__stops_at_the_end_of_its_input),
		cmocka_unit_test(json_parse__refuses_duplicate_names),
		cmocka_unit_test(json_parse__refuses_duplicates_among_many),
		cmocka_unit_test(json_find__tells_case_apart),
		cmocka_unit_test(json_parse__refuses_text_behind_the_document),
		cmocka_unit_test(json_parse__refuses_nul),
		cmocka_unit_test(json_parse__refuses_a_byte_order_mark),
		cmocka_unit_test(json_parse__refuses_numbers_of_other_grammars),
		cmocka_unit_test(json_number__keeps_the_text_of_every_number),
		cmocka_unit_test(json_parse__refuses_bad_utf8),
		cmocka_unit_test(json_parse__refuses_control_characters),
		cmocka_unit_test(json_parse__refuses_half_a_surrogate_pair),
		cmocka_unit_test(json_parse__refuses_bad_escapes),
		cmocka_unit_test(json_parse__refuses_bad_structure),
		cmocka_unit_test(json_parse__refuses_every_truncation),
		cmocka_unit_test(json_parse__refuses_more_bytes_than_allowed),
		cmocka_unit_test(
		    json_parse__refuses_deeper_nesting_than_allowed),
		cmocka_unit_test(json_parse__survives_a_megabyte_of_brackets),
		cmocka_unit_test(json_parse__refuses_more_values_than_allowed),
		cmocka_unit_test(json_parse__is_not_quadratic_in_members),
		cmocka_unit_test(json_source__gives_exact_ranges),
		cmocka_unit_test(json_pointer__follows_rfc_6901),
		cmocka_unit_test(json_pointer__decodes_each_tilde_once),
		cmocka_unit_test(json_pointer_is_valid__knows_the_grammar),
		cmocka_unit_test(json_read__fills_the_targets),
		cmocka_unit_test(json_read__leaves_absent_optional_targets),
		cmocka_unit_test(json_read__names_what_is_wrong),
		cmocka_unit_test(json_read__takes_plain_integers_only),
		cmocka_unit_test(json_read__refuses_nothing_at_all),
		cmocka_unit_test(json_read_loose__allows_unknown_members),
		cmocka_unit_test(json_u64__holds_to_its_maximum),
		cmocka_unit_test(json_kinds__have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
