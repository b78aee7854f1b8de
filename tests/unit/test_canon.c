/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/canon.h"

#include "tests/unit/check.h"

/* A writer of canonical JSON over a buffer of its own. */
struct bench {
	uint8_t buf[4096];
	struct fault f;
	struct wr w;
	struct canon c;
};

static void start(struct bench *b)
{
	b->f = FAULT_INIT;
	b->w = wr_into(b->buf, sizeof(b->buf), "test.canon", &b->f);
	b->c = canon_to(&b->w);
}

static void finish(struct bench *b, const char *want)
{
	size_t n = 0;
	struct fault f = FAULT_INIT;

	assert_ok(wr_done_into(&b->w, &n), b->f);
	assert_span_text(span_of(b->buf, n), want);
	/* What the writer wrote is what the checker accepts. */
	assert_ok(canon_check(span_of(b->buf, n), &json_limits_default,
		      "test.check", &f),
	    f);
}

/* ---- the streaming writer ----------------------------------------------- */

static void canon__writes_every_kind(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0xab, 0xff };
	struct bench b;
	struct canon *c = &b.c;

	(void)state;
	start(&b);
	canon_object(c, NULL);
	canon_array(c, "a");
	canon_u64(c, NULL, 0);
	canon_u64(c, NULL, (UINT64_C(1) << 53) - 1);
	canon_array(c, NULL);
	canon_end(c);
	canon_object(c, NULL);
	canon_bool(c, "no", false);
	canon_bool(c, "yes", true);
	canon_end(c);
	canon_end(c);
	canon_base64(c, "b", span_of(bytes, 3));
	canon_base64(c, "b2", span_of(bytes, 2));
	canon_hex(c, "h", span_of(bytes, 3));
	canon_hex_0x(c, "h0", span_of(bytes, 3));
	canon_hex(c, "h1", span_of(NULL, 0));
	canon_raw(c, "r", span_text("{\"x\":[1]}"));
	canon_text(c, "t", "text");
	canon_text_span(c, "t2", span_of("ab", 1));
	canon_end(c);
	finish(&b,
	    "{\"a\":[0,9007199254740991,[],{\"no\":false,\"yes\":true}],"
	    "\"b\":\"AKv/\",\"b2\":\"AKs=\",\"h\":\"00abff\","
	    "\"h0\":\"0x00abff\",\"h1\":\"\",\"r\":{\"x\":[1]},"
	    "\"t\":\"text\",\"t2\":\"a\"}");
}

static void canon__writes_bare_values(void **state)
{
	struct bench b;

	(void)state;
	start(&b);
	canon_text(&b.c, NULL, "");
	finish(&b, "\"\"");
	start(&b);
	canon_u64(&b.c, NULL, 42);
	finish(&b, "42");
}

static void canon_text__has_one_spelling(void **state)
{
	struct bench b;

	(void)state;
	start(&b);
	/* RFC 8785 section 3.2.2.2, and what must not be escaped. */
	canon_text(&b.c, NULL,
	    "\x01\b\t\n\x0b\f\r\x1f\"\\/\x7f\xc2\x80\xe2\x80\xa8"
	    "\xf0\x9f\x98\x80'<");
	finish(&b,
	    "\"\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\x7f\xc2\x80"
	    "\xe2\x80\xa8\xf0\x9f\x98\x80'<\"");
}

static void canon_text__refuses_what_is_not_text(void **state)
{
	struct bench b;

	(void)state;
	start(&b);
	canon_text(&b.c, NULL, "a\xff");
	assert_fault(b.f, FAULT_FORMAT, "canon.text");
	start(&b);
	canon_text(&b.c, NULL, "\xed\xa0\x80");
	assert_fault(b.f, FAULT_FORMAT, "canon.text");
	start(&b);
	canon_text_span(&b.c, NULL, span_of("a\0b", 3));
	assert_fault(b.f, FAULT_FORMAT, "canon.text");
}

static void canon_hex__writes_long_values_in_pieces(void **state)
{
	uint8_t bytes[200];
	char want[3 + 400 + 2];
	struct bench b;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)i;
		snprintf(want + 3 + 2 * i, 3, "%02x", (unsigned)i);
	}
	memcpy(want, "\"0x", 3);
	memcpy(want + 403, "\"", 2);
	start(&b);
	canon_hex_0x(&b.c, NULL, span_of(bytes, sizeof(bytes)));
	finish(&b, want);
}

