/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/rd_cbor.h"

#include "tests/unit/check.h"

/* A reader over bytes written as a string literal. */
#define OVER(text) rd_over(span_of((text), sizeof(text) - 1), "test.cbor", &f)

static void cbor__reads_what_it_should(void **state)
{
	struct fault f = FAULT_INIT;
	struct rd r = OVER("\x17\x18\x18\x19\x01\x00\x38\x22\x43"
			   "abc\x62"
			   "de"
			   "\xf6\xd2\x82\x01\x02");

	(void)state;
	assert_int_equal(rd_cbor_u64(&r), 23);
	assert_int_equal(rd_cbor_u64(&r), 24);
	assert_int_equal(rd_cbor_u64(&r), 256);
	assert_int_equal(rd_cbor_int(&r), -35);
	assert_true(span_equal_text(rd_cbor_bytes(&r), "abc"));
	assert_false(rd_cbor_null(&r));
	assert_true(span_equal_text(rd_cbor_text(&r), "de"));
	assert_true(rd_cbor_null(&r));
	assert_false(rd_cbor_tag(&r, 98));
	assert_true(rd_cbor_tag(&r, 18));
	assert_int_equal(rd_cbor_array(&r), 2);
	assert_int_equal(rd_cbor_u64(&r), 1);
	assert_int_equal(rd_cbor_u64(&r), 2);
	assert_ok(rd_end(&r), f);
}

static void map__is_walked_definite_or_not(void **state)
{
	static const char *const texts[] = { "\xa2\x01\x02\x03\x04",
		"\xbf\x01\x02\x03\x04\xff" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct fault f = FAULT_INIT;
		struct rd r = rd_over(span_text(texts[i]), "test.cbor", &f);
		struct rd_cbor_map m = rd_cbor_map(&r);
		uint64_t sum = 0;

		while (rd_cbor_pair(&m))
			sum += rd_cbor_u64(&r) * rd_cbor_u64(&r);
		assert_int_equal(sum, 14);
		assert_ok(rd_end(&r), f);
	}
}

static void item__is_one_whole_and_bounded(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} bad[] = {
		{ "", 0 },             /* nothing */
		{ "\x18\x17", 2 },     /* not shortest */
		{ "\x19\x00\xff", 3 }, /* the same */
		{ "\x1a\x00\x00\xff\xff", 5 },
		{ "\x1b\x00\x00\x00\x00\xff\xff\xff\xff", 9 },
		{ "\x1c", 1 },             /* reserved */
		{ "\x5f\x41\x00\xff", 4 }, /* a string in pieces */
		{ "\x9f\x01\xff", 3 },     /* an array without a length */
		{ "\x43\x00\x00", 3 },     /* too short */
		{ "\x5b\xff\xff\xff\xff\xff\xff\xff\xff", 9 },
		{ "\x9b\xff\xff\xff\xff\xff\xff\xff\xff", 9 },
		{ "\xbb\xff\xff\xff\xff\xff\xff\xff\xff", 9 },
		{ "\x62\xff\xff", 3 },        /* no UTF-8 */
		{ "\xbf\x01\x02", 3 },        /* no end */
		{ "\xbf\x01\xff", 3 },        /* half a pair */
		{ "\xf9\x00\x00", 3 },        /* a float */
		{ "\xf5", 1 },                /* true */
		{ "\xc0\x00", 2 },            /* a tag */
		{ "\xff", 1 },                /* a break */
		{ "\x81\x81\x81\x81\x00", 5 } /* too deep */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct fault f = FAULT_INIT;
		struct rd r =
		    rd_over(span_of(bad[i].bytes, bad[i].n), "test.cbor", &f);

		(void)rd_cbor_item(&r);
		if (rd_ok(&r))
			fail_msg("case %zu is taken", i);
		assert_string_equal(f.at, "test.cbor");
	}
	struct fault f = FAULT_INIT;
	struct rd r = OVER("\x81\xa1\x61"
			   "a\x81\x00\x05");

	assert_int_equal(rd_cbor_item(&r).n, 6);
	assert_int_equal(rd_cbor_u64(&r), 5);
	assert_ok(rd_end(&r), f);
}

static void integer__is_within_31_bits(void **state)
{
	struct fault f = FAULT_INIT;
	struct rd r = OVER("\x3a\x80\x00\x00\x00");

	(void)state;
	(void)rd_cbor_int(&r);
	assert_int_equal(f.kind, FAULT_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cbor__reads_what_it_should),
		cmocka_unit_test(map__is_walked_definite_or_not),
		cmocka_unit_test(item__is_one_whole_and_bounded),
		cmocka_unit_test(integer__is_within_31_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
