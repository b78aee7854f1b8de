/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "verify/intel_status.h"

#define UP INTEL_UP_TO_DATE
#define OUT INTEL_OUT_OF_DATE
#define OUTC INTEL_OUT_OF_DATE_CONFIGURATION
#define REV INTEL_REVOKED

/* The table of section 10.8, row by row. */
static void merge__is_the_table_and_not_the_worse_of_two(void **state)
{
	static const struct {
		enum intel_status current, out_of_date;
	} rows[] = {
		{ INTEL_UP_TO_DATE, OUT },
		{ INTEL_SW_HARDENING, OUT },
		{ INTEL_CONFIGURATION, OUTC },
		{ INTEL_CONFIGURATION_AND_SW_HARDENING, OUTC },
		{ INTEL_OUT_OF_DATE, OUT },
		{ INTEL_OUT_OF_DATE_CONFIGURATION, OUTC },
		{ INTEL_REVOKED, REV },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum intel_status s = rows[i].current;

		assert_int_equal(intel_status_merge(s, UP), s);
		assert_int_equal(
		    intel_status_merge(s, OUT), rows[i].out_of_date);
		assert_int_equal(intel_status_merge(s, REV), REV);
	}
}

static void names__are_read_back(void **state)
{
	(void)state;
	for (int i = 0; i < INTEL_STATUS_COUNT; i++) {
		enum intel_status s;

		assert_true(intel_status_parse(
		    intel_status_name((enum intel_status)i), &s));
		assert_int_equal(s, i);
	}
}

static void names__are_exact(void **state)
{
	enum intel_status s;

	(void)state;
	assert_false(intel_status_parse("uptodate", &s));
	assert_false(intel_status_parse("UpToDate ", &s));
	assert_false(intel_status_parse("", &s));
}

static void levels__never_say_relaunch(void **state)
{
	(void)state;
	assert_true(intel_status_is_level(INTEL_REVOKED));
	assert_false(intel_status_is_level(INTEL_RELAUNCH));
	assert_false(intel_status_is_level(INTEL_RELAUNCH_CONFIGURATION));
	assert_true(intel_status_is_plain(INTEL_OUT_OF_DATE));
	assert_false(intel_status_is_plain(INTEL_SW_HARDENING));
	assert_false(intel_status_is_plain(INTEL_RELAUNCH));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merge__is_the_table_and_not_the_worse_of_two),
		cmocka_unit_test(names__are_read_back),
		cmocka_unit_test(names__are_exact),
		cmocka_unit_test(levels__never_say_relaunch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
