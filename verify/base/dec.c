/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/dec.h"

#include "verify/base/limbs.h"

#include <string.h>

#define LIMBS 4
#define SIGN_BIT (UINT64_C(1) << 63)
/* The most digits that any int256 has: 2^255 has 77. */
#define MAX_DIGITS 77

/* ---- reading text ------------------------------------------------------- */

/*
 * What the text says: digits[first .. last], times 10^exponent; no digits at
 * all (n = 0) for zero. Leading and trailing zeros are not counted.
 */
struct number {
	struct span text;
	bool negative;
	size_t first;     /* index of the first digit that is not 0 */
	size_t point;     /* index of the point; beyond the digits if none */
	size_t n;         /* digits from the first to the last that is not 0 */
	int64_t exponent; /* of the last digit */
};

static bool is_digit(struct span text, size_t i)
{
	return i < text.n && text.p[i] >= '0' && text.p[i] <= '9';
}

static bool syntax(struct fault *f, size_t offset)
{
	return fault_raise_at(f, FAULT_FORMAT, "dec.syntax", offset,
	    "not a decimal number as in JSON");
}

/* Digit i of the number, across the point. */
static unsigned digit(const struct number *v, size_t i)
{
	size_t at = v->first + i;

	/* The first digit may stand behind the point itself. */
	if (v->first < v->point && at >= v->point)
		at++;
	return (unsigned)(v->text.p[at] - '0');
}

/* The exponent behind e; saturates far beyond the length of any text. */
static int64_t scan_exponent(struct span text, size_t *pos, bool *ok)
{
	const int64_t most = INT64_C(1) << 58;
	bool negative = false;
	int64_t v = 0;

	if (*pos < text.n && (text.p[*pos] == '+' || text.p[*pos] == '-'))
		negative = text.p[(*pos)++] == '-';
	*ok = is_digit(text, *pos);
	for (; is_digit(text, *pos); (*pos)++) {
		v = 10 * v + (text.p[*pos] - '0');
		if (v > most)
			v = most;
	}
	return negative ? -v : v;
}

/* RFC 8259 section 6, all of it and nothing else. */
static bool scan(struct span text, struct number *out, struct fault *f)
{
	struct number v = { .text = text };
	size_t pos = 0, start, end, last = 0;
	bool any = false, ok = true;
	int64_t exponent = 0;

	if (text.n > 0 && text.p[0] == '-') {
		v.negative = true;
		pos++;
	}
	start = pos;
	while (is_digit(text, pos))
		pos++;
	if (pos == start)
		return syntax(f, pos);
	if (text.p[start] == '0' && pos - start > 1)
		return syntax(f, start + 1);
	v.point = pos;
	if (pos < text.n && text.p[pos] == '.') {
		pos++;
		if (!is_digit(text, pos))
			return syntax(f, pos);
		while (is_digit(text, pos))
			pos++;
	}
	end = pos;
	if (pos < text.n && (text.p[pos] == 'e' || text.p[pos] == 'E')) {
		pos++;
		exponent = scan_exponent(text, &pos, &ok);
	}
	if (!ok || pos != text.n)
		return syntax(f, pos);

	for (size_t i = start; i < end; i++) {
		if (i == v.point || text.p[i] == '0')
			continue;
		if (!any)
			v.first = i;
		any = true;
		last = i;
	}
	if (any) {
		bool crosses = v.first < v.point && last > v.point;

		v.n = last - v.first + 1 - crosses;
		/* The digit in front of the point has exponent 0. */
		v.exponent = exponent +
		    (last < v.point ? (int64_t)(v.point - last) - 1
				    : -(int64_t)(last - v.point));
	}
	*out = v;
	return true;
}

static bool overflow(struct fault *f)
{
	return fault_raise(f, FAULT_LIMIT, "dec.overflow",
	    "the number does not fit in 256 bits");
}

