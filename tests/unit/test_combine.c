/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "tests/unit/statements.h"
#include "verify/combine.h"

/* Numbers with these decimals; weights follow as they stand. */
static void fill(struct combine_value *out, const char *const *texts,
    const uint64_t *weights, size_t n, uint8_t decimals)
{
	struct fault f = FAULT_INIT;

	for (size_t i = 0; i < n; i++) {
		out[i].weight = weights != NULL ? weights[i] : 0;
		assert_ok(dec_parse(span_text(texts[i]), decimals, DEC_EXACT,
			      &out[i].number, &f),
		    f);
	}
}

static const struct combine_method *method(const char *id)
{
	const struct combine_method *m = combine_find(span_text(id));

	assert_non_null(m);
	return m;
}

/* The median and spread of texts with these decimals, as text. */
static void combines(const char *const *texts, size_t n, uint8_t decimals,
    const char *want_value, const char *want_spread)
{
	struct combine_value values[LIMIT_SOURCES];
	struct dec value, spread;
	struct fault f = FAULT_INIT;
	char text[DEC_TEXT_SIZE];

	fill(values, texts, NULL, n, decimals);
	assert_ok(
	    combine_values(method("median"), 0, values, n, &value, &spread, &f),
	    f);
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

/* ---- weighted median ---------------------------------------------------- */

static void weighted_median__is_where_half_of_the_weight_is(void **state)
{
	static const struct {
		const char *texts[4];
		uint64_t weights[4];
		size_t n;
		const char *want;
	} rows[] = {
		{ { "7" }, { 1000000 }, 1, "7" },
		/* Equal weights: the median. */
		{ { "3", "1", "2" }, { 5, 5, 5 }, 3, "2" },
		{ { "1", "2", "4", "8" }, { 1, 1, 1, 1 }, 4, "3" },
		/* One alone outweighs the others. */
		{ { "1", "2", "9" }, { 1, 1, 3 }, 3, "9" },
		{ { "9", "1", "2" }, { 1, 3, 1 }, 3, "1" },
		/* Exactly half: with the next one. */
		{ { "1", "2", "9" }, { 1, 1, 2 }, 3, "5.5" },
		{ { "10", "1" }, { 1, 1 }, 2, "5.5" },
		{ { "10", "1" }, { 2, 1 }, 2, "10" },
		{ { "10", "1" }, { 1, 2 }, 2, "1" },
		/* Equal values share one place in the order. */
		{ { "5", "5", "1" }, { 1, 1, 2 }, 3, "3" },
		{ { "5", "5", "1" }, { 2, 1, 2 }, 3, "5" },
		{ { "-0.1", "0.2" }, { 4, 4 }, 2, "0" },
		{ { "0.1", "0.2" }, { 4, 4 }, 2, "0.2" },
		{ { "1", "2", "3", "4" }, { 1000000, 1, 1, 999998 }, 4, "1.5" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct combine_value values[4];
		struct dec value, spread;
		struct fault f = FAULT_INIT;
		char text[DEC_TEXT_SIZE];

		fill(values, rows[i].texts, rows[i].weights, rows[i].n, 1);
		assert_ok(combine_values(method("weighted-median"), 0, values,
			      rows[i].n, &value, &spread, &f),
		    f);
		assert_string_equal(dec_format(&value, text), rows[i].want);
	}
}

static void weighted_median__refuses_a_weight_out_of_range(void **state)
{
	static const char *const texts[] = { "1", "2" };
	static const uint64_t zero[] = { 1, 0 }, more[] = { 1000001, 1 };
	const struct combine_method *m = method("weighted-median");
	struct combine_value values[2];
	struct dec value, spread;
	struct fault f = FAULT_INIT;

	(void)state;
	fill(values, texts, zero, 2, 0);
	assert_refused(combine_values(m, 0, values, 2, &value, &spread, &f), f,
	    FAULT_FORMAT, "combine.weight");
	fill(values, texts, more, 2, 0);
	assert_refused(combine_values(m, 0, values, 2, &value, &spread, &f), f,
	    FAULT_FORMAT, "combine.weight");
}

/* ---- trimmed mean ------------------------------------------------------- */

static void trimmed_mean__leaves_out_both_ends(void **state)
{
	static const struct {
		const char *texts[7];
		size_t n;
		uint64_t trim;
		const char *want;
	} rows[] = {
		{ { "7" }, 1, 0, "7" },
		{ { "1", "2", "6" }, 3, 0, "3" },
		{ { "100", "1", "2" }, 3, 1, "2" },
		{ { "100", "1", "2", "5" }, 4, 1, "3.5" },
		{ { "9", "1", "2", "5", "-50" }, 5, 2, "2" },
		{ { "1", "1", "1", "2", "2", "2", "2" }, 7, 2, "1.7" },
		/* A tie at the last digit: to the even one, on both sides. */
		{ { "0", "0.1", "0.2", "9" }, 4, 1, "0.2" },
		{ { "0", "0.2", "0.3", "9" }, 4, 1, "0.2" },
		{ { "-9", "-0.1", "-0.2", "9" }, 4, 1, "-0.2" },
		{ { "-9", "-0.3", "-0.2", "9" }, 4, 1, "-0.2" },
		{ { "-9", "-0.1", "0", "9" }, 4, 1, "0" },
		/* A third and two thirds. */
		{ { "-9", "0", "0", "0.1", "9" }, 5, 1, "0" },
		{ { "-9", "0", "0.1", "0.1", "9" }, 5, 1, "0.1" },
		{ { "-9", "0", "-0.1", "-0.1", "9" }, 5, 1, "-0.1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct combine_value values[7];
		struct dec value, spread;
		struct fault f = FAULT_INIT;
		char text[DEC_TEXT_SIZE];

		fill(values, rows[i].texts, NULL, rows[i].n, 1);
		assert_ok(combine_values(method("trimmed-mean"), rows[i].trim,
			      values, rows[i].n, &value, &spread, &f),
		    f);
		assert_string_equal(dec_format(&value, text), rows[i].want);
	}
}

/* What was left out was used to know that: the spread has it. */
static void trimmed_mean__spread_is_that_of_all_values_used(void **state)
{
	static const char *const texts[] = { "1", "2", "9" };
	struct combine_value values[3];
	struct dec value, spread;
	struct fault f = FAULT_INIT;
	char text[DEC_TEXT_SIZE];

	(void)state;
	fill(values, texts, NULL, 3, 0);
	assert_ok(combine_values(method("trimmed-mean"), 1, values, 3, &value,
		      &spread, &f),
	    f);
	assert_string_equal(dec_format(&spread, text), "8");
}

static void trimmed_mean__refuses_to_leave_nothing(void **state)
{
	static const char *const texts[] = { "1", "2", "3", "4" };
	static const uint64_t trims[] = { 2, 3, 16, UINT64_C(1) << 63,
		UINT64_MAX };
	struct combine_value values[4];
	struct dec value, spread;
	struct fault f = FAULT_INIT;

	(void)state;
	fill(values, texts, NULL, 4, 0);
	for (size_t i = 0; i < COUNT(trims); i++)
		assert_refused(combine_values(method("trimmed-mean"), trims[i],
				   values, 4, &value, &spread, &f),
		    f, FAULT_FORMAT, "combine.trim");
}

/* ---- first of ----------------------------------------------------------- */

static void first_of__is_the_one_value_used(void **state)
{
	static const char *const texts[] = { "5", "4" };
	struct combine_value values[2];
	struct dec value, spread;
	struct fault f = FAULT_INIT;
	char text[DEC_TEXT_SIZE];

	(void)state;
	fill(values, texts, NULL, 2, 0);
	assert_ok(combine_values(
		      method("first-of"), 0, values, 1, &value, &spread, &f),
	    f);
	assert_string_equal(dec_format(&value, text), "5");
	assert_true(dec_is_zero(&spread));
	assert_refused(combine_values(method("first-of"), 0, values, 2, &value,
			   &spread, &f),
	    f, FAULT_FORMAT, "combine.first-of");
}

/* ---- all of them -------------------------------------------------------- */

static void combine_values__wants_one_value(void **state)
{
	const struct combine_method *m = combine_find(span_text("median"));
	struct combine_value none[1];
	struct dec value, spread;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(combine_values(m, 0, none, 0, &value, &spread, &f), f,
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

/* The daemon's own numbers, and then one number elsewhere. */
static void combine_check__follows_the_method(void **state)
{
	static void (*const makers[])(struct statement *) = {
		statements_weighted,
		statements_trimmed,
		statements_first,
	};
	static struct statement s;
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(makers); i++) {
		makers[i](&s);
		assert_ok(combine_check(&s, &f), f);
		s.value = span_text("101");
		assert_refused(
		    combine_check(&s, &f), f, FAULT_FORMAT, "statement.value");
	}
	statements_weighted(&s);
	s.source[2].weight = 1;
	assert_refused(
	    combine_check(&s, &f), f, FAULT_FORMAT, "statement.value");
	statements_failover(&s);
	assert_ok(combine_check(&s, &f), f);
	s.value = span_text("snow");
	assert_refused(
	    combine_check(&s, &f), f, FAULT_FORMAT, "statement.value");
	/* Text has no middle. */
	statements_failover(&s);
	s.method = span_text("median");
	assert_refused(
	    combine_check(&s, &f), f, FAULT_UNSUPPORTED, "statement.method");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(median__of_an_odd_number_is_the_middle_one),
		cmocka_unit_test(median__of_an_even_number_is_the_mean_to_even),
		cmocka_unit_test(
		    weighted_median__is_where_half_of_the_weight_is),
		cmocka_unit_test(
		    weighted_median__refuses_a_weight_out_of_range),
		cmocka_unit_test(trimmed_mean__leaves_out_both_ends),
		cmocka_unit_test(
		    trimmed_mean__spread_is_that_of_all_values_used),
		cmocka_unit_test(trimmed_mean__refuses_to_leave_nothing),
		cmocka_unit_test(first_of__is_the_one_value_used),
		cmocka_unit_test(combine_values__wants_one_value),
		cmocka_unit_test(
		    combine_check__repeats_what_the_statement_says),
		cmocka_unit_test(combine_check__follows_the_method),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
