/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every single bit of statement, signature and quote, flipped one at a time:
 * nobody takes any of it. A quote costs 37,000 judgements, so the sweep
 * is cut in parts that run beside each other.
 *
 *	test_sweep PART OF
 */
#include "tests/unit/check.h"
#include "tests/unit/response_world.h"

#include <stdlib.h>

static struct response_world world;
static struct verdict v;
static size_t part, parts;

static int open_world(void **state)
{
	(void)state;
	response_world_open(&world, NULL);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	verdict_drop(&v);
	response_world_close(&world);
	return 0;
}

static bool is_refused(void)
{
	return v.kind == VERDICT_REJECTED || v.kind == VERDICT_NOT_JUDGED;
}

/*
 * Without a quote the verdict is never good: so the failure has to be another
 * one than that, and it is found without a quote's dozen signatures.
 */
static bool is_refused_for_itself(void)
{
	const char *id = response_world_first_failure(&v);

	return is_refused() && strcmp(id, "") != 0 &&
	    strcmp(id, "quote.present") != 0;
}

static void sweep_text(void (*of)(struct statement *))
{
	static struct statement s;
	const struct response_plan plan = { .has_detail = true,
		.detail = RESPONSE_SIGNATURE };
	struct verify_options opt = response_world_options();
	struct blob response;

	of(&s);
	response = response_world_make(&world, &s, &plan);
	verify_response(blob_span(&response), &opt, &v);
	assert_string_equal(response_world_first_failure(&v), "quote.present");
	for (size_t bit = part; bit < 8 * response.n; bit += parts) {
		response.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		verdict_drop(&v);
		verify_response(blob_span(&response), &opt, &v);
		if (!is_refused_for_itself())
			fail_msg("bit %zu: %s\n%s", bit, v.summary,
			    (char *)response.p);
		response.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	blob_drop(&response);
}

static void sweep__statement_and_signature(void **state)
{
	(void)state;
	sweep_text(statements_one);
	sweep_text(statements_key);
}

/* The raw quote: its base64 text would hide bits from the judge. */
static void sweep__quote(void **state)
{
	static const uint8_t report_data[REPORT_DATA_BYTES] = { 1, 2, 3 };
	struct blob quote = response_world_quote(&world, report_data);
	struct verify_options opt = response_world_options();
	struct span expected = span_of(report_data, sizeof(report_data));

	(void)state;
	/* Without collateral: what it would refuse too is refused without. */
	verdict_drop(&v);
	verify_quote("tdx", blob_span(&quote), expected, &opt, &v);
	assert_int_equal(verdict_exit_code(v.kind), 3);
	for (size_t bit = part; bit < 8 * quote.n; bit += parts) {
		quote.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		verdict_drop(&v);
		verify_quote("tdx", blob_span(&quote), expected, &opt, &v);
		if (!is_refused())
			fail_msg("bit %zu: %s", bit, v.summary);
		quote.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	blob_drop(&quote);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sweep__statement_and_signature),
		cmocka_unit_test(sweep__quote),
	};

	part = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	parts = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	if (parts == 0 || part >= parts)
		return 2;
	return cmocka_run_group_tests(tests, open_world, close_world);
}
