/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "verify/base/rd_scale.h"

#define AT "test.scale"

static uint32_t compact_of(const void *bytes, size_t n, struct fault *f)
{
	struct rd r = rd_over(span_of(bytes, n), AT, f);
	uint32_t v = rd_scale_compact(&r);

	if (rd_ok(&r))
		assert_true(rd_end(&r));
	return v;
}

static void rd_scale_compact__reads_each_width(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		uint32_t value;
	} rows[] = {
		{ "\x00", 1, 0 },
		{ "\xfc", 1, 63 },
		{ "\x01\x01", 2, 64 },
		{ "\xfd\xff", 2, 16383 },
		{ "\x02\x00\x01\x00", 4, 16384 },
		{ "\xfe\xff\xff\xff", 4, (UINT32_C(1) << 30) - 1 },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(
		    compact_of(rows[i].bytes, rows[i].n, &f), rows[i].value);
		assert_int_equal(f.kind, FAULT_NONE);
	}
}

static void compact_refused(const char *bytes, size_t n)
{
	struct fault f = FAULT_INIT;

	assert_int_equal(compact_of(bytes, n, &f), 0);
	assert_fault(f, FAULT_FORMAT, AT);
}

static void rd_scale_compact__refuses_longer_forms_and_halves(void **state)
{
	(void)state;
	compact_refused("\xfd\x00", 2);         /* 63 in two bytes */
	compact_refused("\xfe\xff\x00\x00", 4); /* 16383 in four */
	compact_refused("\x03\x00\x00\x00\x40", 5);
	compact_refused("\x01", 1);
	compact_refused("\x02\x00\x01", 3);
	compact_refused("", 0);
}

static void rd_scale_bytes__stays_within_what_is_there(void **state)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(span_of("\x08"
				      "ab",
				  3),
	    AT, &f);

	(void)state;
	assert_true(span_equal_text(rd_scale_bytes(&r), "ab"));
	assert_true(rd_end(&r));
	r = rd_over(span_of("\x0c"
			    "ab",
			3),
	    AT, &f);
	assert_int_equal(rd_scale_bytes(&r).n, 0);
	assert_fault(f, FAULT_FORMAT, AT);
}

static void rd_scale_text__refuses_what_is_no_text(void **state)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(span_of("\x08\xc3\xa9", 3), AT, &f);

	(void)state;
	assert_true(span_equal_text(rd_scale_text(&r), "\xc3\xa9"));
	r = rd_over(span_of("\x08\xc3\x28", 3), AT, &f);
	assert_int_equal(rd_scale_text(&r).n, 0);
	assert_fault(f, FAULT_FORMAT, AT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rd_scale_compact__reads_each_width),
		cmocka_unit_test(
		    rd_scale_compact__refuses_longer_forms_and_halves),
		cmocka_unit_test(rd_scale_bytes__stays_within_what_is_there),
		cmocka_unit_test(rd_scale_text__refuses_what_is_no_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
