/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/rd_der.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define DER(...)                                  \
	span_of((const uint8_t[]){ __VA_ARGS__ }, \
	    sizeof((const uint8_t[]){ __VA_ARGS__ }))

static struct fault fault;

static struct rd over(struct span in)
{
	fault = FAULT_INIT;
	return rd_over(in, "test.der", &fault);
}

/* The reader has failed with this text, at its own name. */
static void assert_refused(const struct rd *r, const char *text)
{
	assert_false(rd_ok(r));
	assert_int_equal(fault.kind, FAULT_FORMAT);
	assert_string_equal(fault.at, "test.der");
	assert_string_equal(fault.text, text);
}

static void rd_der_u64__reads_every_width(void **state)
{
	static const struct {
		struct span in;
		uint64_t want;
	} cases[] = {
		{ { (const uint8_t *)"\x02\x01\x00", 3 }, 0 },
		{ { (const uint8_t *)"\x02\x01\x7f", 3 }, 127 },
		{ { (const uint8_t *)"\x02\x02\x00\x80", 4 }, 128 },
		{ { (const uint8_t *)"\x02\x02\x00\xc8", 4 }, 200 },
		{ { (const uint8_t *)"\x02\x02\x01\x00", 4 }, 256 },
		{ { (const uint8_t *)"\x02\x09\x00\xff\xff\xff\xff\xff\xff\xff"
				     "\xff",
		      11 },
		    UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rd r = over(cases[i].in);

		assert_true(rd_der_u64(&r, DER_INTEGER) == cases[i].want);
		assert_true(rd_end(&r));
	}
}

static void rd_der_u64__refuses_other_forms(void **state)
{
	static const struct {
		struct span in;
		const char *text;
	} cases[] = {
		{ { (const uint8_t *)"\x02\x00", 2 }, "number without a byte" },
		{ { (const uint8_t *)"\x02\x01\x80", 3 }, "negative number" },
		{ { (const uint8_t *)"\x02\x02\x00\x7f", 4 },
		    "number is not in shortest form" },
		{ { (const uint8_t *)"\x02\x02\x00\x00", 4 },
		    "number is not in shortest form" },
		{ { (const uint8_t *)"\x02\x09\x01\0\0\0\0\0\0\0\0", 11 },
		    "number of more than 64 bits" },
		{ { (const uint8_t *)"\x0a\x01\x00", 3 },
		    "want tag 0x02, got 0x0a" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rd r = over(cases[i].in);

		assert_true(rd_der_u64(&r, DER_INTEGER) == 0);
		assert_refused(&r, cases[i].text);
	}
}

static void rd_der_value__refuses_lengths_that_are_not_der(void **state)
{
	struct rd r;

	(void)state;
	r = over(DER(0x04, 0x80, 0x00, 0x00));
	assert_int_equal(rd_der_value(&r, DER_OCTET_STRING).n, 0);
	assert_refused(&r, "length in 0 bytes: want 1 to 4");
	r = over(DER(0x04, 0x85, 0, 0, 0, 0, 1, 0xaa));
	assert_int_equal(rd_der_value(&r, DER_OCTET_STRING).n, 0);
	assert_refused(&r, "length in 5 bytes: want 1 to 4");
	r = over(DER(0x04, 0x81, 0x01, 0xaa));
	assert_int_equal(rd_der_value(&r, DER_OCTET_STRING).n, 0);
	assert_refused(&r, "length 1 is not in shortest form");
	r = over(DER(0x04, 0x82, 0x00, 0x80, 0xaa));
	assert_int_equal(rd_der_value(&r, DER_OCTET_STRING).n, 0);
	assert_refused(&r, "length 128 is not in shortest form");
}

static void rd_der_value__reads_the_long_form(void **state)
{
	uint8_t in[3 + 0x80] = { 0x04, 0x81, 0x80 };
	struct rd r = over(span_of(in, sizeof(in)));

	(void)state;
	assert_int_equal(rd_der_value(&r, DER_OCTET_STRING).n, 0x80);
	assert_true(rd_end(&r));
}

static void rd_der_value__refuses_content_beyond_the_end(void **state)
{
	struct rd r = over(DER(0x04, 0x03, 0xaa, 0xbb));

	(void)state;
	assert_int_equal(rd_der_value(&r, DER_OCTET_STRING).n, 0);
	assert_refused(&r, "ends early: want 3 bytes, have 2");
	r = over(DER(0x04, 0x84, 0xff, 0xff, 0xff, 0xff, 0xaa));
	assert_int_equal(rd_der_value(&r, DER_OCTET_STRING).n, 0);
	assert_refused(&r, "ends early: want 4294967295 bytes, have 1");
}

static void rd_der_value__refuses_tags_of_several_bytes(void **state)
{
	struct rd r = over(DER(0x1f, 0x81, 0x01, 0x00));

	(void)state;
	assert_int_equal(rd_der_element(&r).n, 0);
	assert_refused(&r, "tag of more than one byte");
}

static void rd_der_value__names_a_missing_element(void **state)
{
	struct rd r = over(span_of(NULL, 0));

	(void)state;
	assert_int_equal(rd_der_value(&r, DER_OID).n, 0);
	assert_refused(&r, "ends where tag 0x06 is wanted");
}

static void rd_der_element__includes_tag_and_length(void **state)
{
	struct rd r = over(DER(0x30, 0x03, 0x02, 0x01, 0x05, 0x05, 0x00));
	struct span e = rd_der_element(&r);

	(void)state;
	assert_int_equal(e.n, 5);
	assert_int_equal(e.p[0], 0x30);
	assert_int_equal(rd_der_peek(&r), DER_NULL);
	assert_int_equal(rd_der_value(&r, DER_NULL).n, 0);
	assert_true(rd_end(&r));
	/* One that ends with the input. */
	r = over(DER(0x04, 0x01, 0x07));
	assert_int_equal(rd_der_element(&r).n, 3);
	assert_true(rd_end(&r));
}

static void rd_der_element__refuses_content_beyond_the_end(void **state)
{
	struct rd r = over(DER(0x30, 0x04, 0x02, 0x01, 0x05));

	(void)state;
	assert_int_equal(rd_der_element(&r).n, 0);
	assert_refused(&r, "ends early: want 4 bytes, have 3");
}

static void rd_der_enter__child_cannot_see_past_its_length(void **state)
{
	struct rd r = over(DER(0x30, 0x03, 0x02, 0x01, 0x05, 0x02, 0x01, 0x06));
	struct rd inner = rd_der_enter(&r, DER_SEQUENCE, "test.der");

	(void)state;
	assert_true(rd_der_u64(&inner, DER_INTEGER) == 5);
	assert_true(rd_end(&inner));
	assert_int_equal(rd_der_peek(&inner), 0);
	assert_true(rd_der_u64(&r, DER_INTEGER) == 6);
	assert_true(rd_end(&r));
}

static void rd_der_bool__takes_two_values_only(void **state)
{
	struct rd r = over(DER(0x01, 0x01, 0xff, 0x01, 0x01, 0x00));

	(void)state;
	assert_true(rd_der_bool(&r));
	assert_false(rd_der_bool(&r));
	assert_true(rd_end(&r));
	r = over(DER(0x01, 0x01, 0x01));
	assert_false(rd_der_bool(&r));
	assert_refused(&r, "boolean is neither 00 nor ff");
	r = over(DER(0x01, 0x02, 0xff, 0xff));
	assert_false(rd_der_bool(&r));
	assert_refused(&r, "boolean is neither 00 nor ff");
}

static void rd_der_octets__want_the_exact_length(void **state)
{
	uint8_t out[2] = { 9, 9 };
	struct rd r = over(DER(0x04, 0x02, 0xaa, 0xbb));

	(void)state;
	rd_der_octets(&r, out, 2);
	assert_true(rd_end(&r));
	assert_int_equal(out[0], 0xaa);
	assert_int_equal(out[1], 0xbb);
	r = over(DER(0x04, 0x03, 0xaa, 0xbb, 0xcc));
	rd_der_octets(&r, out, 2);
	assert_refused(&r, "want 2 bytes, got 3");
	assert_int_equal(out[0], 0);
}

static void rd_der_oid__refuses_cut_and_padded_arcs(void **state)
{
	struct rd r = over(DER(0x06, 0x03, 0x2a, 0x86, 0x48));

	(void)state;
	assert_int_equal(rd_der_oid(&r).n, 3);
	assert_true(rd_end(&r));
	r = over(DER(0x06, 0x02, 0x2a, 0x86));
	assert_int_equal(rd_der_oid(&r).n, 0);
	assert_refused(&r, "object identifier is cut off");
	r = over(DER(0x06, 0x00));
	assert_int_equal(rd_der_oid(&r).n, 0);
	assert_refused(&r, "object identifier is cut off");
	r = over(DER(0x06, 0x03, 0x2a, 0x80, 0x01));
	assert_int_equal(rd_der_oid(&r).n, 0);
	assert_refused(&r, "object identifier is not in shortest form");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rd_der_u64__reads_every_width),
		cmocka_unit_test(rd_der_u64__refuses_other_forms),
		cmocka_unit_test(
		    rd_der_value__refuses_lengths_that_are_not_der),
		cmocka_unit_test(rd_der_value__reads_the_long_form),
		cmocka_unit_test(rd_der_value__refuses_content_beyond_the_end),
		cmocka_unit_test(rd_der_value__refuses_tags_of_several_bytes),
		cmocka_unit_test(rd_der_value__names_a_missing_element),
		cmocka_unit_test(rd_der_element__includes_tag_and_length),
		cmocka_unit_test(
		    rd_der_element__refuses_content_beyond_the_end),
		cmocka_unit_test(
		    rd_der_enter__child_cannot_see_past_its_length),
		cmocka_unit_test(rd_der_bool__takes_two_values_only),
		cmocka_unit_test(rd_der_octets__want_the_exact_length),
		cmocka_unit_test(rd_der_oid__refuses_cut_and_padded_arcs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
