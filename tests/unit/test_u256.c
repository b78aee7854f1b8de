/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/u256.h"

#include "tests/unit/check.h"
#include "tests/unit/evm.h"

#define MAX                                                                  \
	"115792089237316195423570985008687907853269984665640564039457584007" \
	"913129639935"
#define MAX_QUANTITY \
	"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static struct u256 number(const char *text)
{
	struct fault f = FAULT_INIT;
	struct u256 v = { 0 };

	assert_ok(u256_parse(span_text(text), &v, "test", &f), f);
	return v;
}

static void assert_number(struct u256 v, const char *want)
{
	char text[U256_TEXT_SIZE];

	assert_string_equal(u256_format(&v, text), want);
}

/* Decimal text, quantity and bytes of the same number, in all directions. */
static void u256__has_three_forms_of_one_number(void **state)
{
	static const struct {
		const char *text, *quantity;
	} rows[] = {
		{ "0", "0x0" },
		{ "1", "0x1" },
		{ "15", "0xf" },
		{ "16", "0x10" },
		{ "18446744073709551615", "0xffffffffffffffff" },
		{ "18446744073709551616", "0x10000000000000000" },
		{ "340282366920938463463374607431768211456",
		    "0x100000000000000000000000000000000" },
		{ MAX, MAX_QUANTITY },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault f = FAULT_INIT;
		char quantity[U256_QUANTITY_SIZE];
		struct u256 v = number(rows[i].text), q;
		uint8_t be[32];

		assert_number(v, rows[i].text);
		assert_string_equal(
		    u256_format_quantity(&v, quantity), rows[i].quantity);
		assert_ok(u256_parse_quantity(
			      span_text(rows[i].quantity), &q, "test", &f),
		    f);
		assert_int_equal(u256_compare(&v, &q), 0);
		u256_to_be(&v, be);
		q = u256_from_be(be);
		assert_int_equal(u256_compare(&v, &q), 0);
	}
}

/* The schoolbook of the test library says the same. */
static void u256_parse__agrees_with_every_integer_of_the_vectors(void **state)
{
	struct evm_file file = evm_open("rlp");
	size_t n = 0;

	(void)state;
	for (const struct json_node *c = json_first(file.cases); c != NULL;
	     c = json_next(c)) {
		uint8_t want[32], got[32];
		struct u256 v;

		if (!evm_has(c, "value"))
			continue;
		v = number(evm_text(c, "value"));
		u256_to_be(&v, got);
		evm_word(evm_get(c, "value"), want);
		EVM_TRUE(c, memcmp(got, want, sizeof(want)) == 0);
		n++;
	}
	assert_true(n > 0);
	evm_close(&file);
}

static void u256_parse__refuses_what_is_no_plain_integer(void **state)
{
	static const struct {
		const char *text;
		enum fault_kind kind;
		size_t offset;
	} rows[] = {
		{ "", FAULT_FORMAT, 0 },
		{ "00", FAULT_FORMAT, 0 },
		{ "01", FAULT_FORMAT, 0 },
		{ "+1", FAULT_FORMAT, 0 },
		{ "-1", FAULT_FORMAT, 0 },
		{ "1 ", FAULT_FORMAT, 1 },
		{ "1.0", FAULT_FORMAT, 1 },
		{ "0x1", FAULT_FORMAT, 1 },
		{ "11579208923731619542357098500868790785326998466564056403945"
		  "7584007913129639936",
		    FAULT_LIMIT, 77 },
		{ MAX "0", FAULT_LIMIT, 78 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault f = FAULT_INIT;
		struct u256 v = u256_of(7);

		assert_refused_at(
		    u256_parse(span_text(rows[i].text), &v, "test.at", &f), f,
		    rows[i].kind, "test.at", rows[i].offset);
		assert_number(v, "7");
	}
}

static void u256_parse_quantity__refuses_every_other_form(void **state)
{
	static const struct {
		const char *text;
		enum fault_kind kind;
		size_t offset;
	} rows[] = {
		{ "", FAULT_FORMAT, 0 },
		{ "0", FAULT_FORMAT, 0 },
		{ "0x", FAULT_FORMAT, 0 },
		{ "12", FAULT_FORMAT, 0 },
		{ "0X1", FAULT_FORMAT, 0 },
		{ "0x00", FAULT_FORMAT, 0 },
		{ "0x01", FAULT_FORMAT, 0 },
		{ "0xg", FAULT_FORMAT, 2 },
		{ "0x12 ", FAULT_FORMAT, 4 },
		{ "0x1-1", FAULT_FORMAT, 3 },
		{ MAX_QUANTITY "0", FAULT_LIMIT, 0 },
	};
	struct fault f = FAULT_INIT;
	struct u256 v = u256_of(7);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_refused_at(u256_parse_quantity(span_text(rows[i].text),
				      &v, "test.at", &f),
		    f, rows[i].kind, "test.at", rows[i].offset);
		assert_number(v, "7");
	}
	assert_ok(u256_parse_quantity(span_text("0xAb"), &v, "test", &f), f);
	assert_number(v, "171");
}