static void canon_base64__writes_long_values_in_pieces(void **state)
{
	struct bench b;
	uint8_t bytes[97];

	(void)state;
	memset(bytes, 0, sizeof(bytes));
	start(&b);
	canon_base64(&b.c, NULL, span_of(bytes, sizeof(bytes)));
	assert_int_equal(wr_view(&b.w).n, 2 + 132);
	assert_memory_equal(b.buf + 1 + 128, "AA==\"", 5);
}

static void canon__refuses_members_out_of_order(void **state)
{
	static const struct {
		const char *first, *second;
		bool ok;
	} rows[] = {
		{ "a", "b", true },
		{ "b", "a", false },
		{ "a", "a", false },
		{ "a", "aa", true },
		{ "aa", "a", false },
		{ "", "a", true },
		{ "", "", false },
		{ "A", "a", true },
		{ "a", "B", false },
		{ "10", "9", true },
		{ "z", "\xc3\xa9", true },
		/* U+1F600 is D83D DE00: in front of U+E000 and U+FFFD. */
		{ "\xf0\x9f\x98\x80", "\xee\x80\x80", true },
		{ "\xee\x80\x80", "\xf0\x9f\x98\x80", false },
		{ "\xf0\x9f\x98\x80", "\xef\xbf\xbd", true },
		/* but behind U+D7FF and below. */
		{ "\xed\x9f\xbf", "\xf0\x9f\x98\x80", true },
		{ "\xf0\x9f\x98\x80", "\xed\x9f\xbf", false },
		{ "\xee\x80\x80", "\xef\xbf\xbd", true },
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x81", true },
		{ "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench b;

		start(&b);
		canon_object(&b.c, NULL);
		canon_u64(&b.c, rows[i].first, 1);
		assert_true(wr_ok(&b.w));
		canon_u64(&b.c, rows[i].second, 2);
		canon_end(&b.c);
		if (wr_ok(&b.w) != rows[i].ok)
			fail_msg("row %zu", i);
		if (!rows[i].ok)
			assert_fault(b.f, FAULT_INTERNAL, "canon.order");
	}
}

static void canon__forgets_names_of_closed_objects(void **state)
{
	struct bench b;

	(void)state;
	start(&b);
	canon_array(&b.c, NULL);
	for (int i = 0; i < 2; i++) {
		canon_object(&b.c, NULL);
		canon_u64(&b.c, "z", 1);
		canon_end(&b.c);
	}
	canon_end(&b.c);
	finish(&b, "[{\"z\":1},{\"z\":1}]");
}

static void canon__sorts_after_the_parents_member(void **state)
{
	struct bench b;

	(void)state;
	start(&b);
	canon_object(&b.c, NULL);
	canon_object(&b.c, "m");
	canon_u64(&b.c, "z", 1);
	canon_end(&b.c);
	canon_u64(&b.c, "n", 1);
	canon_end(&b.c);
	finish(&b, "{\"m\":{\"z\":1},\"n\":1}");
}

static void canon__refuses_misplaced_names(void **state)
{
	struct bench b;

	(void)state;
	start(&b);
	canon_u64(&b.c, "a", 1);
	assert_fault(b.f, FAULT_INTERNAL, "canon.name");
	start(&b);
	canon_array(&b.c, NULL);
	canon_u64(&b.c, "a", 1);
	assert_fault(b.f, FAULT_INTERNAL, "canon.name");
	start(&b);
	canon_object(&b.c, NULL);
	canon_u64(&b.c, NULL, 1);
	assert_fault(b.f, FAULT_INTERNAL, "canon.name");
}

static void canon__refuses_long_names(void **state)
{
	char name[CANON_MAX_NAME + 2];
	struct bench b;

	(void)state;
	memset(name, 'n', sizeof(name));
	name[CANON_MAX_NAME] = '\0';
	start(&b);
	canon_object(&b.c, NULL);
	canon_u64(&b.c, name, 1);
	assert_true(wr_ok(&b.w));
	name[CANON_MAX_NAME] = 'n';
	name[CANON_MAX_NAME + 1] = '\0';
	canon_u64(&b.c, name, 1);
	assert_fault(b.f, FAULT_INTERNAL, "canon.name");
}

static void canon__refuses_bad_nesting(void **state)
{
	struct bench b;

	(void)state;
	start(&b);
	canon_end(&b.c);
	assert_fault(b.f, FAULT_INTERNAL, "canon.nesting");
	start(&b);
	canon_u64(&b.c, NULL, 1);
	canon_u64(&b.c, NULL, 1);
	assert_fault(b.f, FAULT_INTERNAL, "canon.nesting");
	start(&b);
	for (int i = 0; i < CANON_MAX_DEPTH; i++)
		canon_array(&b.c, NULL);
	assert_true(wr_ok(&b.w));
	canon_array(&b.c, NULL);
	assert_fault(b.f, FAULT_INTERNAL, "canon.nesting");
}

static void canon_u64__refuses_two_to_the_53(void **state)
{
	struct bench b;

	(void)state;
	start(&b);
	canon_u64(&b.c, NULL, UINT64_C(1) << 53);
	assert_fault(b.f, FAULT_INTERNAL, "canon.integer");
}

static void canon__reports_a_full_buffer(void **state)
{
	uint8_t buf[8];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(buf, sizeof(buf), "test.small", &f);
	struct canon c = canon_to(&w);

	(void)state;
	canon_text(&c, NULL, "too long");
	assert_fault(f, FAULT_LIMIT, "test.small");
}

/* ---- printing and checking ---------------------------------------------- */

static void print(const char *in, const char *want)
{
	AUTO(json_drop) struct json *doc = NULL;
	struct bench b;
	struct fault f = FAULT_INIT;

	start(&b);
	assert_ok(
	    json_parse(span_text(in), &json_limits_default, "test", &doc, &f),
	    f);
	assert_ok(canon_print(json_root(doc), &b.w, "test.print", &f), f);
	finish(&b, want);
}

static void canon_print__sorts_and_spells(void **state)
{
	(void)state;
	print(
	    " { \"b\" : [ 1 , true ] , \"a\" : { \"d\" : -5 , \"c\" : \"\\u00e9"
	    "\\/\\u001F\\u000a\" } } ",
	    "{\"a\":{\"c\":\"\xc3\xa9/\\u001f\\n\",\"d\":-5},\"b\":[1,true]}");
	print("[]", "[]");
	print("{}", "{}");
	print("-0", "0");
	print("9007199254740991", "9007199254740991");
	print("-9007199254740991", "-9007199254740991");
	print("false", "false");
}

static void canon_print__sorts_by_utf16(void **state)
{
	(void)state;
	/* RFC 8785 section 3.2.3, its example of property sorting. */
	print("{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\","
	      "\"\\ufb33\":\"Hebrew Letter Dalet With Dagesh\",\"1\":\"One\","
	      "\"\\ud83d\\ude00\":\"Emoji: Grinning Face\","
	      "\"\\u0080\":\"Control\",\"\\u00f6\":"
	      "\"Latin Small Letter O With Diaeresis\"}",
	    "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":"
	    "\"Control\",\"\xc3\xb6\":"
	    "\"Latin Small Letter O With Diaeresis\","
	    "\"\xe2\x82\xac\":\"Euro Sign\",\"\xf0\x9f\x98\x80\":"
	    "\"Emoji: Grinning Face\",\"\xef\xac\xb3\":"
	    "\"Hebrew Letter Dalet With Dagesh\"}");
}

static void canon_print__refuses_what_has_no_canonical_form(void **state)
{
	static const struct {
		const char *text;
		size_t offset;
	} rows[] = {
		{ "null", 0 },
		{ "[1,null]", 3 },
		{ "[1.0]", 1 },
		{ "{\"a\":1e2}", 5 },
		{ "[0.5]", 1 },
		{ "9007199254740992", 0 },
		{ "-9007199254740992", 0 },
		{ "18446744073709551616", 0 },
		{ "{\"b\":1,\"a\":null}", 11 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO(json_drop) struct json *doc = NULL;
		struct bench b;
		struct fault f = FAULT_INIT;

		start(&b);
		assert_ok(json_parse(span_text(rows[i].text),
			      &json_limits_default, "test", &doc, &f),
		    f);
		assert_refused_at(
		    canon_print(json_root(doc), &b.w, "test.print", &f), f,
		    FAULT_FORMAT, "test.print", rows[i].offset);
	}
}

static void canon_print__passes_the_writers_fault_on(void **state)
{
	AUTO(json_drop) struct json *doc = NULL;
	uint8_t buf[3];
	struct fault f = FAULT_INIT, of_writer = FAULT_INIT;
	struct wr w = wr_into(buf, sizeof(buf), "test.small", &of_writer);

	(void)state;
	assert_ok(json_parse(span_text("[1,2]"), &json_limits_default, "test",
		      &doc, &f),
	    f);
	assert_refused(canon_print(json_root(doc), &w, "test.print", &f), f,
	    FAULT_LIMIT, "test.small");
}

static void canon_check__refuses_every_other_spelling(void **state)
{
	static const struct {
		const char *text;
		size_t offset;
	} rows[] = {
		{ " {}", 0 },
		{ "{} ", 2 },
		{ "[1, 2]", 3 },
		{ "{\"b\":1,\"a\":2}", 2 },
		{ "[\"\\/\"]", 2 },
		{ "[\"\\u00e9\"]", 2 },
		{ "[\"\\u0041\"]", 2 },
		{ "[\"\\u000A\"]", 3 },
		{ "[\"\\u001F\"]", 7 },
		{ "[-0]", 1 },
		{ "{\"\\u0061\":1}", 2 },
		{ "{\"a\" :1}", 4 },
		{ "{\"a\":1}\n", 7 },
		{ "[null]", 1 },
		{ "[1.5]", 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault f = FAULT_INIT;

		assert_refused_at(canon_check(span_text(rows[i].text),
				      &json_limits_default, "test.check", &f),
		    f, FAULT_FORMAT, "test.check", rows[i].offset);
	}
}

static void canon_check__carries_the_faults_of_the_parser(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused_at(canon_check(span_text("{\"a\":1,\"a\":1}"),
			      &json_limits_default, "test.check", &f),
	    f, FAULT_FORMAT, "test.check", 7);
	assert_refused_at(
	    canon_check(span_text("{"), &json_limits_default, "test.check", &f),
	    f, FAULT_FORMAT, "test.check", 1);
}

/* Text is looked at in words: what has to be escaped is found at any place. */
static void canon_text__escapes_at_every_place(void **state)
{
	static const struct {
		char c;
		const char *written; /* NULL: refused */
	} rows[] = {
		{ '"', "\\\"" },
		{ '\\', "\\\\" },
		{ '\n', "\\n" },
		{ 0x1f, "\\u001f" },
		{ 0x01, "\\u0001" },
		{ ' ', " " },
		{ '!', "!" },
		{ 0x7f, "\x7f" },
		{ '\0', NULL },
		{ (char)0x80, NULL },
		{ (char)0xff, NULL },
	};

	(void)state;
	for (size_t r = 0; r < COUNT(rows); r++) {
		for (size_t n = 1; n <= 26; n++) {
			for (size_t at = 0; at < n; at++) {
				char text[32], want[64], got[64];
				struct fault f = FAULT_INIT;
				struct wr w =
				    wr_into(got, sizeof(got), "test", &f);
				struct canon c = canon_to(&w);

				memset(text, 'a', n);
				text[at] = rows[r].c;
				canon_text_span(&c, NULL, span_of(text, n));
				if (rows[r].written == NULL) {
					assert_false(wr_ok(&w));
					continue;
				}
				assert_true(wr_ok(&w));
				snprintf(want, sizeof(want), "\"%.*s%s%.*s\"",
				    (int)at, text, rows[r].written,
				    (int)(n - at - 1), text + at + 1);
				assert_int_equal(wr_view(&w).n, strlen(want));
				assert_memory_equal(got, want, wr_view(&w).n);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canon_text__escapes_at_every_place),
		cmocka_unit_test(canon__writes_every_kind),
		cmocka_unit_test(canon__writes_bare_values),
		cmocka_unit_test(canon_text__has_one_spelling),
		cmocka_unit_test(canon_text__refuses_what_is_not_text),
		cmocka_unit_test(canon_hex__writes_long_values_in_pieces),
		cmocka_unit_test(canon_base64__writes_long_values_in_pieces),
		cmocka_unit_test(canon__refuses_members_out_of_order),
		cmocka_unit_test(canon__forgets_names_of_closed_objects),
		cmocka_unit_test(canon__sorts_after_the_parents_member),
		cmocka_unit_test(canon__refuses_misplaced_names),
		cmocka_unit_test(canon__refuses_long_names),
		cmocka_unit_test(canon__refuses_bad_nesting),
		cmocka_unit_test(canon_u64__refuses_two_to_the_53),
		cmocka_unit_test(canon__reports_a_full_buffer),
		cmocka_unit_test(canon_print__sorts_and_spells),
		cmocka_unit_test(canon_print__sorts_by_utf16),
		cmocka_unit_test(
		    canon_print__refuses_what_has_no_canonical_form),
		cmocka_unit_test(canon_print__passes_the_writers_fault_on),
		cmocka_unit_test(canon_check__refuses_every_other_spelling),
		cmocka_unit_test(canon_check__carries_the_faults_of_the_parser),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
