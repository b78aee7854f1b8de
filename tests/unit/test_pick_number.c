/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/pick_number.h"

#include "tests/unit/check.h"

static struct pick_rule plain(const char *form, int32_t scale)
{
	return (struct pick_rule){
		.is_number = true,
		.decimals = 8,
		.rounding = DEC_HALF_EVEN,
		.form = form,
		.scale = scale,
	};
}

static void hex__is_an_unsigned_integer_of_256_bits(void **state)
{
	static const struct {
		const char *digits, *want;
	} cases[] = {
		{ "0x0", "0" },
		{ "0x1", "1" },
		{ "0x2540be400", "10000000000" },
		{ "0xdeadBEEF", "3735928559" },
		{ "0x000000000000000000000000000000000000000000000000000000000"
		  "0000010",
		    "16" },
		/* 2^255 - 1 is the largest that a decimal holds. */
		{ "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffff",
		    "57896044618658097711785492504343953926634992332820282019"
		    "728792003956564819967" },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(picked_drop) struct picked p = { 0 };
		struct pick_rule c = plain("hex", 0);

		c.decimals = 0;
		assert_ok(pick_number_pick(
			      &c, span_text(cases[i].digits), "/p", &p, &f),
		    f);
		assert_string_equal((char *)p.text.p, cases[i].want);
	}
}

static void hex__is_refused_when_it_is_none(void **state)
{
	static const char *const bad[] = { "", "0", "0x", "x1", "0X1", "-0x1",
		"0x-1", "0xg", "0x1 ", " 0x1", "0x1.0", "10", "1e3",
		/* 65 digits; 2^255; 2^256 - 1 */
		"0x00000000000000000000000000000000000000000000000000000000000"
		"000001",
		"0x8000000000000000000000000000000000000000000000000000000000"
		"000000",
		"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		"ffffff" };
	struct picked p = { 0 };
	struct pick_rule c = plain("hex", 0);
	struct fault f = FAULT_INIT;

	(void)state;
	c.decimals = 0;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_refused(
		    pick_number_pick(&c, span_text(bad[i]), "/p", &p, &f), f,
		    FAULT_REMOTE, "source.value");
		assert_null(p.text.p);
	}
	/* And the other way round. */
	c.form = "decimal";
	assert_refused(pick_number_pick(&c, span_text("0x1"), "/p", &p, &f), f,
	    FAULT_REMOTE, "source.value");
}

static void scale__is_a_power_of_ten_with_one_rounding(void **state)
{
	static const struct {
		const char *form;
		int32_t scale;
		const char *digits, *want;
	} cases[] = {
		{ "decimal", 0, "1.25", "1.25" },
		{ NULL, 2, "1.25", "125" },
		{ "decimal", -2, "125", "1.25" },
		{ "decimal", -2, "1.25e4", "125" },
		{ "decimal", 3, "1.25E-2", "12.5" },
		{ "decimal", -3, "1.25e+4", "12.5" },
		{ "decimal", -2, "-5", "-0.05" },
		{ "decimal", 30, "0", "0" },
		/* What falls away is rounded once: half to even. */
		{ "decimal", -9, "15", "0.00000002" },
		{ "decimal", -9, "25", "0.00000002" },
		{ "decimal", -9, "25.1", "0.00000003" },
		{ "decimal", 30, "1e-30", "1" },
		{ "decimal", -30, "1e30", "1" },
		{ "decimal", 30, "1e-99999999999999999999", "0" },
		{ "hex", -18, "0xde0b6b3a7640000", "1" },
		{ "hex", -9, "0x2540be400", "10" },
		{ "hex", 2, "0x10", "1600" },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(picked_drop) struct picked p = { 0 };
		const struct pick_rule c = plain(cases[i].form, cases[i].scale);

		assert_ok(pick_number_pick(
			      &c, span_text(cases[i].digits), "/p", &p, &f),
		    f);
		assert_string_equal((char *)p.text.p, cases[i].want);
		assert_int_equal(p.number.decimals, 8);
	}
}

/* The exponent that we write never mends what is no number. */
static void scale__takes_no_other_numbers(void **state)
{
	static const char *const bad[] = { "", "e5", ".5", "1.", "1e", "1e+",
		"1e5e5", "1e5.0", "1e 5", "01", "+1", "1,5", "0x10", "1 ",
		"1e99999999999999999999", "1e80" };
	struct picked p = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		const struct pick_rule c = plain("decimal", 1);

		assert_refused(
		    pick_number_pick(&c, span_text(bad[i]), "/p", &p, &f), f,
		    FAULT_REMOTE, "source.value");
	}
}

static void price__scaled_to_nothing_is_refused(void **state)
{
	struct pick_rule c = plain("decimal", -30);
	struct picked p = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	c.must_be_positive = true;
	assert_refused(pick_number_pick(&c, span_text("97234"), "/p", &p, &f),
	    f, FAULT_REMOTE, "source.value");
	c.scale = -1;
	c.decimals = 0;
	c.rounding = DEC_EXACT;
	assert_refused(pick_number_pick(&c, span_text("15"), "/p", &p, &f), f,
	    FAULT_REMOTE, "source.value");
}

static void check__names_the_member_that_is_wrong(void **state)
{
	static const struct {
		const char *form;
		int32_t scale;
		bool is_text;
		const char *at;
	} cases[] = {
		{ "octal", 0, false, "/form" },
		{ "", 0, false, "/form" },
		{ "hex", 0, true, "/form" },
		{ "decimal", LIMIT_SCALE + 1, false, "/scale" },
		{ "decimal", -LIMIT_SCALE - 1, false, "/scale" },
		{ "decimal", INT32_MIN, false, "/scale" },
		{ "decimal", 1, true, "/scale" },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pick_rule c = plain(cases[i].form, cases[i].scale);

		c.is_number = !cases[i].is_text;
		assert_refused(
		    pick_number_check(&c, &f), f, FAULT_CONFIG, cases[i].at);
	}
	{
		struct pick_rule c = plain("hex", -LIMIT_SCALE);

		assert_ok(pick_number_check(&c, &f), f);
		c = plain(NULL, LIMIT_SCALE);
		assert_ok(pick_number_check(&c, &f), f);
		c = plain("decimal", 0);
		c.is_number = false;
		assert_ok(pick_number_check(&c, &f), f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hex__is_an_unsigned_integer_of_256_bits),
		cmocka_unit_test(hex__is_refused_when_it_is_none),
		cmocka_unit_test(scale__is_a_power_of_ten_with_one_rounding),
		cmocka_unit_test(scale__takes_no_other_numbers),
		cmocka_unit_test(price__scaled_to_nothing_is_refused),
		cmocka_unit_test(check__names_the_member_that_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
