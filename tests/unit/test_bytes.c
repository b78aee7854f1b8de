/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/bytes.h"

#include "tests/unit/check.h"

#include <stdlib.h>

static const uint8_t counting[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
	14, 15, 16 };

#define COUNTING span_of(counting, sizeof(counting))

/* ---- spans and blobs ---------------------------------------------------- */

static void span_text__leaves_out_the_nul(void **state)
{
	(void)state;
	assert_int_equal(span_text("abc").n, 3);
	assert_int_equal(span_text(NULL).n, 0);
}

static void span_equal__compares_length_and_content(void **state)
{
	(void)state;
	assert_true(span_equal(span_text("ab"), span_text("ab")));
	assert_false(span_equal(span_text("ab"), span_text("abc")));
	assert_false(span_equal(span_text("ab"), span_text("ac")));
	assert_true(span_equal(span_of(NULL, 0), span_text("")));
	assert_true(span_equal_text(span_text("x"), "x"));
	assert_false(span_equal_text(span_text("x"), "xy"));
}

static void span_is_zero__looks_at_every_byte(void **state)
{
	uint8_t b[9] = { 0 };

	(void)state;
	assert_true(span_is_zero(span_of(NULL, 0)));
	assert_true(span_is_zero(span_of(b, sizeof(b))));
	for (size_t i = 0; i < sizeof(b); i++) {
		b[i] = 0x40;
		assert_false(span_is_zero(span_of(b, sizeof(b))));
		b[i] = 0;
	}
}

static void blob_copy__copies_and_adds_a_nul(void **state)
{
	AUTO(blob_drop) struct blob b = { 0 };
	AUTO(blob_drop) struct blob empty = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(blob_copy(span_text("hello"), &b, &f), f);
	assert_int_equal(b.n, 5);
	assert_string_equal((char *)b.p, "hello");
	assert_ok(blob_copy(span_of(NULL, 0), &empty, &f), f);
	assert_int_equal(empty.n, 0);
	assert_string_equal((char *)empty.p, "");
}

static void blob_copy__refuses_what_cannot_be_allocated(void **state)
{
	struct blob b = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(blob_copy(span_of(counting, SIZE_MAX), &b, &f), f,
	    FAULT_SYSTEM, "blob.memory");
	assert_null(b.p);
}

static void blob_move__leaves_nothing_behind(void **state)
{
	struct blob a = { 0 }, b;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(blob_copy(span_text("x"), &a, &f), f);
	b = blob_move(&a);
	assert_null(a.p);
	assert_int_equal(a.n, 0);
	assert_int_equal(b.n, 1);
	blob_drop(&a);
	blob_drop(&b);
	blob_drop(&b);
	blob_wipe(&b);
	assert_null(b.p);
}

/* ---- reading ------------------------------------------------------------ */

static void rd__reads_both_byte_orders(void **state)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(COUNTING, "t", &f);

	(void)state;
	assert_int_equal(rd_u8(&r), 1);
	assert_int_equal(rd_u16le(&r), 0x0302);
	assert_int_equal(rd_u32le(&r), 0x07060504);
	assert_true(rd_u64le(&r) == UINT64_C(0x0f0e0d0c0b0a0908));
	assert_int_equal(rd_offset(&r), 15);
	assert_int_equal(rd_left(&r), 1);

	r = rd_over(COUNTING, "t", &f);
	assert_int_equal(rd_u16be(&r), 0x0102);
	assert_int_equal(rd_u32be(&r), 0x03040506);
	assert_true(rd_u64be(&r) == UINT64_C(0x0708090a0b0c0d0e));
	assert_true(rd_ok(&r));
}

static void rd_copy__copies_and_moves_on(void **state)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(COUNTING, "t", &f);
	uint8_t b[5] = { 0 };
	struct span s;

	(void)state;
	rd_skip(&r, 1);
	rd_copy(&r, b, 4);
	assert_memory_equal(b, "\2\3\4\5\0", 5);
	s = rd_span(&r, 3);
	assert_int_equal(s.n, 3);
	assert_ptr_equal(s.p, counting + 5);
	assert_int_equal(rd_offset(&r), 8);
}

