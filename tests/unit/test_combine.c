/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "tests/unit/statements.h"
#include "verify/combine.h"

/* The median and spread of texts with these decimals, as text. */
static void combines(const char *const *texts, size_t n, uint8_t decimals,
    const char *want_value, const char *want_spread)
{
	const struct combine_method *m = combine_find(span_text("median"));
	struct dec values[LIMIT_SOURCES], value, spread;
	struct fault f = FAULT_INIT;
	char text[DEC_TEXT_SIZE];

	assert_non_null(m);
	for (size_t i = 0; i < n; i++)
		assert_ok(dec_parse(span_text(texts[i]), decimals, DEC_EXACT,
			      &values[i], &f),
		    f);
	assert_ok(combine_values(m, values, n, &value, &spread, &f), f);
	assert_string_equal(dec_format(&value, text), want_value);
	assert_string_equal(dec_format(&spread, text), want_spread);
}

static void median__of_an_odd_number_is_the_middle_one(void **state)
{
	static const char *const one[] = { "7" };
	static const char *const three[] = { "3", "1", "2" };
	static const char *const five[] = { "-5", "10", "0", "-5", "99" };

	(void)state;
	combines(one, 1, 0, "7", "0");
	combines(three, 3, 2, "2", "2");
	combines(five, 5, 0, "0", "104");
}

static void median__of_an_even_number_is_the_mean_to_even(void **state)
{
	static const char *const up[] = { "0.01", "0.02" };
	static const char *const down[] = { "0.02", "0.03" };
	static const char *const both[] = { "-0.01", "0.02", "9", "-9" };
	static const char *const exact[] = { "4", "1", "3", "2" };

	(void)state;
	combines(up, 2, 2, "0.02", "0.01");
	combines(down, 2, 2, "0.02", "0.01");
	combines(both, 4, 2, "0", "18");
	combines(exact, 4, 1, "2.5", "3");
	combines(exact, 4, 0, "2", "3");
}

static void combine_values__wants_one_value(void **state)
{
	const struct combine_method *m = combine_find(span_text("median"));
	struct dec none[1], value, spread;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(combine_values(m, none, 0, &value, &spread, &f), f,
	    FAULT_INTERNAL, "combine.values");
	assert_null(combine_find(span_text("mean")));
	assert_null(combine_find(span_of(NULL, 0)));
}

static void combine_check__repeats_what_the_statement_says(void **state)
{
	static struct statement s;
	struct fault f = FAULT_INIT;

	(void)state;
	statements_many(&s);
	assert_ok(combine_check(&s, &f), f);
	s.value = span_text("101.99999999");
	assert_refused(
	    combine_check(&s, &f), f, FAULT_FORMAT, "statement.value");
	statements_many(&s);
	s.spread = span_text("2.50000001");
	assert_refused(
	    combine_check(&s, &f), f, FAULT_FORMAT, "statement.spread");
	/* A value that was rejected counts when it is said to be used. */
	statements_many(&s);
	s.source[3].used = true;
	assert_refused(
	    combine_check(&s, &f), f, FAULT_FORMAT, "statement.value");
	statements_many(&s);
	s.method = span_text("newest");
	assert_refused(
	    combine_check(&s, &f), f, FAULT_UNSUPPORTED, "statement.method");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(median__of_an_odd_number_is_the_middle_one),
		cmocka_unit_test(median__of_an_even_number_is_the_mean_to_even),
		cmocka_unit_test(combine_values__wants_one_value),
		cmocka_unit_test(
		    combine_check__repeats_what_the_statement_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
