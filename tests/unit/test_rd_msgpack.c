/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "verify/base/rd_msgpack.h"

#define AT "test.msgpack"

static void rd_msgpack_u64__reads_each_width(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		uint64_t value;
	} rows[] = {
		{ "\x00", 1, 0 },
		{ "\x7f", 1, 127 },
		{ "\xcc\x80", 2, 128 },
		{ "\xcd\x01\x00", 3, 256 },
		{ "\xce\x00\x01\x00\x00", 5, 65536 },
		{ "\xcf\x00\x00\x00\x01\x00\x00\x00\x00", 9,
		    UINT64_C(1) << 32 },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rd r =
		    rd_over(span_of(rows[i].bytes, rows[i].n), AT, &f);

		assert_int_equal(rd_msgpack_peek(&r), MSGPACK_UINT);
		assert_true(rd_msgpack_u64(&r) == rows[i].value);
		assert_true(rd_end(&r));
	}
}

/* Each row fails in the function that would read its like. */
static void longer_forms_and_halves_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		enum rd_msgpack_type as;
	} rows[] = {
		{ "\xcc\x7f", 2, MSGPACK_UINT },
		{ "\xcd\x00\xff", 3, MSGPACK_UINT },
		{ "\xce\x00\x00\xff\xff", 5, MSGPACK_UINT },
		{ "\xcf\x00\x00\x00\x00\xff\xff\xff\xff", 9, MSGPACK_UINT },
		{ "\xff", 1, MSGPACK_UINT },     /* -1 */
		{ "\xd0\x01", 2, MSGPACK_UINT }, /* signed */
		{ "\xc3", 1, MSGPACK_UINT },     /* true */
		{ "\xcd\x01", 2, MSGPACK_UINT },
		{ "", 0, MSGPACK_UINT },
		{ "\xd9\x01"
		  "a",
		    3, MSGPACK_TEXT },
		{ "\xa2"
		  "a",
		    2, MSGPACK_TEXT },
		{ "\xa2\xc3\x28", 3, MSGPACK_TEXT }, /* no UTF-8 */
		{ "\xc4\x01"
		  "a",
		    3, MSGPACK_TEXT },
		{ "\xdb\xff\xff\xff\xff"
		  "a",
		    6, MSGPACK_TEXT },
		{ "\xc5\x00\x01"
		  "a",
		    4, MSGPACK_BYTES },
		{ "\xc4\x02"
		  "a",
		    3, MSGPACK_BYTES },
		{ "\xc1", 1, MSGPACK_BYTES }, /* never used */
		{ "\xa1"
		  "a",
		    2, MSGPACK_BYTES },
		{ "\xdc\x00\x01\x00", 4, MSGPACK_ARRAY },
		{ "\x92\x00", 2, MSGPACK_ARRAY }, /* two items, one byte */
		{ "\xdd\xff\xff\xff\xff\x00", 6, MSGPACK_ARRAY },
		{ "\xde\x00\x01\xa1"
		  "a",
		    5, MSGPACK_MAP },
		{ "\x81", 1, MSGPACK_MAP },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault f = FAULT_INIT;
		struct rd r =
		    rd_over(span_of(rows[i].bytes, rows[i].n), AT, &f);

		switch (rows[i].as) {
		case MSGPACK_UINT:
			assert_int_equal(rd_msgpack_u64(&r), 0);
			break;
		case MSGPACK_TEXT:
			assert_int_equal(rd_msgpack_text(&r).n, 0);
			break;
		case MSGPACK_BYTES:
			assert_int_equal(rd_msgpack_bytes(&r).n, 0);
			break;
		case MSGPACK_ARRAY:
			assert_int_equal(rd_msgpack_array(&r), 0);
			break;
		case MSGPACK_MAP:
			assert_int_equal(rd_msgpack_map(&r), 0);
			break;
		case MSGPACK_OTHER:
			break;
		}
		if (f.kind != FAULT_FORMAT)
			fail_msg("row %zu was taken", i);
		assert_fault(f, FAULT_FORMAT, AT);
	}
}

static void strings_arrays_maps_and_nil_are_read(void **state)
{
	static const char bytes[] = "\x82\xa1"
				    "a\xc4\x00\xa1"
				    "b\x92\xc0\xa0";
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(span_of(bytes, sizeof(bytes) - 1), AT, &f);

	(void)state;
	assert_int_equal(rd_msgpack_peek(&r), MSGPACK_MAP);
	assert_int_equal(rd_msgpack_map(&r), 2);
	assert_true(span_equal_text(rd_msgpack_text(&r), "a"));
	assert_int_equal(rd_msgpack_peek(&r), MSGPACK_BYTES);
	assert_int_equal(rd_msgpack_bytes(&r).n, 0);
	assert_false(rd_msgpack_nil(&r));
	assert_true(span_equal_text(rd_msgpack_text(&r), "b"));
	assert_int_equal(rd_msgpack_array(&r), 2);
	assert_true(rd_msgpack_nil(&r));
	assert_int_equal(rd_msgpack_text(&r).n, 0);
	assert_int_equal(rd_msgpack_peek(&r), MSGPACK_OTHER);
	assert_true(rd_end(&r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rd_msgpack_u64__reads_each_width),
		cmocka_unit_test(longer_forms_and_halves_are_refused),
		cmocka_unit_test(strings_arrays_maps_and_nil_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
