/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/pick.h"

#include "tests/unit/check.h"

/* 2026-01-15T12:00:00Z */
static const struct utc now = { INT64_C(1768478400000) };

static const struct pick_rule price = {
	.pick = "/p",
	.is_number = true,
	.must_be_positive = true,
	.decimals = 8,
	.rounding = DEC_HALF_EVEN,
};

static const struct pick_rule text = { .pick = "/p" };

static bool pick(const struct pick_rule *c, const char *body,
    struct picked *out, struct fault *f)
{
	return pick_json.pick(c, span_text(body), now, out, f);
}

/* ---- numbers ------------------------------------------------------------ */

static void number__is_taken_exactly_from_number_or_text(void **state)
{
	static const struct {
		const char *body, *want;
	} cases[] = {
		{ "{\"p\":97234.12}", "97234.12" },
		{ "{\"p\":\"97234.12\"}", "97234.12" },
		{ "{\"p\":\"66740.60000\"}", "66740.6" },
		{ "{\"p\":17346}", "17346" },
		{ "{\"p\":38.644979070000005}", "38.64497907" },
		{ "{\"p\":9468.900000000000000000}", "9468.9" },
		{ "{\"p\":1.0958904109589042e-06}", "0.0000011" },
		{ "{\"p\":9723412e-2}", "97234.12" },
		{ "{\"p\":\"9.723412E4\"}", "97234.12" },
		{ "\xef\xbb\xbf {\"p\":1}", "1" },
		{ "{\"p\":18446744073709551616}", "18446744073709551616" },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(picked_drop) struct picked p = { 0 };
		assert_ok(pick(&price, cases[i].body, &p, &f), f);
		assert_string_equal((char *)p.text.p, cases[i].want);
		assert_int_equal(p.number.decimals, 8);
		assert_false(p.has_time);
	}
}

static void number__is_found_by_any_pointer(void **state)
{
	static const struct {
		const char *pick, *body;
	} cases[] = {
		{ "", "42" },
		{ "/6", "[1,2,3,4,5,6,42,7]" },
		{ "/a~1b/~0", "{\"a/b\":{\"~\":42}}" },
		{ "/result/XXBTZUSD/c/0",
		    "{\"error\":[],\"result\":{\"XXBTZUSD\":{\"c\":[\"42\","
		    "\"1\"]}}}" },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(picked_drop) struct picked p = { 0 };
		struct pick_rule c = price;
		c.pick = cases[i].pick;
		assert_ok(pick(&c, cases[i].body, &p, &f), f);
		assert_string_equal((char *)p.text.p, "42");
	}
}

static void number__is_refused_when_it_is_none(void **state)
{
	static const char *const bad[] = { "{\"p\":null}", "{\"p\":\"\"}",
		"{\"p\":true}", "{\"p\":[1]}", "{\"p\":{\"p\":1}}",
		"{\"p\":\"null\"}", "{\"p\":\"1,571700\"}", "{\"p\":\" 1\"}",
		"{\"p\":\"1 \"}", "{\"p\":\"+1\"}", "{\"p\":\"01\"}",
		"{\"p\":\".5\"}", "{\"p\":\"0x10\"}", "{\"p\":\"1_000\"}",
		"{\"p\":\"NaN\"}", "{\"p\":1e80}" };
	struct picked p = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_refused(pick(&price, bad[i], &p, &f), f, FAULT_REMOTE,
		    "source.value");
	assert_null(p.text.p);
}

static void number__of_a_price_is_above_zero(void **state)
{
	static const char *const bad[] = { "{\"p\":0}", "{\"p\":\"0\"}",
		"{\"p\":-1}", "{\"p\":\"-1\"}", "{\"p\":0.0000000001}",
		"{\"p\":-0}" };
	struct pick_rule any = price;
	struct fault f = FAULT_INIT;

	(void)state;
	any.must_be_positive = false;
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(picked_drop) struct picked p = { 0 };
		assert_refused(pick(&price, bad[i], &p, &f), f, FAULT_REMOTE,
		    "source.value");
		assert_ok(pick(&any, bad[i], &p, &f), f);
	}
}