static void rd__returns_zeros_and_stays_after_a_failure(void **state)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(span_of(counting, 3), "t.short", &f);
	uint8_t b[4] = { 9, 9, 9, 9 };

	(void)state;
	rd_skip(&r, 2);
	assert_int_equal(rd_u16be(&r), 0);
	assert_false(rd_ok(&r));
	/* One byte would be there, and is not given any more. */
	assert_int_equal(rd_u8(&r), 0);
	assert_int_equal(rd_left(&r), 0);
	rd_copy(&r, b, sizeof(b));
	assert_true(span_is_zero(span_of(b, sizeof(b))));
	assert_int_equal(rd_span(&r, 1).n, 0);
	assert_int_equal(rd_offset(&r), 2);
	assert_refused_at(rd_end(&r), f, FAULT_FORMAT, "t.short", 2);
}

static void rd__every_read_refuses_one_byte_too_few(void **state)
{
	static const size_t sizes[] = { 1, 2, 4, 8, 2, 4, 8, 5, 6, 7, 3 };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		for (size_t missing = 0; missing < 2; missing++) {
			struct fault f = FAULT_INIT;
			struct rd r = rd_over(
			    span_of(counting, sizes[i] - missing), "t", &f);
			uint8_t b[8];

			switch (i) {
			case 0:
				(void)rd_u8(&r);
				break;
			case 1:
				(void)rd_u16le(&r);
				break;
			case 2:
				(void)rd_u32le(&r);
				break;
			case 3:
				(void)rd_u64le(&r);
				break;
			case 4:
				(void)rd_u16be(&r);
				break;
			case 5:
				(void)rd_u32be(&r);
				break;
			case 6:
				(void)rd_u64be(&r);
				break;
			case 7:
				rd_copy(&r, b, 5);
				break;
			case 8:
				(void)rd_span(&r, 6);
				break;
			case 9:
				rd_skip(&r, 7);
				break;
			case 10:
				(void)rd_within(&r, 3, "child");
				break;
			}
			assert_int_equal(rd_end(&r), missing == 0);
		}
	}
}

static void rd_skip__is_not_fooled_by_huge_lengths(void **state)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(COUNTING, "t", &f);

	(void)state;
	rd_skip(&r, 4);
	rd_skip(&r, SIZE_MAX - 2);
	assert_fault_at(f, FAULT_FORMAT, "t", 4);
}

static void rd__reads_nothing_from_nothing(void **state)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(span_of(NULL, 0), "t", &f);

	(void)state;
	rd_copy(&r, NULL, 0);
	assert_int_equal(rd_span(&r, 0).n, 0);
	assert_ok(rd_end(&r), f);
}

static void rd_within__cannot_see_past_its_length(void **state)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(COUNTING, "t", &f);
	struct rd child, grandchild;

	(void)state;
	rd_skip(&r, 2);
	child = rd_within(&r, 8, "t.child");
	assert_int_equal(rd_u8(&r), 11);
	assert_int_equal(rd_u8(&child), 3);
	grandchild = rd_within(&child, 2, "t.grandchild");
	assert_int_equal(rd_offset(&grandchild), 3);
	assert_int_equal(rd_u16be(&grandchild), 0x0405);
	assert_ok(rd_end(&grandchild), f);
	assert_int_equal(rd_u8(&grandchild), 0);
	/* If a child fails, the parent has failed. */
	assert_false(rd_ok(&r));
	assert_int_equal(rd_u8(&child), 0);
	assert_fault_at(f, FAULT_FORMAT, "t.grandchild", 5);
}

static void rd_end__refuses_leftover_bytes(void **state)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(COUNTING, "t", &f);

	(void)state;
	rd_skip(&r, 15);
	assert_false(rd_end(&r));
	assert_string_equal(f.text, "1 bytes left over");
	assert_fault_at(f, FAULT_FORMAT, "t", 15);
}

static void rd_fail__raises_at_the_readers_place(void **state)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(COUNTING, "t", &f);

	(void)state;
	rd_skip(&r, 3);
	assert_false(rd_fail(&r, FAULT_UNSUPPORTED, "version %d", 9));
	assert_string_equal(f.text, "version 9");
	assert_fault_at(f, FAULT_UNSUPPORTED, "t", 3);
}

/* ---- writing ------------------------------------------------------------ */