static void u256_add__refuses_to_wrap(void **state)
{
	struct fault f = FAULT_INIT;
	struct u256 max = number(MAX), one = u256_of(1), v = u256_of(7);

	(void)state;
	assert_refused(
	    u256_add(&max, &one, &v, &f), f, FAULT_LIMIT, "u256.overflow");
	assert_refused(
	    u256_subtract(&one, &max, &v, &f), f, FAULT_LIMIT, "u256.overflow");
	assert_number(v, "7");
	assert_ok(u256_subtract(&max, &one, &v, &f), f);
	assert_ok(u256_add(&v, &one, &v, &f), f);
	assert_number(v, MAX);
	assert_ok(u256_subtract(&v, &v, &v, &f), f);
	assert_true(u256_is_zero(&v));
	v = number("18446744073709551615");
	assert_ok(u256_add(&v, &one, &v, &f), f);
	assert_number(v, "18446744073709551616");
	assert_ok(u256_subtract(&v, &one, &v, &f), f);
	assert_number(v, "18446744073709551615");
	assert_ok(u256_subtract(&v, &(struct u256){ 0 }, &v, &f), f);
	assert_number(v, "18446744073709551615");
}

static void u256_mul_div__has_room_for_the_product(void **state)
{
	struct fault f = FAULT_INIT;
	struct u256 max = number(MAX), v = u256_of(7);
	uint64_t rest = 7;

	(void)state;
	assert_ok(u256_mul_div(&max, UINT64_MAX, UINT64_MAX, &v, &rest, &f), f);
	assert_number(v, MAX);
	assert_int_equal(rest, 0);
	v = u256_of(10);
	assert_ok(u256_mul_div(&v, 9, 8, &v, &rest, &f), f);
	assert_number(v, "11");
	assert_int_equal(rest, 2);
	assert_ok(u256_mul_div(&v, 0, 8, &v, NULL, &f), f);
	assert_true(u256_is_zero(&v));
	v = u256_of(7);
	assert_refused(u256_mul_div(&max, 9, 8, &v, &rest, &f), f, FAULT_LIMIT,
	    "u256.overflow");
	assert_refused(u256_mul_div(&max, 9, 0, &v, &rest, &f), f, FAULT_USAGE,
	    "u256.divisor");
	assert_number(v, "7");
	assert_int_equal(rest, 2);
}

static void u256_to_u64__refuses_what_is_wider(void **state)
{
	struct fault f = FAULT_INIT;
	struct u256 v = number("18446744073709551615");
	uint64_t out = 7;

	(void)state;
	assert_ok(u256_to_u64(&v, &out, &f), f);
	assert_true(out == UINT64_MAX);
	v = number("18446744073709551616");
	assert_refused(
	    u256_to_u64(&v, &out, &f), f, FAULT_LIMIT, "u256.overflow");
	v = (struct u256){ .limb = { 1, 0, 0, 1 } };
	assert_refused(
	    u256_to_u64(&v, &out, &f), f, FAULT_LIMIT, "u256.overflow");
	assert_true(out == UINT64_MAX);
}

static void u256_compare__orders_by_the_highest_limb(void **state)
{
	struct u256 low = { .limb = { UINT64_MAX, UINT64_MAX, UINT64_MAX, 1 } };
	struct u256 high = { .limb = { 0, 0, 0, 2 } };

	(void)state;
	assert_int_equal(u256_compare(&low, &high), -1);
	assert_int_equal(u256_compare(&high, &low), 1);
	assert_int_equal(u256_compare(&low, &low), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(u256__has_three_forms_of_one_number),
		cmocka_unit_test(
		    u256_parse__agrees_with_every_integer_of_the_vectors),
		cmocka_unit_test(u256_parse__refuses_what_is_no_plain_integer),
		cmocka_unit_test(u256_parse_quantity__refuses_every_other_form),
		cmocka_unit_test(u256_add__refuses_to_wrap),
		cmocka_unit_test(u256_mul_div__has_room_for_the_product),
		cmocka_unit_test(u256_to_u64__refuses_what_is_wider),
		cmocka_unit_test(u256_compare__orders_by_the_highest_limb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