static void number__is_not_rounded_when_that_is_forbidden(void **state)
{
	AUTO(picked_drop) struct picked p = { 0 };
	struct pick_rule c = price;
	struct fault f = FAULT_INIT;

	(void)state;
	c.rounding = DEC_EXACT;
	c.decimals = 2;
	assert_ok(pick(&c, "{\"p\":1.250}", &p, &f), f);
	assert_refused(
	    pick(&c, "{\"p\":1.255}", &p, &f), f, FAULT_REMOTE, "source.value");
}

/* ---- the document ------------------------------------------------------- */

static void document__is_one_strict_json_text(void **state)
{
	static const char *const bad[] = { "", "  \n", "{\"p\":1", "{\"p\":1}x",
		"{\"p\":1,}", "{'p':1}", "{\"p\":01}", "{\"p\":1,\"p\":2}",
		"{\"a\":{\"b\":1,\"b\":1},\"p\":1}", "{\"p\":\"\x80\"}",
		"<!DOCTYPE html><p>1</p>", " \xef\xbb\xbf{\"p\":1}" };
	struct picked p = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_refused(pick(&price, bad[i], &p, &f), f, FAULT_REMOTE,
		    "source.json");
}

static void document__is_named_when_it_is_html_or_empty_or_ambiguous(
    void **state)
{
	static const struct {
		const char *body, *said;
	} cases[] = {
		{ "\r\n<html>Attention Required</html>", "HTML" },
		{ " ", "empty" },
		{ "{\"p\":1,\"p\":2}", "twice" },
	};
	struct picked p = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_false(pick(&price, cases[i].body, &p, &f));
		assert_non_null(strstr(f.text, cases[i].said));
		assert_null(strstr(f.text, "Attention"));
		fault_clear(&f);
	}
}

static void document__is_limited_in_depth(void **state)
{
	static char deep[2001];
	struct picked p = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	memset(deep, '[', 1000);
	memset(deep + 1000, ']', 1000);
	assert_refused(
	    pick(&price, deep, &p, &f), f, FAULT_REMOTE, "source.limit");
}

static void pointer__that_finds_nothing_names_an_error_report(void **state)
{
	static const struct {
		const char *body;
		bool is_report;
	} cases[] = {
		{ "{}", false },
		{ "{\"bitcoin\":{}}", false },
		{ "[1,2]", false },
		{ "{\"error\":[\"EQuery:Unknown asset pair\"]}", true },
		{ "{\"message\":\"NotFound\"}", true },
		{ "{\"retCode\":10001,\"result\":{}}", true },
		{ "[\"error\",10020,\"symbol: invalid\"]", true },
	};
	struct picked p = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_false(pick(&price, cases[i].body, &p, &f));
		assert_int_equal(
		    strstr(f.text, "error report") != NULL, cases[i].is_report);
		assert_null(strstr(f.text, "EQuery"));
		assert_fault(f, FAULT_REMOTE, "source.pick");
	}
}

/* ---- texts -------------------------------------------------------------- */

static void text__is_a_string_or_a_canonical_form(void **state)
{
	static const struct {
		const char *body, *want;
	} cases[] = {
		{ "{\"p\":\"v1.2.3\"}", "v1.2.3" },
		{ "{\"p\":\"\\u00e9\\n\"}", "\xc3\xa9\n" },
		{ "{\"p\":7.0960}", "7.096" },
		{ "{\"p\":1e3}", "1000" },
		{ "{\"p\":true}", "true" },
		{ "{\"p\":{\"b\":[1,\"x\"],\"a\":false}}",
		    "{\"a\":false,\"b\":[1,\"x\"]}" },
		{ "{\"p\":[]}", "[]" },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(picked_drop) struct picked p = { 0 };
		assert_ok(pick(&text, cases[i].body, &p, &f), f);
		assert_string_equal((char *)p.text.p, cases[i].want);
	}
}

static void text__is_refused_when_null_or_empty_or_without_one_form(
    void **state)
{
	static const char *const bad[] = { "{\"p\":null}", "{\"p\":\"\"}",
		"{\"p\":[null]}", "{\"p\":{\"a\":1.5}}" };
	struct picked p = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_refused(pick(&text, bad[i], &p, &f), f, FAULT_REMOTE,
		    "source.value");
}