static void write_everything(struct wr *w)
{
	size_t hold;

	wr_u8(w, 1);
	wr_u16le(w, 0x0302);
	wr_u32le(w, 0x07060504);
	wr_u64le(w, UINT64_C(0x0f0e0d0c0b0a0908));
	wr_u16be(w, 0x0102);
	wr_u32be(w, 0x03040506);
	wr_u64be(w, UINT64_C(0x0708090a0b0c0d0e));
	hold = wr_hold(w, 6);
	wr_bytes(w, "ab", 2);
	wr_span(w, span_text("c"));
	wr_zero(w, 1);
	wr_text(w, "text");
	wr_printf(w, "%d-%s", 42, "x");
	wr_fill_u32le(w, hold, 0x11223344);
	wr_fill_u16le(w, hold + 4, 0x5566);
}

static const uint8_t everything[] = "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17"
				    "\1\2\3\4\5\6\7\10\11\12\13\14\15\16"
				    "\x44\x33\x22\x11\x66\x55"
				    "abc\0text42-x";

#define EVERYTHING span_of(everything, sizeof(everything) - 1)

static void wr_into__fills_the_callers_memory(void **state)
{
	uint8_t b[sizeof(everything) - 1];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(b, sizeof(b), "t", &f);
	size_t n = 0;

	(void)state;
	write_everything(&w);
	assert_ok(wr_done_into(&w, &n), f);
	assert_true(span_equal(span_of(b, n), EVERYTHING));
	assert_true(span_equal(wr_view(&w), EVERYTHING));
}

static void wr_into__refuses_one_byte_too_many(void **state)
{
	uint8_t b[sizeof(everything) - 1];
	size_t n = 77;

	(void)state;
	for (size_t cap = 0; cap < sizeof(b); cap++) {
		struct fault f = FAULT_INIT;
		/* A heap copy of exactly cap bytes: ASan watches its end. */
		uint8_t *p = malloc(cap > 0 ? cap : 1);
		struct wr w = wr_into(p, cap, "t.cap", &f);

		assert_non_null(p);
		write_everything(&w);
		assert_false(wr_ok(&w));
		assert_refused(wr_done_into(&w, &n), f, FAULT_LIMIT, "t.cap");
		assert_int_equal(n, 77);
		wr_drop(&w);
		free(p);
	}
}

static void wr_grow__grows_and_hands_over(void **state)
{
	AUTO(blob_drop) struct blob out = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(100000, "t", &f);

	(void)state;
	for (int i = 0; i < 2000; i++)
		write_everything(&w);
	assert_true(wr_ok(&w));
	assert_ok(wr_done(&w, &out), f);
	assert_int_equal(out.n, 2000 * EVERYTHING.n);
	assert_int_equal(out.p[out.n], 0);
	for (size_t i = 0; i < 2000; i++)
		assert_memory_equal(
		    out.p + i * EVERYTHING.n, everything, EVERYTHING.n);
	wr_drop(&w);
}

static void wr_grow__keeps_room_for_the_nul(void **state)
{
	(void)state;
	/* Ends at and around every capacity up to 2048. */
	for (size_t n = 1; n<2100; n += n % 256> 2 && n % 256 < 254 ? 251 : 1) {
		AUTO(blob_drop) struct blob out = { 0 };
		struct fault f = FAULT_INIT;
		struct wr w = wr_grow(n, "t", &f);

		wr_u8(&w, 7);
		wr_zero(&w, n - 1);
		assert_ok(wr_done(&w, &out), f);
		assert_int_equal(out.n, n);
		assert_int_equal(out.p[n], 0);
	}
}

static void wr_grow__refuses_more_than_its_maximum(void **state)
{
	struct blob out = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(300, "t.max", &f);

	(void)state;
	wr_zero(&w, 300);
	assert_true(wr_ok(&w));
	wr_u8(&w, 1);
	assert_false(wr_ok(&w));
	assert_refused(wr_done(&w, &out), f, FAULT_LIMIT, "t.max");
	assert_null(out.p);
	assert_null(w.p);
}

static void wr_done__gives_an_empty_result_its_nul(void **state)
{
	AUTO(blob_drop) struct blob out = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(0, "t", &f);

	(void)state;
	assert_ok(wr_done(&w, &out), f);
	assert_int_equal(out.n, 0);
	assert_string_equal((char *)out.p, "");
}

static void wr_done__is_not_for_fixed_writers(void **state)
{
	uint8_t b[4];
	struct blob out = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(b, sizeof(b), "t", &f);

	(void)state;
	assert_refused(wr_done(&w, &out), f, FAULT_INTERNAL, "t");
}

