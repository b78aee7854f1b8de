/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/pick.h"

#include "tests/unit/check.h"
#include "verify/pick.h"

#include <stdlib.h>

static struct pick_rule by_line(uint32_t line)
{
	return (struct pick_rule){
		.line = line,
		.is_number = true,
		.must_be_positive = true,
		.decimals = 8,
		.rounding = DEC_HALF_EVEN,
	};
}

static struct pick_rule by_match(const char *match)
{
	struct pick_rule c = by_line(0);

	c.match = match;
	return c;
}

static struct pick_rule as_text(struct pick_rule c)
{
	c.is_number = c.must_be_positive = false;
	return c;
}

static bool pick_span(
    struct pick_rule c, struct span body, struct picked *out, struct fault *f)
{
	return pick_line.pick(
	    &c, body, (struct utc){ INT64_C(1768478400000) }, out, f);
}

static bool pick(
    struct pick_rule c, const char *body, struct picked *out, struct fault *f)
{
	return pick_span(c, span_text(body), out, f);
}

#define assert_picks(config, body, want)                         \
	do {                                                     \
		AUTO(picked_drop) struct picked p_ = { 0 };      \
		struct fault f_ = FAULT_INIT;                    \
		assert_ok(pick((config), (body), &p_, &f_), f_); \
		assert_string_equal((char *)p_.text.p, (want));  \
		assert_false(p_.has_time);                       \
	} while (0)

#define assert_picks_not(config, body, at)                                     \
	do {                                                                   \
		struct picked p_ = { 0 };                                      \
		struct fault f_ = FAULT_INIT;                                  \
		assert_refused(                                                \
		    pick((config), (body), &p_, &f_), f_, FAULT_REMOTE, (at)); \
		assert_null(p_.text.p);                                        \
	} while (0)

static void line__is_taken_by_its_number(void **state)
{
	(void)state;
	assert_picks(by_line(1), "925114", "925114");
	assert_picks(by_line(1), "925114\n", "925114");
	assert_picks(by_line(1),
	    "\xef\xbb\xbf"
	    "925114\r\n",
	    "925114");
	assert_picks(by_line(2), "a\n \t1.50 \nb", "1.5");
	assert_picks(by_line(3), "\r\n\r\n7\r\n", "7");
	assert_picks(as_text(by_line(2)),
	    "a\nBr\xc3\xbc"
	    "cke 7 \n",
	    "Br\xc3\xbc"
	    "cke 7");
	assert_picks_not(by_line(1), "", "source.pick");
	assert_picks_not(by_line(2), "1\n", "source.pick");
	assert_picks_not(by_line(4), "1\n2\n3", "source.pick");
}

static void match__takes_the_first_group_of_the_first_line(void **state)
{
	static const char table[] = "EUR|1 000|n\n"
				    "USD|21.5|x\n"
				    "USD|99.9|x\n"
				    "XDR|28.1|";
	struct pick_rule c = by_match("^USD\\|([0-9.]+)\\|");

	(void)state;
	assert_picks(c, table, "21.5");
	c.line = 3;
	assert_picks(c, table, "99.9");
	c.line = 1;
	assert_picks_not(c, table, "source.pick");
	assert_picks(by_match("^XDR.([^|]*)"), table, "28.1");
	assert_picks(by_match("price[[:blank:]]*=[[:blank:]]*([]0-9.[]+)$"),
	    "price = 3.25\r\n", "3.25");
	assert_picks(by_match("([[:digit:]]+)(st|nd)"), "the 42nd", "42");
	assert_picks(as_text(by_match("<title>(.*)</title>")),
	    "<title>A b</title>", "A b");
	/* Lines are matched one by one: none reaches into the next. */
	assert_picks_not(by_match("USD(.*)x.*99"), table, "source.pick");
	assert_picks_not(by_match("^(CZK)"), table, "source.pick");
	/* The group that counts is the first, matched or not. */
	assert_picks_not(by_match("(a)|b"), "b", "source.pick");
	/* Null of a match in an empty body. */
	assert_picks_not(by_match("(.*)"), "", "source.pick");
}

static void number__is_exactly_a_decimal(void **state)
{
	static const char *const bad[] = { "97.234,12", "97234,12", "1 000",
		"$97234", "97234.12 USD", "", "<html>", "0x10", "+1", "0", "-1",
		"1_000", "NaN" };
	struct pick_rule c = by_line(1);

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		char body[32];

		snprintf(body, sizeof(body), "%s\n", bad[i]);
		assert_picks_not(c, body, "source.value");
	}
	/* A comma in front of which a group could stop is still there. */
	assert_picks_not(
	    by_match("rate ([0-9,]+)"), "rate 1,5", "source.value");
	c.form = "hex";
	c.scale = -1;
	assert_picks(c, "0x10", "1.6");
}