/* Whether what is lost behind the first `kept` digits rounds up. */
static bool rounds_up(const struct number *v, int64_t kept, bool odd)
{
	unsigned first;

	/* Below 0.1 of a unit; then exactly half is "5" alone. */
	if (kept < 0)
		return false;
	first = digit(v, (size_t)kept);
	if (first != 5)
		return first > 5;
	/* The last digit is not 0: any digit more is more than half. */
	return v->n > (size_t)kept + 1 || odd;
}

/* Magnitude to two's complement; false if it does not fit. */
static bool with_sign(uint64_t *limb, bool negative)
{
	uint64_t half[LIMBS] = { 0, 0, 0, SIGN_BIT };
	int order = limbs_compare(limb, half, LIMBS);

	if (order > 0 || (order == 0 && !negative))
		return false;
	if (negative)
		limbs_negate(limb, LIMBS);
	return true;
}

FALLIBLE dec_parse(struct span text, uint8_t decimals, enum dec_round mode,
    struct dec *out, struct fault *f)
{
	struct dec d = { .decimals = decimals };
	uint64_t *limb = d.units.limb;
	struct number v;
	int64_t shift, kept;

	if (decimals > DEC_MAX_DECIMALS)
		return fault_raise(f, FAULT_USAGE, "dec.decimals",
		    "at most %d decimals, not %u", DEC_MAX_DECIMALS,
		    (unsigned)decimals);
	TRY(scan(text, &v, f));
	if (v.n == 0) {
		*out = d;
		return true;
	}
	/* units = digits * 10^shift; `kept` digits of it are in front of the
	 * point, zeros included. */
	shift = v.exponent + decimals;
	kept = (int64_t)v.n + shift;
	if (shift < 0 && mode == DEC_EXACT)
		return fault_raise(f, FAULT_FORMAT, "dec.inexact",
		    "more than %u decimals", (unsigned)decimals);
	if (kept > MAX_DIGITS)
		return overflow(f);
	/* 77 digits are less than 2^256: nothing is carried out. */
	for (int64_t i = 0; i < kept; i++)
		limbs_mul_add(limb, LIMBS, 10,
		    i < (int64_t)v.n ? digit(&v, (size_t)i) : 0);
	if (shift < 0 && mode == DEC_HALF_EVEN &&
	    rounds_up(&v, kept, limb[0] & 1))
		limbs_mul_add(limb, LIMBS, 1, 1);
	if (!with_sign(limb, v.negative))
		return overflow(f);
	*out = d;
	return true;
}

FALLIBLE dec_parse_any(struct span text, struct dec *out, struct fault *f)
{
	struct number v;

	TRY(scan(text, &v, f));
	if (v.exponent < -DEC_MAX_DECIMALS)
		return fault_raise(f, FAULT_FORMAT, "dec.inexact",
		    "more than %d decimals", DEC_MAX_DECIMALS);
	return dec_parse(
	    text, v.exponent < 0 ? (uint8_t)-v.exponent : 0, DEC_EXACT, out, f);
}

/* ---- writing ------------------------------------------------------------ */

bool dec_is_negative(const struct dec *v)
{
	return (v->units.limb[LIMBS - 1] & SIGN_BIT) != 0;
}

bool dec_is_zero(const struct dec *v)
{
	return limbs_is_zero(v->units.limb, LIMBS);
}

/* |v| as an unsigned integer; 2^255 fits. */
static void magnitude(const struct dec *v, uint64_t out[LIMBS])
{
	memcpy(out, v->units.limb, sizeof(v->units.limb));
	if (dec_is_negative(v))
		limbs_negate(out, LIMBS);
}

