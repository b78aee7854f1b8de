/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/u256.h"

#include "verify/base/limbs.h"
#include "verify/base/text.h"

#include <string.h>

#define LIMBS 4
#define BYTES 32

static bool overflow(struct fault *f)
{
	return fault_raise(f, FAULT_LIMIT, "u256.overflow",
	    "the amount does not fit in 256 bits");
}

struct u256 u256_of(uint64_t v)
{
	return (struct u256){ .limb = { v } };
}

struct u256 u256_from_be(const uint8_t in32[32])
{
	struct u256 v;

	limbs_from_be(in32, v.limb, LIMBS);
	return v;
}

void u256_to_be(const struct u256 *v, uint8_t out32[32])
{
	limbs_to_be(v->limb, out32, LIMBS);
}

bool u256_is_zero(const struct u256 *v)
{
	return limbs_is_zero(v->limb, LIMBS);
}

int u256_compare(const struct u256 *a, const struct u256 *b)
{
	return limbs_compare(a->limb, b->limb, LIMBS);
}

FALLIBLE u256_to_u64(const struct u256 *v, uint64_t *out, struct fault *f)
{
	if (!limbs_is_zero(v->limb + 1, LIMBS - 1))
		return fault_raise(f, FAULT_LIMIT, "u256.overflow",
		    "the number does not fit in 64 bits");
	*out = v->limb[0];
	return true;
}

FALLIBLE u256_add(const struct u256 *a, const struct u256 *b, struct u256 *out,
    struct fault *f)
{
	struct u256 sum = *a;

	if (limbs_add(sum.limb, b->limb, LIMBS) != 0)
		return overflow(f);
	*out = sum;
	return true;
}

FALLIBLE u256_subtract(const struct u256 *a, const struct u256 *b,
    struct u256 *out, struct fault *f)
{
	struct u256 rest = *b;

	if (u256_compare(a, b) < 0)
		return fault_raise(f, FAULT_LIMIT, "u256.overflow",
		    "the amount would be less than zero");
	limbs_negate(rest.limb, LIMBS);
	limbs_add(rest.limb, a->limb, LIMBS);
	*out = rest;
	return true;
}

FALLIBLE u256_mul_div(const struct u256 *a, uint64_t m, uint64_t d,
    struct u256 *out, uint64_t *rest_out, struct fault *f)
{
	uint64_t wide[LIMBS + 1];
	uint64_t rest;

	if (d == 0)
		return fault_raise(
		    f, FAULT_USAGE, "u256.divisor", "division by zero");
	memcpy(wide, a->limb, sizeof(a->limb));
	wide[LIMBS] = limbs_mul_add(wide, LIMBS, m, 0);
	rest = limbs_div(wide, LIMBS + 1, d);
	if (wide[LIMBS] != 0)
		return overflow(f);
	memcpy(out->limb, wide, sizeof(out->limb));
	if (rest_out != NULL)
		*rest_out = rest;
	return true;
}

/* ---- text --------------------------------------------------------------- */

char *u256_format(const struct u256 *v, char out[U256_TEXT_SIZE])
{
	char reversed[U256_TEXT_SIZE];
	struct u256 rest = *v;
	size_t n = 0;

	do
		reversed[n++] = (char)('0' + limbs_div(rest.limb, LIMBS, 10));
	while (!u256_is_zero(&rest));
	for (size_t i = 0; i < n; i++)
		out[i] = reversed[n - 1 - i];
	out[n] = '\0';
	return out;
}

FALLIBLE u256_parse(
    struct span text, struct u256 *out, const char *at, struct fault *f)
{
	struct u256 v = { 0 };

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return fault_raise_at(f, FAULT_FORMAT, at, i,
			    "an amount is plain decimal digits");
		if (limbs_mul_add(v.limb, LIMBS, 10, text.p[i] - '0') != 0)
			return fault_raise_at(f, FAULT_LIMIT, at, i,
			    "the amount does not fit in 256 bits");
	}
	if (text.n == 0 || (text.n > 1 && text.p[0] == '0'))
		return fault_raise_at(f, FAULT_FORMAT, at, 0,
		    "an amount has at least one digit, and no leading zero");
	*out = v;
	return true;
}

char *u256_format_quantity(const struct u256 *v, char out[U256_QUANTITY_SIZE])
{
	char digits[HEX_SIZE(BYTES)];
	uint8_t be[BYTES];
	size_t skip = 0;

	u256_to_be(v, be);
	hex_encode(span_of(be, sizeof(be)), digits);
	/* At least one digit stays. */
	while (skip < 2 * BYTES - 1 && digits[skip] == '0')
		skip++;
	out[0] = '0';
	out[1] = 'x';
	memcpy(out + 2, digits + skip, sizeof(digits) - skip);
	return out;
}

FALLIBLE u256_parse_quantity(
    struct span text, struct u256 *out, const char *at, struct fault *f)
{
	char digits[2 * BYTES];
	struct fault bad = FAULT_INIT;
	uint8_t be[BYTES];
	size_t n;

	if (text.n < 3 || text.p[0] != '0' || text.p[1] != 'x' ||
	    (text.n > 3 && text.p[2] == '0'))
		return fault_raise_at(f, FAULT_FORMAT, at, 0,
		    "a quantity is 0x and hexadecimal digits without leading "
		    "zeros");
	n = text.n - 2;
	if (n > sizeof(digits))
		return fault_raise_at(f, FAULT_LIMIT, at, 0,
		    "the quantity does not fit in 256 bits");
	memset(digits, '0', sizeof(digits));
	memcpy(digits + sizeof(digits) - n, text.p + 2, n);
	if (!hex_decode(
		span_of(digits, sizeof(digits)), be, sizeof(be), at, &bad))
		return fault_raise_at(f, FAULT_FORMAT, at,
		    bad.offset + text.n - sizeof(digits),
		    "a quantity is hexadecimal digits behind its 0x");
	*out = u256_from_be(be);
	return true;
}