static void wr_printf__prints_long_text(void **state)
{
	AUTO(blob_drop) struct blob out = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(10000, "t", &f);

	(void)state;
	for (int width = 505; width < 520; width++)
		wr_printf(&w, "%0*d", width, 1);
	wr_text(&w, "!");
	assert_ok(wr_done(&w, &out), f);
	assert_int_equal(out.n, 15 * 512 + 1);
	assert_int_equal(out.p[504], '1');
	/* No NUL of vsnprintf is left in between, at no length. */
	assert_null(memchr(out.p, 0, out.n));
	assert_int_equal(out.p[out.n - 2], '1');
	assert_int_equal(out.p[out.n - 1], '!');
}

static void wr_printf__refuses_long_text_beyond_the_end(void **state)
{
	uint8_t b[600];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(b, sizeof(b), "t", &f);

	(void)state;
	wr_printf(&w, "%0*d", 599, 1);
	assert_true(wr_ok(&w));
	w = wr_into(b, sizeof(b), "t", &f);
	wr_printf(&w, "%0*d", 601, 1);
	assert_fault(f, FAULT_LIMIT, "t");
}

static void wr_fill__refuses_what_was_not_held(void **state)
{
	struct fault f = FAULT_INIT;
	uint8_t b[8];
	struct wr w = wr_into(b, sizeof(b), "t", &f);

	(void)state;
	wr_u32le(&w, 0);
	wr_fill_u32le(&w, 1, 7);
	assert_fault(f, FAULT_INTERNAL, "t");
	wr_fill_u16le(&w, SIZE_MAX, 7);
	assert_fault(f, FAULT_INTERNAL, "t");
	wr_fill_u16le(&w, 2, 7);
	assert_true(wr_ok(&w));
}

static void wr__writes_nothing_after_a_fault(void **state)
{
	uint8_t b[8] = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(b, sizeof(b), "t", &f);

	(void)state;
	wr_u32le(&w, 0);
	fault_raise(&f, FAULT_POLICY, "elsewhere", "no");
	write_everything(&w);
	wr_fill_u32le(&w, 0, UINT32_MAX);
	assert_int_equal(wr_view(&w).n, 4);
	assert_true(span_is_zero(span_of(b, sizeof(b))));
	assert_fault(f, FAULT_POLICY, "elsewhere");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(span_text__leaves_out_the_nul),
		cmocka_unit_test(span_equal__compares_length_and_content),
		cmocka_unit_test(span_is_zero__looks_at_every_byte),
		cmocka_unit_test(blob_copy__copies_and_adds_a_nul),
		cmocka_unit_test(blob_copy__refuses_what_cannot_be_allocated),
		cmocka_unit_test(blob_move__leaves_nothing_behind),
		cmocka_unit_test(rd__reads_both_byte_orders),
		cmocka_unit_test(rd_copy__copies_and_moves_on),
		cmocka_unit_test(rd__returns_zeros_and_stays_after_a_failure),
		cmocka_unit_test(rd__every_read_refuses_one_byte_too_few),
		cmocka_unit_test(rd_skip__is_not_fooled_by_huge_lengths),
		cmocka_unit_test(rd__reads_nothing_from_nothing),
		cmocka_unit_test(rd_within__cannot_see_past_its_length),
		cmocka_unit_test(rd_end__refuses_leftover_bytes),
		cmocka_unit_test(rd_fail__raises_at_the_readers_place),
		cmocka_unit_test(wr_into__fills_the_callers_memory),
		cmocka_unit_test(wr_into__refuses_one_byte_too_many),
		cmocka_unit_test(wr_grow__grows_and_hands_over),
		cmocka_unit_test(wr_grow__keeps_room_for_the_nul),
		cmocka_unit_test(wr_grow__refuses_more_than_its_maximum),
		cmocka_unit_test(wr_done__gives_an_empty_result_its_nul),
		cmocka_unit_test(wr_done__is_not_for_fixed_writers),
		cmocka_unit_test(wr_printf__prints_long_text),
		cmocka_unit_test(wr_printf__refuses_long_text_beyond_the_end),
		cmocka_unit_test(wr_fill__refuses_what_was_not_held),
		cmocka_unit_test(wr__writes_nothing_after_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
