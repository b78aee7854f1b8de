/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/dec.h"

#include "tests/unit/check.h"
#include "tests/unit/vectors.h"
#include "verify/base/text.h"

#include <stdlib.h>

#define INT256_MAX                                                           \
	"578960446186580977117854925043439539266349923328202820197287920039" \
	"56564819967"
#define INT256_MIN                                                           \
	"-57896044618658097711785492504343953926634992332820282019728792003" \
	"956564819968"

static struct dec parse(const char *text, uint8_t decimals)
{
	struct dec v = { 0 };
	struct fault f = FAULT_INIT;

	assert_ok(dec_parse(span_text(text), decimals, DEC_EXACT, &v, &f), f);
	return v;
}

/* The units of a value, as text. */
static const char *units(const struct dec *v, char out[DEC_TEXT_SIZE])
{
	struct dec u = { .units = v->units };

	return dec_format(&u, out);
}

/* ---- the vectors -------------------------------------------------------- */

static void check_case(const struct json_node *v, const char *mode_name,
    enum dec_round mode, size_t *n_errors)
{
	const struct json_node *want = vectors_member(v, mode_name);
	const char *input = vectors_text(v, "input");
	uint8_t decimals = (uint8_t)vectors_u64(v, "decimals");
	struct dec out = { 0 };
	struct fault f = FAULT_INIT;
	char text[DEC_TEXT_SIZE];
	bool ok = dec_parse(span_text(input), decimals, mode, &out, &f);

	if (json_find(want, "error") != NULL) {
		char at[64];

		snprintf(at, sizeof(at), "dec.%s", vectors_text(want, "error"));
		if (ok || strcmp(f.at, at) != 0)
			fail_msg("%s %s: want %s", vectors_text(v, "id"),
			    mode_name, at);
		assert_int_equal(f.kind,
		    strcmp(at, "dec.overflow") == 0 ? FAULT_LIMIT
						    : FAULT_FORMAT);
		(*n_errors)++;
		return;
	}
	if (!ok || strcmp(units(&out, text), vectors_text(want, "value")) != 0)
		fail_msg("%s %s: want %s", vectors_text(v, "id"), mode_name,
		    vectors_text(want, "value"));
	assert_int_equal(out.decimals, decimals);
	/* Reading and printing agree with reading and encoding. */
	struct dec back = { 0 };
	uint8_t b[32];
	dec_encode_int256(&out, b);
	dec_decode_int256(b, decimals, &back);
	assert_memory_equal(&back.units, &out.units, sizeof(out.units));
	assert_ok(dec_parse(span_text(dec_format(&out, text)), decimals,
		      DEC_EXACT, &back, &f),
	    f);
	assert_memory_equal(&back.units, &out.units, sizeof(out.units));
	assert_true(dec_text_is_canonical(span_text(text)));
}

static void dec_parse__agrees_with_every_vector(void **state)
{
	struct json *doc = vectors_json("evm/decimal.json");
	const struct json_node *v;
	size_t n = 0, n_errors = 0;

	(void)state;
	v = json_first(vectors_member(json_root(doc), "cases"));
	for (; v != NULL; v = json_next(v), n++) {
		check_case(v, "exact", DEC_EXACT, &n_errors);
		check_case(v, "trunc", DEC_TRUNC, &n_errors);
		check_case(v, "half_even", DEC_HALF_EVEN, &n_errors);
	}
	assert_int_equal(n, vectors_u64(json_root(doc), "count"));
	assert_true(n_errors > 0);
	json_free(doc);
}

/* ---- reading ------------------------------------------------------------ */

