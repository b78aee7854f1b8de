/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exact decimals. A price is a 256-bit integer and a number of decimals;
 * `double` has no place in this tree. The grammar of decimal text is that of
 * JSON numbers (RFC 8259 section 6), also inside quoted strings. Vectors:
 * evm/decimal.json.
 */
#ifndef AFFIANT_DEC_H
#define AFFIANT_DEC_H

#include "verify/base/bytes.h"

/* Two's complement, 256 bits, least significant limb first. */
struct i256 {
	uint64_t limb[4];
};

/* value = units / 10^decimals */
struct dec {
	struct i256 units;
	uint8_t decimals;
};

#define DEC_MAX_DECIMALS 77
#define DEC_TEXT_SIZE 264 /* any dec as text, NUL included */

enum dec_round {
	DEC_EXACT,    /* lost digits are a fault */
	DEC_TRUNC,    /* toward zero */
	DEC_HALF_EVEN /* to nearest, ties to even */
};

/*
 * Text to value * 10^decimals. The exponent saturates, so hostile exponents
 * cost constant memory and time linear in the text. Faults: FORMAT at
 * "dec.syntax", LIMIT at "dec.overflow" (outside [-2^255, 2^255-1], checked
 * after rounding), FORMAT at "dec.inexact" (DEC_EXACT only), USAGE at
 * "dec.decimals" (more than DEC_MAX_DECIMALS).
 */
FALLIBLE dec_parse(struct span text, uint8_t decimals, enum dec_round mode,
    struct dec *out, struct fault *f);
/*
 * The same with as many decimals as the text has (no digits lost, trailing
 * zeros of the fraction dropped). FORMAT at "dec.inexact" when that would need
 * more than DEC_MAX_DECIMALS.
 */
FALLIBLE dec_parse_any(struct span text, struct dec *out, struct fault *f);

/*
 * The one text form: plain digits, minus sign, no exponent, no trailing zeros
 * behind the point, no point without digits; zero is "0". Returns out.
 */
char *dec_format(const struct dec *v, char out[DEC_TEXT_SIZE]);
/* True if the text is exactly what dec_format prints for its value. */
bool dec_text_is_canonical(struct span text);

/* 32 bytes, big endian, two's complement: the int256 of Solidity. */
void dec_encode_int256(const struct dec *v, uint8_t out32[32]);
void dec_decode_int256(
    const uint8_t in32[32], uint8_t decimals, struct dec *out);

/* The values, exactly, also when the decimals differ: -1 0 1. */
int dec_compare(const struct dec *a, const struct dec *b);
bool dec_is_negative(const struct dec *v);
bool dec_is_zero(const struct dec *v);
/*
 * Both operands have the same decimals, else INTERNAL at "dec.decimals". LIMIT
 * at "dec.overflow". `out` may be one of the operands.
 */
FALLIBLE dec_add(
    const struct dec *a, const struct dec *b, struct dec *out, struct fault *f);
FALLIBLE dec_subtract(
    const struct dec *a, const struct dec *b, struct dec *out, struct fault *f);
/* (a + b) / 2 in half-even, without overflow: the median of two. */
FALLIBLE dec_mean(
    const struct dec *a, const struct dec *b, struct dec *out, struct fault *f);
/*
 * Their sum divided by n, in half-even: exact, no sum is ever too large. 1 to
 * DEC_MEAN_MAX values of the same decimals; USAGE at "dec.count" otherwise.
 */
#define DEC_MEAN_MAX 1024
FALLIBLE dec_mean_of(
    const struct dec *values, size_t n, struct dec *out, struct fault *f);
/*
 * Whether |a - b| * 10000 > bps * |b|, in exact integer arithmetic with room
 * for every operand, also when the decimals differ. With b = 0 true unless a
 * is 0 too.
 */
bool dec_deviates(const struct dec *a, const struct dec *b, uint32_t bps);
/*
 * The same with >=: a move of exactly the threshold counts (onchain section
 * 12). With b = 0 true unless a is 0 too, whatever the threshold.
 */
bool dec_reaches(const struct dec *a, const struct dec *b, uint32_t bps);

#endif
