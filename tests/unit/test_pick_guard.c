/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/pick_guard.h"

#include "tests/unit/check.h"
#include "verify/pick.h"

static struct pick_guard want_text(const char *pointer, const char *text)
{
	return (struct pick_guard){ pointer, PICK_WANT_TEXT, text, false };
}

static struct pick_guard want_number(const char *pointer, const char *digits)
{
	return (struct pick_guard){ pointer, PICK_WANT_NUMBER, digits, false };
}

static struct pick_guard want_flag(const char *pointer, bool flag)
{
	return (struct pick_guard){ pointer, PICK_WANT_BOOL, NULL, flag };
}

static bool judge(const struct pick_rule *c, const char *body, struct fault *f)
{
	AUTO(picked_drop) struct picked p = { 0 };
	struct pick_rule whole = *c;

	whole.pick = "/p";
	return pick_json.pick(
	    &whole, span_text(body), (struct utc){ 0 }, &p, f);
}

static bool requires(struct pick_guard g, const char *body, struct fault *f)
{
	const struct pick_rule c = { .require = &g, .n_require = 1 };

	return judge(&c, body, f);
}

static bool forbids(const char *pointer, const char *body, struct fault *f)
{
	const struct pick_rule c = { .forbid = &pointer, .n_forbid = 1 };

	return judge(&c, body, f);
}

static void require__takes_equal_values_only(void **state)
{
	const struct {
		struct pick_guard g;
		const char *good, *bad[5];
	} cases[] = {
		{ want_text("/s", "ok"), "{\"p\":1,\"s\":\"ok\"}",
		    { "{\"p\":1,\"s\":\"OK\"}", "{\"p\":1,\"s\":\"\"}",
			"{\"p\":1,\"s\":true}", "{\"p\":1,\"s\":null}",
			"{\"p\":1}" } },
		{ want_number("/s", "0"), "{\"p\":1,\"s\":0}",
		    { "{\"p\":1,\"s\":10001}", "{\"p\":1,\"s\":\"0\"}",
			"{\"p\":1,\"s\":false}", "{\"p\":1,\"s\":[]}",
			"{\"p\":1,\"s\":1e-60}" } },
		{ want_number("/s", "-5"), "{\"p\":1,\"s\":-5.0}",
		    { "{\"p\":1,\"s\":5}", "{\"p\":1,\"s\":-5.1}",
			"{\"p\":1,\"s\":-1e99}", "{\"p\":1,\"s\":1e-99}",
			"{\"p\":1,\"s\":{}}" } },
		{ want_flag("/s", true), "{\"p\":1,\"s\":true}",
		    { "{\"p\":1,\"s\":false}", "{\"p\":1,\"s\":\"true\"}",
			"{\"p\":1,\"s\":1}", "{\"p\":1,\"s\":null}",
			"{\"p\":1}" } },
		{ want_flag("/s", false), "{\"p\":1,\"s\":false}",
		    { "{\"p\":1,\"s\":true}", "{\"p\":1,\"s\":0}",
			"{\"p\":1,\"s\":\"\"}", "{\"p\":1,\"s\":null}",
			"{\"p\":1}" } },
		{ want_text("/d/0/b", "BTC"),
		    "{\"p\":1,\"d\":[{\"b\":\"BTC\"}]}",
		    { "{\"p\":1,\"d\":[{\"b\":\"EUR\"}]}", "{\"p\":1,\"d\":[]}",
			"{\"p\":1,\"d\":{}}", "{\"p\":1,\"d\":[{}]}",
			"{\"p\":1}" } },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_ok(requires(cases[i].g, cases[i].good, &f), f);
		for (size_t k = 0; k < COUNT(cases[i].bad); k++) {
			assert_false(requires(cases[i].g, cases[i].bad[k], &f));
			assert_non_null(strstr(f.text, cases[i].g.pointer));
			assert_fault(f, FAULT_REMOTE, "source.guard");
		}
	}
}