static void text__has_neither_control_characters_nor_other_encodings(
    void **state)
{
	struct picked p = { 0 };
	struct fault f = FAULT_INIT;
	char body[LIMIT_TEXT + 2] = "";

	(void)state;
	assert_picks_not(as_text(by_line(1)), "a\tb", "source.value");
	assert_picks_not(as_text(by_line(1)), "a\x7f", "source.value");
	assert_picks_not(as_text(by_line(1)),
	    "Br\xfc"
	    "cke",
	    "source.value");
	assert_picks_not(as_text(by_line(1)), " \t", "source.value");
	assert_refused(
	    pick_span(as_text(by_line(1)), span_of("a\0b", 3), &p, &f), f,
	    FAULT_REMOTE, "source.pick");
	memset(body, 'a', LIMIT_TEXT + 1);
	assert_picks_not(as_text(by_line(1)), body, "source.limit");
	body[LIMIT_TEXT] = '\0';
	assert_picks(as_text(by_line(1)), body, body);
}

static void body__is_limited_as_a_whole_and_by_the_line(void **state)
{
	AUTO(blob_drop) struct blob b = { 0 };
	struct picked p = { 0 };
	struct fault f = FAULT_INIT;
	char line[LIMIT_TEXT_LINE + 4];

	(void)state;
	b.p = malloc(LIMIT_TEXT_BODY + 1);
	assert_non_null(b.p);
	memset(b.p, '\n', LIMIT_TEXT_BODY + 1);
	b.p[0] = '7';
	assert_ok(
	    pick_span(by_line(1), span_of(b.p, LIMIT_TEXT_BODY), &p, &f), f);
	picked_drop(&p);
	assert_refused(
	    pick_span(by_line(1), span_of(b.p, LIMIT_TEXT_BODY + 1), &p, &f), f,
	    FAULT_REMOTE, "source.limit");

	memset(line, 'a', sizeof(line));
	memcpy(&line[LIMIT_TEXT_LINE - 1], "7\n", 3);
	assert_picks(by_match("([0-9])"), line, "7");
	memcpy(&line[LIMIT_TEXT_LINE - 1], "a7\n", 4);
	assert_picks_not(by_match("([0-9])"), line, "source.limit");
}

static void check__wants_a_bounded_expression_with_a_group(void **state)
{
	static const char *const good[] = { "(a)", "a(b|c)d", "([]{}])",
		"([^]{]*)", "\\{(x)\\}", "(\\\\)", "([[:alpha:]{}]+)",
		"(a)(b)(c)(d)", "(})", "([*+?]+)", "\\+(a)?", "(\\)*)",
		"([)]*)" };
	static const char *const bad[] = { "", "a", ".*", "(a", "a)(", "*(a)**",
		"([a)", "([]a)", "([[:alpha])", "([[:nonsense:]])", "([[.a.]])",
		"([[=a=]])", "(a{2})", "(a){1,255}", "(a++)", "(a)*", "(a)+",
		"((a*$)(a*)*)*", "((a)?b)+", "(a*?)", "(a?*)", "(+a)", "(a|*b)",
		"^*(a)", "a{(b)", "(a)\\1", "(\\w)", "(\\b)", "(a)\\",
		"(a)(b)(c)(d)(e)", "(\t)", "(\xc3\xa9)" };
	char longest[LIMIT_MATCH_BYTES + 2] = "(";
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		const struct pick_rule c = by_match(good[i]);

		if (!pick_line.check(&c, &f))
			print_error("%s\n", good[i]);
		assert_ok(f.kind == FAULT_NONE, f);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		const struct pick_rule c = by_match(bad[i]);

		if (pick_line.check(&c, &f))
			fail_msg("%s is taken", bad[i]);
		assert_fault(f, FAULT_CONFIG, "/match");
	}
	memset(longest + 1, 'a', LIMIT_MATCH_BYTES - 1);
	longest[LIMIT_MATCH_BYTES - 1] = ')';
	{
		struct pick_rule c = by_match(longest);

		assert_ok(pick_line.check(&c, &f), f);
		memcpy(longest + LIMIT_MATCH_BYTES - 1, "a)", 2);
		assert_refused(
		    pick_line.check(&c, &f), f, FAULT_CONFIG, "/match");
	}
}

static void check__refuses_what_is_for_json(void **state)
{
	const struct pick_guard guard = { "/a", PICK_WANT_BOOL, NULL, true };
	const char *const forbidden[] = { "/e" };
	struct fault f = FAULT_INIT;

	(void)state;
#define refuse(member, value, at)                                    \
	do {                                                         \
		struct pick_rule c = by_line(1);                     \
		c.require = &guard;                                  \
		c.forbid = forbidden;                                \
		c.member = (value);                                  \
		assert_refused(                                      \
		    pick_line.check(&c, &f), f, FAULT_CONFIG, (at)); \
	} while (0)
	refuse(pick, "", "/pick");
	refuse(time_pick, "/t", "/time_pick");
	refuse(time_unit, "s", "/time_unit");
	refuse(n_require, 1, "/require");
	refuse(n_forbid, 1, "/forbid");
	refuse(line, 0, "/match");
	refuse(line, LIMIT_TEXT_BODY + 1, "/line");
	refuse(form, "octal", "/form");
#undef refuse
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line__is_taken_by_its_number),
		cmocka_unit_test(
		    match__takes_the_first_group_of_the_first_line),
		cmocka_unit_test(number__is_exactly_a_decimal),
		cmocka_unit_test(
		    text__has_neither_control_characters_nor_other_encodings),
		cmocka_unit_test(body__is_limited_as_a_whole_and_by_the_line),
		cmocka_unit_test(
		    check__wants_a_bounded_expression_with_a_group),
		cmocka_unit_test(check__refuses_what_is_for_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
