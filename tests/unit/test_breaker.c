/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/breaker.h"

#include "tests/unit/check.h"

/* 5 percent at most; three rounds that agree within one percent. */
static const struct aggregate_config cfg = {
	.max_jump_bps = 500,
	.confirm_rounds = 3,
	.max_deviation_bps = 100,
};

static struct dec number(const char *text)
{
	struct fault f = FAULT_INIT;
	struct dec v;

	assert_ok(dec_parse(span_text(text), 2, DEC_EXACT, &v, &f), f);
	return v;
}

/* Whether `value` passes with 100 published. */
static bool passes(struct breaker *b, const char *value)
{
	const struct dec published = number("100"), v = number(value);
	struct fault f = FAULT_INIT;

	if (breaker_pass(b, &cfg, &published, &v, &f))
		return true;
	assert_fault(f, FAULT_REMOTE, BREAKER_AT);
	return false;
}

static void breaker__lets_pass_what_does_not_jump(void **state)
{
	struct breaker b = { 0 };

	(void)state;
	assert_true(passes(&b, "100"));
	assert_true(passes(&b, "105")); /* exactly five percent */
	assert_true(passes(&b, "95"));
	assert_false(passes(&b, "105.01"));
	assert_false(passes(&b, "94.99"));
}

static void breaker__has_nothing_to_compare_the_first_value_with(void **state)
{
	const struct dec v = number("500");
	struct breaker b = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(breaker_pass(&b, &cfg, NULL, &v, &f), f);
}

static void breaker__is_off_with_zero(void **state)
{
	const struct aggregate_config off = { .confirm_rounds = 3 };
	const struct dec published = number("1"), v = number("500");
	struct breaker b = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(breaker_pass(&b, &off, &published, &v, &f), f);
}

static void breaker__gives_way_to_rounds_that_agree(void **state)
{
	struct breaker b = { 0 };

	(void)state;
	assert_false(passes(&b, "200"));
	assert_false(passes(&b, "202")); /* one percent of the first */
	assert_true(passes(&b, "198"));
	/* Should it not be published, the next round has its say. */
	assert_true(passes(&b, "200"));
}

static void breaker__starts_again_where_rounds_do_not_agree(void **state)
{
	struct breaker b = { 0 };

	(void)state;
	assert_false(passes(&b, "200"));
	assert_false(passes(&b, "201"));
	assert_false(passes(&b, "202.01")); /* of the first, not the last */
	assert_false(passes(&b, "202"));
	assert_true(passes(&b, "202"));
}

static void breaker__starts_again_after_a_return(void **state)
{
	struct breaker b = { 0 };

	(void)state;
	assert_false(passes(&b, "200"));
	assert_false(passes(&b, "200"));
	assert_true(passes(&b, "101"));
	assert_false(passes(&b, "200"));
	assert_false(passes(&b, "200"));
	assert_true(passes(&b, "200"));
}

static void breaker__starts_again_after_a_round_without_a_value(void **state)
{
	struct breaker b = { 0 };

	(void)state;
	assert_false(passes(&b, "200"));
	assert_false(passes(&b, "200"));
	breaker_interrupt(&b);
	assert_false(passes(&b, "200"));
	assert_false(passes(&b, "200"));
	assert_true(passes(&b, "200"));
}

static void breaker__compares_across_decimals_and_signs(void **state)
{
	const struct dec minus = number("-100"), plus = number("100");
	const struct dec zero = number("0");
	struct breaker b = { 0 };
	struct fault f = FAULT_INIT;
	struct dec fine;

	(void)state;
	assert_ok(dec_parse(span_text("100.0001"), 8, DEC_EXACT, &fine, &f), f);
	assert_ok(breaker_pass(&b, &cfg, &plus, &fine, &f), f);
	assert_refused(breaker_pass(&b, &cfg, &minus, &plus, &f), f,
	    FAULT_REMOTE, BREAKER_AT);
	/* From zero every other number is a jump. */
	assert_ok(breaker_pass(&b, &cfg, &zero, &zero, &f), f);
	assert_refused(breaker_pass(&b, &cfg, &zero, &plus, &f), f,
	    FAULT_REMOTE, BREAKER_AT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(breaker__lets_pass_what_does_not_jump),
		cmocka_unit_test(
		    breaker__has_nothing_to_compare_the_first_value_with),
		cmocka_unit_test(breaker__is_off_with_zero),
		cmocka_unit_test(breaker__gives_way_to_rounds_that_agree),
		cmocka_unit_test(
		    breaker__starts_again_where_rounds_do_not_agree),
		cmocka_unit_test(breaker__starts_again_after_a_return),
		cmocka_unit_test(
		    breaker__starts_again_after_a_round_without_a_value),
		cmocka_unit_test(breaker__compares_across_decimals_and_signs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