static void forbid__takes_absence_and_emptiness_only(void **state)
{
	static const char *const good[] = { "{\"p\":1}",
		"{\"p\":1,\"error\":null}", "{\"p\":1,\"error\":\"\"}",
		"{\"p\":1,\"error\":[]}", "{\"p\":1,\"error\":{}}" };
	static const char *const bad[] = { "{\"p\":1,\"error\":\"EQuery\"}",
		"{\"p\":1,\"error\":[null]}", "{\"p\":1,\"error\":{\"c\":0}}",
		"{\"p\":1,\"error\":0}", "{\"p\":1,\"error\":false}",
		"{\"p\":1,\"error\":true}" };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_ok(forbids("/error", good[i], &f), f);
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_false(forbids("/error", bad[i], &f));
		assert_non_null(strstr(f.text, "\"/error\""));
		assert_null(strstr(f.text, "EQuery"));
		assert_fault(f, FAULT_REMOTE, "source.guard");
	}
	assert_ok(forbids("/error/0", "{\"p\":1,\"error\":[]}", &f), f);
	assert_refused(forbids("/error/0", "{\"p\":1,\"error\":[\"x\"]}", &f),
	    f, FAULT_REMOTE, "source.guard");
}

/* An error report has no value either: the guard is the better reason. */
static void guards__come_before_the_pick(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(requires(want_number("/code", "0"), "{\"code\":7}", &f),
	    f, FAULT_REMOTE, "source.guard");
	assert_refused(requires(want_number("/code", "0"), "{\"code\":0}", &f),
	    f, FAULT_REMOTE, "source.pick");
	assert_refused(requires(want_number("/code", "0"), "<html>", &f), f,
	    FAULT_REMOTE, "source.json");
}

static void guards__must_all_hold(void **state)
{
	const struct pick_guard both[] = { want_text("/a", "1"),
		want_text("/b", "2") };
	const char *const forbidden[] = { "/x", "/y" };
	const struct pick_rule c = { .require = both,
		.n_require = 2,
		.forbid = forbidden,
		.n_forbid = 2 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(judge(&c, "{\"p\":1,\"a\":\"1\",\"b\":\"2\"}", &f), f);
	assert_false(judge(&c, "{\"p\":1,\"a\":\"1\",\"b\":\"3\"}", &f));
	assert_non_null(strstr(f.text, "\"/b\""));
	assert_fault(f, FAULT_REMOTE, "source.guard");
	assert_false(
	    judge(&c, "{\"p\":1,\"a\":\"1\",\"b\":\"2\",\"y\":1}", &f));
	assert_non_null(strstr(f.text, "\"/y\""));
	assert_fault(f, FAULT_REMOTE, "source.guard");
}

static void check__names_the_member_that_is_wrong(void **state)
{
	struct pick_guard many[LIMIT_GUARDS + 1];
	const char *paths[LIMIT_GUARDS + 1];
	char longest[LIMIT_GUARD_TEXT + 2] = "";
	struct pick_guard bad[] = { want_text("s", "x"), want_text("/a~2", "x"),
		want_text("/s", longest), want_number("/s", "1.0"),
		want_number("/s", "1e3"), want_number("/s", "-"),
		want_number("/s", "9007199254740992") };
	struct pick_rule c = { .require = many };
	const char *wrong = "error";
	struct fault f = FAULT_INIT;

	(void)state;
	memset(longest, 'a', LIMIT_GUARD_TEXT + 1);
	for (size_t i = 0; i < COUNT(bad); i++) {
		const struct pick_rule one = { .require = &bad[i],
			.n_require = 1 };
		assert_refused(
		    pick_guard_check(&one, &f), f, FAULT_CONFIG, "/require");
	}
	for (size_t i = 0; i < COUNT(many); i++) {
		many[i] = want_number("/s", "-9007199254740991");
		paths[i] = "";
	}
	c.forbid = paths;
	c.n_require = c.n_forbid = LIMIT_GUARDS;
	assert_ok(pick_guard_check(&c, &f), f);
	c.n_forbid++;
	assert_refused(pick_guard_check(&c, &f), f, FAULT_CONFIG, "/forbid");
	c.n_require++;
	assert_refused(pick_guard_check(&c, &f), f, FAULT_CONFIG, "/require");
	c = (struct pick_rule){ .forbid = &wrong, .n_forbid = 1 };
	assert_refused(pick_guard_check(&c, &f), f, FAULT_CONFIG, "/forbid");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(require__takes_equal_values_only),
		cmocka_unit_test(forbid__takes_absence_and_emptiness_only),
		cmocka_unit_test(guards__come_before_the_pick),
		cmocka_unit_test(guards__must_all_hold),
		cmocka_unit_test(check__names_the_member_that_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