static void text__is_limited(void **state)
{
	AUTO(picked_drop) struct picked p = { 0 };
	char body[LIMIT_TEXT + 20] = "{\"p\":\"";
	struct fault f = FAULT_INIT;

	(void)state;
	memset(body + 6, 'a', LIMIT_TEXT + 1);
	memcpy(body + 6 + LIMIT_TEXT, "\"}", 3);
	assert_ok(pick(&text, body, &p, &f), f);
	assert_int_equal(p.text.n, LIMIT_TEXT);
	memcpy(body + 6 + LIMIT_TEXT, "a\"}", 4);
	assert_refused(
	    pick(&text, body, &p, &f), f, FAULT_REMOTE, "source.limit");
}

static void path__must_lead_to_one_value(void **state)
{
	static const char body[] = "{\"t\":1768478399,\"r\":["
				   "{\"c\":\"EUR\",\"v\":\"1.1\"},"
				   "{\"c\":\"USD\",\"v\":42}]}";
	AUTO(picked_drop) struct picked p = { 0 };
	struct pick_rule c = price;
	struct fault f = FAULT_INIT;

	(void)state;
	c.pick = "$.r[?@.c=='USD'].v";
	c.time_pick = "$['t']";
	c.time_unit = "s";
	assert_ok(pick(&c, body, &p, &f), f);
	assert_string_equal((char *)p.text.p, "42");
	assert_int_equal(p.time.ms, 1768478399000);
	picked_drop(&p);
	c.pick = "$.r[?@.c=='CZK'].v";
	assert_refused(pick(&c, body, &p, &f), f, FAULT_REMOTE, "source.pick");
	c.pick = "$.r[*].v";
	assert_false(pick(&c, body, &p, &f));
	assert_non_null(strstr(f.text, "more than one"));
	assert_fault(f, FAULT_REMOTE, "source.pick");
	c.pick = "$.r[0].v";
	c.time_pick = "$.r[*]";
	assert_refused(pick(&c, body, &p, &f), f, FAULT_REMOTE, "source.time");
	assert_null(p.text.p);
}

/* ---- times -------------------------------------------------------------- */

static void time__is_read_in_every_unit(void **state)
{
	static const struct {
		const char *unit, *body;
		int64_t ms;
	} cases[] = {
		{ "s", "{\"p\":1,\"t\":1768478400}", 1768478400000 },
		{ "s", "{\"p\":1,\"t\":\"1768478399\"}", 1768478399000 },
		{ "s", "{\"p\":1,\"t\":1768478399.7774}", 1768478399777 },
		{ "s", "{\"p\":1,\"t\":\"1768478399.917858329958\"}",
		    1768478399917 },
		{ "ms", "{\"p\":1,\"t\":1768478399123}", 1768478399123 },
		{ "us", "{\"p\":1,\"t\":1768478399123456}", 1768478399123 },
		{ "ns", "{\"p\":1,\"t\":\"1768478399123456789\"}",
		    1768478399123 },
		{ "rfc3339", "{\"p\":1,\"t\":\"2026-01-15T11:59:59.270099Z\"}",
		    1768478399270 },
		{ "rfc3339", "{\"p\":1,\"t\":\"2026-01-15T12:59:59+01:00\"}",
		    1768478399000 },
		{ "date", "{\"p\":1,\"t\":\"2026-01-15\"}", 1768435200000 },
		{ "date", "{\"p\":1,\"t\":\"2024-02-29\"}", 1709164800000 },
		{ "hex", "{\"p\":1,\"t\":\"0x6968d6c0\"}", 1768478400000 },
		{ "hex", "{\"p\":1,\"t\":\"0x000000006968D6BF\"}",
		    1768478399000 },
		/* 60 s ahead, and not one millisecond more. */
		{ "ms", "{\"p\":1,\"t\":1768478460000}", 1768478460000 },
		{ "ms", "{\"p\":1,\"t\":1577836800000}", 1577836800000 },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(picked_drop) struct picked p = { 0 };
		struct pick_rule c = price;
		c.time_pick = "/t";
		c.time_unit = cases[i].unit;
		assert_ok(pick(&c, cases[i].body, &p, &f), f);
		assert_true(p.has_time);
		assert_int_equal(p.time.ms, cases[i].ms);
	}
}