static void dec_parse__refuses_other_grammars(void **state)
{
	static const struct {
		const char *text;
		size_t offset;
	} rows[] = {
		{ "", 0 },
		{ "-", 1 },
		{ "+1", 0 },
		{ ".5", 0 },
		{ "1.", 2 },
		{ "01", 1 },
		{ "-01", 2 },
		{ "00", 1 },
		{ " 1", 0 },
		{ "1 ", 1 },
		{ "1e", 2 },
		{ "1e+", 3 },
		{ "1e-", 3 },
		{ "1.e1", 2 },
		{ "1e1.0", 3 },
		{ "1e1e1", 3 },
		{ "NaN", 0 },
		{ "Infinity", 0 },
		{ "-Infinity", 1 },
		{ "0x10", 1 },
		{ "1,000", 1 },
		{ "1_000", 1 },
		{ "1.2.3", 3 },
		{ "--1", 1 },
		{ "\xd9\xa1", 0 },
		{ "1\n", 1 },
		{ "$5", 0 },
		{ "1f", 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dec v;
		struct fault f = FAULT_INIT;

		assert_refused_at(dec_parse(span_text(rows[i].text), 8,
				      DEC_HALF_EVEN, &v, &f),
		    f, FAULT_FORMAT, "dec.syntax", rows[i].offset);
		assert_refused_at(
		    dec_parse_any(span_text(rows[i].text), &v, &f), f,
		    FAULT_FORMAT, "dec.syntax", rows[i].offset);
		assert_false(dec_text_is_canonical(span_text(rows[i].text)));
	}
}

static void dec_parse__refuses_a_nul_and_stops_at_its_end(void **state)
{
	struct dec v;
	struct fault f = FAULT_INIT;
	char *p = malloc(2);

	(void)state;
	assert_refused_at(dec_parse(span_of(NULL, 0), 0, DEC_EXACT, &v, &f), f,
	    FAULT_FORMAT, "dec.syntax", 0);
	assert_refused_at(dec_parse(span_of("1\0", 2), 0, DEC_EXACT, &v, &f), f,
	    FAULT_FORMAT, "dec.syntax", 1);
	/* Two bytes on the heap; ASan watches the third. */
	assert_non_null(p);
	memcpy(p, "-7", 2);
	assert_ok(dec_parse(span_of(p, 2), 0, DEC_EXACT, &v, &f), f);
	memcpy(p, "1e", 2);
	assert_refused_at(dec_parse(span_of(p, 2), 0, DEC_EXACT, &v, &f), f,
	    FAULT_FORMAT, "dec.syntax", 2);
	free(p);
}

static void dec_parse__leaves_the_output_alone_on_failure(void **state)
{
	struct dec v = parse("42", 3);
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(dec_parse(span_text("x"), 1, DEC_EXACT, &v, &f), f,
	    FAULT_FORMAT, "dec.syntax");
	assert_refused(dec_parse(span_text("1e99"), 1, DEC_EXACT, &v, &f), f,
	    FAULT_LIMIT, "dec.overflow");
	assert_refused(dec_parse(span_text("1.23"), 1, DEC_EXACT, &v, &f), f,
	    FAULT_FORMAT, "dec.inexact");
	assert_int_equal(v.units.limb[0], 42000);
	assert_int_equal(v.decimals, 3);
}

static void dec_parse__rounds_ties_to_even(void **state)
{
	static const struct {
		const char *text, *trunc, *half_even;
	} rows[] = {
		{ "0.5", "0", "0" },
		{ "1.5", "1", "2" },
		{ "2.5", "2", "2" },
		{ "-0.5", "0", "0" },
		{ "-1.5", "-1", "-2" },
		{ "-2.5", "-2", "-2" },
		{ "0.50000000001", "0", "1" },
		{ "0.4999999", "0", "0" },
		{ "0.05", "0", "0" },
		{ "0.9", "0", "1" },
		{ "9.5", "9", "10" },
		{ "99.5", "99", "100" },
		{ "5e-1", "0", "0" },
		{ "5.00001e-1", "0", "1" },
		{ "25e-1", "2", "2" },
		{ "0.5e0", "0", "0" },
		{ "0.00015e4", "1", "2" },
		{ "-0.4", "0", "0" },
		{ "1e-1000000000000000000000", "0", "0" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dec v;
		struct fault f = FAULT_INIT;
		char text[DEC_TEXT_SIZE];

		assert_ok(
		    dec_parse(span_text(rows[i].text), 0, DEC_TRUNC, &v, &f),
		    f);
		assert_string_equal(units(&v, text), rows[i].trunc);
		assert_ok(dec_parse(span_text(rows[i].text), 0, DEC_HALF_EVEN,
			      &v, &f),
		    f);
		assert_string_equal(units(&v, text), rows[i].half_even);
		assert_refused(
		    dec_parse(span_text(rows[i].text), 0, DEC_EXACT, &v, &f), f,
		    FAULT_FORMAT, "dec.inexact");
	}
}

static void dec_parse__checks_the_range_after_rounding(void **state)
{
	struct dec v;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(
	    dec_parse(span_text(INT256_MAX ".4"), 0, DEC_HALF_EVEN, &v, &f), f);
	assert_ok(
	    dec_parse(span_text(INT256_MAX ".9"), 0, DEC_TRUNC, &v, &f), f);
	assert_refused(
	    dec_parse(span_text(INT256_MAX ".5"), 0, DEC_HALF_EVEN, &v, &f), f,
	    FAULT_LIMIT, "dec.overflow");
	assert_ok(
	    dec_parse(span_text(INT256_MIN ".5"), 0, DEC_HALF_EVEN, &v, &f), f);
	assert_refused(
	    dec_parse(span_text(INT256_MIN ".51"), 0, DEC_HALF_EVEN, &v, &f), f,
	    FAULT_LIMIT, "dec.overflow");
}

static void dec_parse__costs_nothing_for_hostile_exponents(void **state)
{
	char text[5000];
	struct dec v;
	struct fault f = FAULT_INIT;

	(void)state;
	/* An exponent of thousands of digits. */
	memset(text, '9', sizeof(text));
	memcpy(text, "1e", 2);
	assert_refused(
	    dec_parse(span_of(text, sizeof(text)), 0, DEC_TRUNC, &v, &f), f,
	    FAULT_LIMIT, "dec.overflow");
	text[0] = '0';
	assert_ok(
	    dec_parse(span_of(text, sizeof(text)), 0, DEC_EXACT, &v, &f), f);
	assert_true(dec_is_zero(&v));
	memcpy(text, "1e-", 3);
	assert_ok(
	    dec_parse(span_of(text, sizeof(text)), 0, DEC_TRUNC, &v, &f), f);
	assert_true(dec_is_zero(&v));
	/* Zeros in front and behind do not count: 10^-4000 * 10^4001. */
	memset(text, '0', sizeof(text));
	text[1] = '.';
	text[4001] = '1';
	memcpy(text + sizeof(text) - 5, "e4001", 5);
	assert_ok(
	    dec_parse(span_of(text, sizeof(text)), 0, DEC_EXACT, &v, &f), f);
	assert_int_equal(v.units.limb[0], 10);
}

static void dec_parse__refuses_too_many_decimals(void **state)
{
	struct dec v;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(
	    dec_parse(span_text("0"), DEC_MAX_DECIMALS, DEC_EXACT, &v, &f), f);
	assert_refused(
	    dec_parse(span_text("0"), DEC_MAX_DECIMALS + 1, DEC_EXACT, &v, &f),
	    f, FAULT_USAGE, "dec.decimals");
}

static void dec_parse_any__takes_the_decimals_of_the_text(void **state)
{
	static const struct {
		const char *text;
		uint8_t decimals;
		const char *form;
	} rows[] = {
		{ "0", 0, "0" },
		{ "-0.000", 0, "0" },
		{ "1.50", 1, "1.5" },
		{ "97234.12", 2, "97234.12" },
		{ "1e3", 0, "1000" },
		{ "1.25e1", 1, "12.5" },
		{ "12e-3", 3, "0.012" },
		{ "-0.10", 1, "-0.1" },
		{ "1200e-2", 0, "12" },
		{ "0e-99999", 0, "0" },
		{ INT256_MAX, 0, INT256_MAX },
		{ INT256_MIN, 0, INT256_MIN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dec v;
		struct fault f = FAULT_INIT;
		char text[DEC_TEXT_SIZE];

		assert_ok(dec_parse_any(span_text(rows[i].text), &v, &f), f);
		assert_int_equal(v.decimals, rows[i].decimals);
		assert_string_equal(dec_format(&v, text), rows[i].form);
	}
}

static void dec_parse_any__loses_no_digits(void **state)
{
	struct dec v;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(dec_parse_any(span_text("1e-77"), &v, &f), f);
	assert_refused(dec_parse_any(span_text("1e-78"), &v, &f), f,
	    FAULT_FORMAT, "dec.inexact");
	assert_refused(
	    dec_parse_any(span_text("1e-99999999999999999999"), &v, &f), f,
	    FAULT_FORMAT, "dec.inexact");
	assert_refused(dec_parse_any(span_text("1.5e77"), &v, &f), f,
	    FAULT_LIMIT, "dec.overflow");
	/* Few digits each, too many together. */
	assert_refused(
	    dec_parse_any(span_text("11111111111111111111111111111111111111111"
				    "111111111.1111111111111111111111111111"),
		&v, &f),
	    f, FAULT_LIMIT, "dec.overflow");
}

/* ---- writing ------------------------------------------------------------ */

static void dec_format__has_one_form(void **state)
{
	static const struct {
		const char *text;
		uint8_t decimals;
		const char *form;
	} rows[] = {
		{ "0", 8, "0" },
		{ "1", 8, "1" },
		{ "-1", 8, "-1" },
		{ "0.1", 8, "0.1" },
		{ "-0.00000001", 8, "-0.00000001" },
		{ "100", 2, "100" },
		{ "100.5", 2, "100.5" },
		{ "10.05", 2, "10.05" },
		{ "1e-77", 77,
		    "0.000000000000000000000000000000000000000000000000000"
		    "00000000000000000000000001" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dec v = parse(rows[i].text, rows[i].decimals);
		char text[DEC_TEXT_SIZE];

		assert_ptr_equal(dec_format(&v, text), text);
		assert_string_equal(text, rows[i].form);
	}
}

static void dec_format__has_room_for_every_value(void **state)
{
	struct dec v = parse(INT256_MIN, 0);
	/* On the heap, so that ASan sees a byte too many. */
	char *text = malloc(DEC_TEXT_SIZE);

	(void)state;
	assert_non_null(text);
	for (int decimals = 0; decimals <= UINT8_MAX; decimals++) {
		v.decimals = (uint8_t)decimals;
		dec_format(&v, text);
		assert_true(strlen(text) < DEC_TEXT_SIZE);
	}
	assert_memory_equal(text, "-0.000", 6);
	free(text);
}

static void dec_text_is_canonical__knows_one_spelling(void **state)
{
	static const char *const good[] = { "0", "1", "-1", "0.1", "-0.1", "10",
		"97234.12", "1000000000000", INT256_MAX, INT256_MIN };
	static const char *const bad[] = { "-0", "0.0", "1.0", "1.10", "1e2",
		"1E2", "10e-1", "00", "+1", ".1", "1.", "", " 1", "1e-78",
		"-0.0" };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(dec_text_is_canonical(span_text(good[i])));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(dec_text_is_canonical(span_text(bad[i])));
}

static void dec_encode_int256__is_big_endian_twos_complement(void **state)
{
	static const struct {
		const char *text, *hex;
	} rows[] = {
		{ "1",
		    "0000000000000000000000000000000000000000000000000000"
		    "000000000001" },
		{ "-1",
		    "ffffffffffffffffffffffffffffffffffffffffffffffffffff"
		    "ffffffffffff" },
		{ "-2",
		    "ffffffffffffffffffffffffffffffffffffffffffffffffffff"
		    "fffffffffffe" },
		{ INT256_MIN,
		    "800000000000000000000000000000000000000000000000"
		    "0000000000000000" },
		{ INT256_MAX,
		    "7fffffffffffffffffffffffffffffffffffffffffffffff"
		    "ffffffffffffffff" },
		{ "1311768467294899695",
		    "000000000000000000000000000000000000"
		    "0000000000001234567890abcdef" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dec v = parse(rows[i].text, 0), back;
		uint8_t b[32];
		char hex[HEX_SIZE(32)];

		dec_encode_int256(&v, b);
		hex_encode(span_of(b, sizeof(b)), hex);
		assert_string_equal(hex, rows[i].hex);
		dec_decode_int256(b, 0, &back);
		assert_int_equal(dec_compare(&v, &back), 0);
	}
}

/* ---- arithmetic --------------------------------------------------------- */

static void dec_compare__orders_values(void **state)
{
	static const char *const ascending[] = { INT256_MIN, "-10", "-2", "-1",
		"0", "1", "2", "10", "18446744073709551616", INT256_MAX };

	(void)state;
	for (size_t i = 0; i < COUNT(ascending); i++) {
		for (size_t j = 0; j < COUNT(ascending); j++) {
			struct dec a = parse(ascending[i], 0);
			struct dec b = parse(ascending[j], 0);

			assert_int_equal(
			    dec_compare(&a, &b), (i > j) - (i < j));
		}
		struct dec a = parse(ascending[i], 0);
		assert_int_equal(dec_is_negative(&a), i < 4);
		assert_int_equal(dec_is_zero(&a), i == 4);
	}
}

static void dec_compare__is_exact_across_decimals(void **state)
{
	struct dec a = parse("1.5", 1), b = parse("1.5", 76);
	struct dec c = parse("-1.6", 1), min = parse(INT256_MIN, 0);

	(void)state;
	assert_int_equal(dec_compare(&a, &b), 0);
	assert_int_equal(dec_compare(&c, &b), -1);
	assert_int_equal(dec_compare(&b, &c), 1);
	b = min;
	b.decimals = 255;
	assert_int_equal(dec_compare(&min, &b), -1);
	assert_int_equal(dec_compare(&b, &min), 1);
	a = parse("-1", 0);
	assert_int_equal(dec_compare(&a, &b), -1);
}

static void dec_add__adds_and_refuses_overflow(void **state)
{
	static const struct {
		const char *a, *b, *sum;
	} rows[] = {
		{ "1", "2", "3" },
		{ "-1", "1", "0" },
		{ "-1", "-2", "-3" },
		{ "18446744073709551615", "1", "18446744073709551616" },
		{ INT256_MAX, INT256_MIN, "-1" },
		{ INT256_MAX, "0", INT256_MAX },
		{ INT256_MAX, "1", NULL },
		{ INT256_MIN, "-1", NULL },
		{ INT256_MAX, INT256_MAX, NULL },
		{ INT256_MIN, INT256_MIN, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dec a = parse(rows[i].a, 0), b = parse(rows[i].b, 0);
		struct fault f = FAULT_INIT;
		char text[DEC_TEXT_SIZE];

		if (rows[i].sum == NULL) {
			assert_refused(dec_add(&a, &b, &a, &f), f, FAULT_LIMIT,
			    "dec.overflow");
			continue;
		}
		/* The output may be an operand. */
		assert_ok(dec_add(&a, &b, &a, &f), f);
		assert_string_equal(dec_format(&a, text), rows[i].sum);
		assert_ok(dec_subtract(&a, &b, &b, &f), f);
		assert_string_equal(dec_format(&b, text), rows[i].a);
	}
}

static void dec_subtract__refuses_overflow(void **state)
{
	struct dec zero = parse("0", 0), one = parse("1", 0), v;
	struct dec min = parse(INT256_MIN, 0), max = parse(INT256_MAX, 0);
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(
	    dec_subtract(&zero, &min, &v, &f), f, FAULT_LIMIT, "dec.overflow");
	assert_refused(
	    dec_subtract(&min, &one, &v, &f), f, FAULT_LIMIT, "dec.overflow");
	assert_refused(
	    dec_subtract(&max, &min, &v, &f), f, FAULT_LIMIT, "dec.overflow");
	assert_ok(dec_subtract(&min, &min, &v, &f), f);
	assert_true(dec_is_zero(&v));
}

static void dec_mean__is_half_even_without_overflow(void **state)
{
	static const struct {
		const char *a, *b, *mean;
	} rows[] = {
		{ "1", "3", "2" },
		{ "1", "2", "2" },
		{ "2", "3", "2" },
		{ "3", "4", "4" },
		{ "0", "1", "0" },
		{ "-1", "0", "0" },
		{ "-1", "-2", "-2" },
		{ "-2", "-3", "-2" },
		{ "-3", "2", "0" },
		{ "-3", "0", "-2" },
		{ "5", "-2", "2" },
		{ "7", "7", "7" },
		{ "-1", "2", "0" },
		{ "-4", "1", "-2" },
		{ INT256_MAX, INT256_MAX, INT256_MAX },
		{ INT256_MIN, INT256_MIN, INT256_MIN },
		{ INT256_MAX, INT256_MIN, "0" },
		{ "18446744073709551615", "18446744073709551617",
		    "18446744073709551616" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dec a = parse(rows[i].a, 0), b = parse(rows[i].b, 0), v;
		struct fault f = FAULT_INIT;
		char text[DEC_TEXT_SIZE];

		assert_ok(dec_mean(&a, &b, &v, &f), f);
		assert_string_equal(dec_format(&v, text), rows[i].mean);
		assert_ok(dec_mean(&b, &a, &v, &f), f);
		assert_string_equal(dec_format(&v, text), rows[i].mean);
	}
}

static void dec_mean_of__is_half_even_without_overflow(void **state)
{
	static const struct {
		const char *v[5];
		size_t n;
		const char *mean;
	} rows[] = {
		{ { "-7" }, 1, "-7" },
		{ { "1", "2" }, 2, "2" },
		{ { "2", "3" }, 2, "2" },
		{ { "-1", "-2" }, 2, "-2" },
		{ { "-2", "-3" }, 2, "-2" },
		{ { "0", "-1" }, 2, "0" },
		{ { "1", "1", "2" }, 3, "1" },
		{ { "1", "2", "2" }, 3, "2" },
		{ { "-1", "-1", "-2" }, 3, "-1" },
		{ { "-1", "-2", "-2" }, 3, "-2" },
		{ { "0", "0", "1", "1" }, 4, "0" },
		{ { "1", "1", "2", "2" }, 4, "2" },
		{ { INT256_MAX, INT256_MAX, INT256_MAX, INT256_MAX,
		      INT256_MAX },
		    5, INT256_MAX },
		{ { INT256_MIN, INT256_MIN, INT256_MIN, INT256_MIN }, 4,
		    INT256_MIN },
		{ { INT256_MAX, INT256_MIN, INT256_MAX, INT256_MIN }, 4, "0" },
		{ { "18446744073709551615", "18446744073709551617", "0" }, 3,
		    "12297829382473034411" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dec v[5], mean;
		struct fault f = FAULT_INIT;
		char text[DEC_TEXT_SIZE];

		for (size_t k = 0; k < rows[i].n; k++)
			v[k] = parse(rows[i].v[k], 0);
		assert_ok(dec_mean_of(v, rows[i].n, &mean, &f), f);
		assert_string_equal(dec_format(&mean, text), rows[i].mean);
	}
}

static void dec_mean_of__refuses_none_and_too_many(void **state)
{
	static struct dec many[DEC_MEAN_MAX + 1];
	struct dec mixed[] = { parse("1", 2), parse("1", 3) }, v;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(dec_mean_of(many, DEC_MEAN_MAX, &v, &f), f);
	assert_refused(
	    dec_mean_of(many, 0, &v, &f), f, FAULT_USAGE, "dec.count");
	assert_refused(dec_mean_of(many, DEC_MEAN_MAX + 1, &v, &f), f,
	    FAULT_USAGE, "dec.count");
	assert_refused(
	    dec_mean_of(mixed, 2, &v, &f), f, FAULT_INTERNAL, "dec.decimals");
}

static void dec_arithmetic__refuses_mixed_decimals(void **state)
{
	struct dec a = parse("1", 2), b = parse("1", 3), v;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(
	    dec_add(&a, &b, &v, &f), f, FAULT_INTERNAL, "dec.decimals");
	assert_refused(
	    dec_subtract(&a, &b, &v, &f), f, FAULT_INTERNAL, "dec.decimals");
	assert_refused(
	    dec_mean(&a, &b, &v, &f), f, FAULT_INTERNAL, "dec.decimals");
}

static void dec_deviates__compares_exactly(void **state)
{
	static const struct {
		const char *a, *b;
		uint32_t bps;
		bool deviates;
	} rows[] = {
		{ "101.5", "100", 150, false },
		{ "101.50000001", "100", 150, true },
		{ "98.5", "100", 150, false },
		{ "98.49999999", "100", 150, true },
		{ "-101.5", "-100", 150, false },
		{ "-101.51", "-100", 150, true },
		{ "100", "-100", 19999, true },
		{ "100", "-100", 20000, false },
		{ "0", "0", 0, false },
		{ "0.00000001", "0", 0xffffffff, true },
		{ "-0.00000001", "0", 0xffffffff, true },
		{ "1", "1", 0, false },
		{ "1", "1.00000001", 0, true },
		{ "0", "100", 9999, true },
		{ "0", "100", 10000, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dec a = parse(rows[i].a, 8), b = parse(rows[i].b, 8);

		if (dec_deviates(&a, &b, rows[i].bps) != rows[i].deviates)
			fail_msg("row %zu", i);
		/* The same with other decimals on one side. */
		b = parse(rows[i].b, 9);
		assert_int_equal(
		    dec_deviates(&a, &b, rows[i].bps), rows[i].deviates);
		a = parse(rows[i].a, 11);
		assert_int_equal(
		    dec_deviates(&a, &b, rows[i].bps), rows[i].deviates);
	}
}

static void dec_deviates__has_room_for_the_widest(void **state)
{
	struct dec min = parse(INT256_MIN, 0), max = parse(INT256_MAX, 0);
	struct dec tiny = min;

	(void)state;
	assert_true(dec_deviates(&max, &min, 19999));
	assert_false(dec_deviates(&max, &min, 20000));
	tiny.decimals = 255;
	assert_true(dec_deviates(&min, &tiny, UINT32_MAX));
	assert_true(dec_deviates(&tiny, &min, 9999));
	assert_false(dec_deviates(&tiny, &min, 10000));
}

/* Where dec_deviates says "more than", this says "at least". */
static void dec_reaches__counts_a_move_of_exactly_the_threshold(void **state)
{
	static const struct {
		const char *a, *b;
		uint32_t bps;
		bool reaches;
	} rows[] = {
		{ "101.5", "100", 150, true },
		{ "101.49999999", "100", 150, false },
		{ "98.5", "100", 150, true },
		{ "98.50000001", "100", 150, false },
		{ "-101.5", "-100", 150, true },
		{ "-101.49", "-100", 150, false },
		{ "100", "-100", 20000, true },
		{ "100", "-100", 20001, false },
		{ "0", "0", 0, false },
		{ "0", "0", 50, false },
		{ "0.00000001", "0", 0xffffffff, true },
		{ "1", "1", 0, true },
		{ "1", "1", 1, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dec a = parse(rows[i].a, 8), b = parse(rows[i].b, 8);

		if (dec_reaches(&a, &b, rows[i].bps) != rows[i].reaches)
			fail_msg("row %zu", i);
		b = parse(rows[i].b, 9);
		assert_int_equal(
		    dec_reaches(&a, &b, rows[i].bps), rows[i].reaches);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dec_parse__agrees_with_every_vector),
		cmocka_unit_test(dec_parse__refuses_other_grammars),
		cmocka_unit_test(dec_parse__refuses_a_nul_and_stops_at_its_end),
		cmocka_unit_test(dec_parse__leaves_the_output_alone_on_failure),
		cmocka_unit_test(dec_parse__rounds_ties_to_even),
		cmocka_unit_test(dec_parse__checks_the_range_after_rounding),
		cmocka_unit_test(
		    dec_parse__costs_nothing_for_hostile_exponents),
		cmocka_unit_test(dec_parse__refuses_too_many_decimals),
		cmocka_unit_test(dec_parse_any__takes_the_decimals_of_the_text),
		cmocka_unit_test(dec_parse_any__loses_no_digits),
		cmocka_unit_test(dec_format__has_one_form),
		cmocka_unit_test(dec_format__has_room_for_every_value),
		cmocka_unit_test(dec_text_is_canonical__knows_one_spelling),
		cmocka_unit_test(
		    dec_encode_int256__is_big_endian_twos_complement),
		cmocka_unit_test(dec_compare__orders_values),
		cmocka_unit_test(dec_compare__is_exact_across_decimals),
		cmocka_unit_test(dec_add__adds_and_refuses_overflow),
		cmocka_unit_test(dec_subtract__refuses_overflow),
		cmocka_unit_test(dec_mean__is_half_even_without_overflow),
		cmocka_unit_test(dec_mean_of__is_half_even_without_overflow),
		cmocka_unit_test(dec_mean_of__refuses_none_and_too_many),
		cmocka_unit_test(dec_arithmetic__refuses_mixed_decimals),
		cmocka_unit_test(dec_deviates__compares_exactly),
		cmocka_unit_test(dec_deviates__has_room_for_the_widest),
		cmocka_unit_test(
		    dec_reaches__counts_a_move_of_exactly_the_threshold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
