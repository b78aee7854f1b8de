/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unsigned integers of 256 bits: what a chain counts money with. Amounts and
 * fees per gas are struct u256, always in wei; gas, nonces and chain ids are
 * uint64_t. So the two cannot be mixed up. Nothing wraps around: what does not
 * fit is LIMIT at "u256.overflow".
 */
#ifndef AFFIANT_U256_H
#define AFFIANT_U256_H

#include "verify/base/bytes.h"

/* Least significant limb first. */
struct u256 {
	uint64_t limb[4];
};

struct u256 u256_of(uint64_t v);
/* The 32 bytes that a contract sees: big-endian. */
struct u256 u256_from_be(const uint8_t in32[32]);
void u256_to_be(const struct u256 *v, uint8_t out32[32]);

bool u256_is_zero(const struct u256 *v);
/* -1 0 1 */
int u256_compare(const struct u256 *a, const struct u256 *b);
FALLIBLE u256_to_u64(const struct u256 *v, uint64_t *out, struct fault *f);

/* `out` may be an operand. Below zero is an overflow like any other. */
FALLIBLE u256_add(const struct u256 *a, const struct u256 *b, struct u256 *out,
    struct fault *f);
FALLIBLE u256_subtract(const struct u256 *a, const struct u256 *b,
    struct u256 *out, struct fault *f);
/*
 * a * m / d rounded down, with room for the product; `rest_out` (may be NULL)
 * is what the division left. USAGE at "u256.divisor" for d = 0.
 */
FALLIBLE u256_mul_div(const struct u256 *a, uint64_t m, uint64_t d,
    struct u256 *out, uint64_t *rest_out, struct fault *f);

/* ---- text --------------------------------------------------------------- */

#define U256_TEXT_SIZE 79     /* 78 digits, NUL */
#define U256_QUANTITY_SIZE 67 /* 0x, 64 digits, NUL */

/* Plain decimal digits: journals, configuration. Returns out. */
char *u256_format(const struct u256 *v, char out[U256_TEXT_SIZE]);
/*
 * Decimal digits only, no sign, no leading zero. FORMAT at `at` (a literal),
 * LIMIT at `at` when it does not fit.
 */
FALLIBLE u256_parse(
    struct span text, struct u256 *out, const char *at, struct fault *f);
/*
 * A quantity of JSON-RPC: 0x and minimal lower-case hexadecimal, zero is "0x0".
 */
char *u256_format_quantity(const struct u256 *v, char out[U256_QUANTITY_SIZE]);
/* The same, digits of either case. Faults as u256_parse. */
FALLIBLE u256_parse_quantity(
    struct span text, struct u256 *out, const char *at, struct fault *f);

#endif