char *dec_format(const struct dec *v, char out[DEC_TEXT_SIZE])
{
	/* Digits from the last to the first; at least one before the point. */
	char reversed[DEC_TEXT_SIZE];
	size_t n = 0, skip = 0, behind = v->decimals, limbs = LIMBS;
	uint64_t rest[LIMBS];
	char *p = out;

	magnitude(v, rest);
	while (!limbs_is_zero(rest, limbs) || n <= behind) {
		/* Prices fit in the lowest one, and division is slow. */
		while (limbs > 1 && rest[limbs - 1] == 0)
			limbs--;
		reversed[n++] = (char)('0' + limbs_div(rest, limbs, 10));
	}
	while (skip < behind && reversed[skip] == '0')
		skip++;
	if (dec_is_negative(v))
		*p++ = '-';
	for (size_t i = n; i > skip; i--) {
		if (i == behind)
			*p++ = '.';
		*p++ = reversed[i - 1];
	}
	*p = '\0';
	return out;
}

bool dec_text_is_canonical(struct span text)
{
	struct dec v;
	char form[DEC_TEXT_SIZE];

	return dec_parse_any(text, &v, NULL) &&
	    span_equal_text(text, dec_format(&v, form));
}

void dec_encode_int256(const struct dec *v, uint8_t out32[32])
{
	limbs_to_be(v->units.limb, out32, LIMBS);
}

void dec_decode_int256(
    const uint8_t in32[32], uint8_t decimals, struct dec *out)
{
	struct dec v = { .decimals = decimals };

	limbs_from_be(in32, v.units.limb, LIMBS);
	*out = v;
}

/* ---- arithmetic --------------------------------------------------------- */

/*
 * Room for |a - b| of any two values brought to the same decimals, times a
 * factor of 32 bits: 256 + 848 (10^255) + 1 + 32 bits.
 */
#define WIDE 20

/* v * 10^scale, signed. */
static void widen(const struct dec *v, unsigned scale, uint64_t out[WIDE])
{
	memset(out, 0, WIDE * sizeof(out[0]));
	magnitude(v, out);
	for (; scale > 0; scale--)
		limbs_mul_add(out, WIDE, 10, 0);
	if (dec_is_negative(v))
		limbs_negate(out, WIDE);
}

/* a - b at the finer of their decimals; b there too. */
static void difference(const struct dec *a, const struct dec *b,
    uint64_t diff[WIDE], uint64_t b_out[WIDE])
{
	uint64_t minus_b[WIDE];

	widen(a,
	    b->decimals > a->decimals ? (unsigned)b->decimals - a->decimals : 0,
	    diff);
	widen(b,
	    a->decimals > b->decimals ? (unsigned)a->decimals - b->decimals : 0,
	    b_out);
	memcpy(minus_b, b_out, sizeof(minus_b));
	limbs_negate(minus_b, WIDE);
	limbs_add(diff, minus_b, WIDE);
}

static bool wide_is_negative(const uint64_t v[WIDE])
{
	return (v[WIDE - 1] & SIGN_BIT) != 0;
}

int dec_compare(const struct dec *a, const struct dec *b)
{
	uint64_t diff[WIDE], ignored[WIDE];

	difference(a, b, diff, ignored);
	if (wide_is_negative(diff))
		return -1;
	return limbs_is_zero(diff, WIDE) ? 0 : 1;
}

static bool check_decimals(
    const struct dec *a, const struct dec *b, struct fault *f)
{
	if (a->decimals != b->decimals)
		return fault_raise(f, FAULT_INTERNAL, "dec.decimals",
		    "arithmetic on %u and %u decimals", (unsigned)a->decimals,
		    (unsigned)b->decimals);
	return true;
}

/* One limb more, filled with the sign. */
static void extend(const struct dec *v, uint64_t out[LIMBS + 1])
{
	memcpy(out, v->units.limb, sizeof(v->units.limb));
	out[LIMBS] = dec_is_negative(v) ? UINT64_MAX : 0;
}

/* Back to 256 bits, if the value is still the same. */
static bool narrow(const uint64_t v[LIMBS + 1], uint8_t decimals,
    struct dec *out, struct fault *f)
{
	struct dec d = { .decimals = decimals };

	memcpy(d.units.limb, v, sizeof(d.units.limb));
	if (v[LIMBS] != (dec_is_negative(&d) ? UINT64_MAX : 0))
		return overflow(f);
	*out = d;
	return true;
}