static void time__is_refused_when_missing_or_unreadable_or_absurd(void **state)
{
	static const struct {
		const char *unit, *body;
	} cases[] = {
		{ "s", "{\"p\":1}" },
		{ "s", "{\"p\":1,\"t\":null}" },
		{ "s", "{\"p\":1,\"t\":\"\"}" },
		{ "s", "{\"p\":1,\"t\":[1768478400]}" },
		{ "s", "{\"p\":1,\"t\":-1}" },
		{ "s", "{\"p\":1,\"t\":0}" },
		{ "s", "{\"p\":1,\"t\":1e60}" },
		{ "s", "{\"p\":1,\"t\":\"2026-01-15T12:00:00Z\"}" },
		{ "rfc3339", "{\"p\":1,\"t\":1768478400}" },
		{ "rfc3339", "{\"p\":1,\"t\":\"2026-01-15 12:00:00\"}" },
		{ "date", "{\"p\":1,\"t\":20260115}" },
		{ "date", "{\"p\":1,\"t\":\"2026-1-15\"}" },
		{ "date", "{\"p\":1,\"t\":\"2026-02-29\"}" },
		{ "date", "{\"p\":1,\"t\":\"2026-01-15T12:00:00Z\"}" },
		{ "date", "{\"p\":1,\"t\":\"15.01.2026\"}" },
		{ "date", "{\"p\":1,\"t\":\"2026-01-16\"}" },
		{ "hex", "{\"p\":1,\"t\":\"0x\"}" },
		{ "hex", "{\"p\":1,\"t\":\"6968d6c0\"}" },
		{ "hex", "{\"p\":1,\"t\":1768478400}" },
		{ "hex", "{\"p\":1,\"t\":\"0x6968d6cg\"}" },
		{ "hex", "{\"p\":1,\"t\":\"0xffffffffffffffff\"}" },
		{ "hex", "{\"p\":1,\"t\":\"0x00000000006968d6c0\"}" },
		/* every confusion of units */
		{ "s", "{\"p\":1,\"t\":1768478400000}" },
		{ "ms", "{\"p\":1,\"t\":1768478400}" },
		{ "us", "{\"p\":1,\"t\":1768478400000}" },
		{ "ns", "{\"p\":1,\"t\":1768478400000000}" },
		{ "ms", "{\"p\":1,\"t\":1768478400000000}" },
		/* one millisecond beyond either end */
		{ "ms", "{\"p\":1,\"t\":1768478460001}" },
		{ "ms", "{\"p\":1,\"t\":1577836799999}" },
		{ "rfc3339", "{\"p\":1,\"t\":\"2026-01-16T12:00:00Z\"}" },
	};
	struct picked p = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pick_rule c = price;
		c.time_pick = "/t";
		c.time_unit = cases[i].unit;
		assert_refused(pick(&c, cases[i].body, &p, &f), f, FAULT_REMOTE,
		    "source.time");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(number__is_taken_exactly_from_number_or_text),
		cmocka_unit_test(number__is_found_by_any_pointer),
		cmocka_unit_test(number__is_refused_when_it_is_none),
		cmocka_unit_test(number__of_a_price_is_above_zero),
		cmocka_unit_test(number__is_not_rounded_when_that_is_forbidden),
		cmocka_unit_test(document__is_one_strict_json_text),
		cmocka_unit_test(
		    document__is_named_when_it_is_html_or_empty_or_ambiguous),
		cmocka_unit_test(document__is_limited_in_depth),
		cmocka_unit_test(
		    pointer__that_finds_nothing_names_an_error_report),
		cmocka_unit_test(text__is_a_string_or_a_canonical_form),
		cmocka_unit_test(
		    text__is_refused_when_null_or_empty_or_without_one_form),
		cmocka_unit_test(text__is_limited),
		cmocka_unit_test(path__must_lead_to_one_value),
		cmocka_unit_test(time__is_read_in_every_unit),
		cmocka_unit_test(
		    time__is_refused_when_missing_or_unreadable_or_absurd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