FALLIBLE dec_add(
    const struct dec *a, const struct dec *b, struct dec *out, struct fault *f)
{
	uint64_t x[LIMBS + 1], y[LIMBS + 1];

	TRY(check_decimals(a, b, f));
	extend(a, x);
	extend(b, y);
	limbs_add(x, y, LIMBS + 1);
	return narrow(x, a->decimals, out, f);
}

FALLIBLE dec_subtract(
    const struct dec *a, const struct dec *b, struct dec *out, struct fault *f)
{
	uint64_t x[LIMBS + 1], y[LIMBS + 1];

	TRY(check_decimals(a, b, f));
	extend(a, x);
	extend(b, y);
	limbs_negate(y, LIMBS + 1);
	limbs_add(x, y, LIMBS + 1);
	return narrow(x, a->decimals, out, f);
}

FALLIBLE dec_mean(
    const struct dec *a, const struct dec *b, struct dec *out, struct fault *f)
{
	uint64_t x[LIMBS + 1], y[LIMBS + 1];
	uint64_t one[LIMBS + 1] = { 1 };
	bool half;

	TRY(check_decimals(a, b, f));
	extend(a, x);
	extend(b, y);
	limbs_add(x, y, LIMBS + 1);
	/* Shift right: the floor, for negative sums too. */
	half = x[0] & 1;
	for (size_t i = 0; i < LIMBS; i++)
		x[i] = x[i] >> 1 | x[i + 1] << 63;
	x[LIMBS] = x[LIMBS] >> 1 | (x[LIMBS] & SIGN_BIT);
	/* A tie lies between the floor and the next: take the even one. */
	if (half && (x[0] & 1) != 0)
		limbs_add(x, one, LIMBS + 1);
	return narrow(x, a->decimals, out, f);
}

FALLIBLE dec_mean_of(
    const struct dec *values, size_t n, struct dec *out, struct fault *f)
{
	const uint64_t one[LIMBS + 1] = { 1 };
	uint64_t sum[LIMBS + 1] = { 0 };

	if (n == 0 || n > DEC_MEAN_MAX)
		return fault_raise(f, FAULT_USAGE, "dec.count",
		    "the mean of 1 to %d values, not of %zu", DEC_MEAN_MAX, n);
	for (size_t i = 0; i < n; i++) {
		uint64_t x[LIMBS + 1];

		TRY(check_decimals(&values[0], &values[i], f));
		extend(&values[i], x);
		limbs_add(sum, x, LIMBS + 1);
	}
	/* Half-even is the same on both sides of zero. */
	bool negative = (sum[LIMBS] & SIGN_BIT) != 0;
	if (negative)
		limbs_negate(sum, LIMBS + 1);
	uint64_t twice = 2 * limbs_div(sum, LIMBS + 1, n);
	if (twice > n || (twice == n && (sum[0] & 1) != 0))
		limbs_add(sum, one, LIMBS + 1);
	if (negative)
		limbs_negate(sum, LIMBS + 1);
	return narrow(sum, values[0].decimals, out, f);
}

/* |a - b| * 10000 beside bps * |b|: -1 0 1. */
static int compare_deviation(
    const struct dec *a, const struct dec *b, uint32_t bps)
{
	uint64_t diff[WIDE], base[WIDE];

	difference(a, b, diff, base);
	if (wide_is_negative(diff))
		limbs_negate(diff, WIDE);
	if (wide_is_negative(base))
		limbs_negate(base, WIDE);
	limbs_mul_add(diff, WIDE, 10000, 0);
	limbs_mul_add(base, WIDE, bps, 0);
	return limbs_compare(diff, base, WIDE);
}

bool dec_deviates(const struct dec *a, const struct dec *b, uint32_t bps)
{
	return compare_deviation(a, b, bps) > 0;
}

bool dec_reaches(const struct dec *a, const struct dec *b, uint32_t bps)
{
	if (dec_is_zero(b))
		return !dec_is_zero(a);
	return compare_deviation(a, b, bps) >= 0;
}
