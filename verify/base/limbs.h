/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unsigned integers of n limbs of 64 bits, least significant first: what
 * decimals (dec.c) and the quantities of the chain (chain/codec/u256.c) are
 * calculated with. Carries are returned, never lost. Not constant time.
 */
#ifndef AFFIANT_LIMBS_H
#define AFFIANT_LIMBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 limbs_pair;

/* v = v * m + a; returns what does not fit. */
static inline uint64_t limbs_mul_add(
    uint64_t *v, size_t n, uint64_t m, uint64_t a)
{
	for (size_t i = 0; i < n; i++) {
		limbs_pair t = (limbs_pair)v[i] * m + a;
		v[i] = (uint64_t)t;
		a = (uint64_t)(t >> 64);
	}
	return a;
}

/* v = v / d; returns the remainder. d is not 0. */
static inline uint64_t limbs_div(uint64_t *v, size_t n, uint64_t d)
{
	limbs_pair rest = 0;

	for (size_t i = n; i > 0; i--) {
		rest = rest << 64 | v[i - 1];
		v[i - 1] = (uint64_t)(rest / d);
		rest %= d;
	}
	return (uint64_t)rest;
}

/* v = v + a; returns the carry. */
static inline uint64_t limbs_add(uint64_t *v, const uint64_t *a, size_t n)
{
	uint64_t carry = 0;

	for (size_t i = 0; i < n; i++) {
		limbs_pair t = (limbs_pair)v[i] + a[i] + carry;
		v[i] = (uint64_t)t;
		carry = (uint64_t)(t >> 64);
	}
	return carry;
}

/* v = 2^(64 n) - v: changes the sign in two's complement. */
static inline void limbs_negate(uint64_t *v, size_t n)
{
	uint64_t carry = 1;

	for (size_t i = 0; i < n; i++) {
		limbs_pair t = (limbs_pair)~v[i] + carry;
		v[i] = (uint64_t)t;
		carry = (uint64_t)(t >> 64);
	}
}

static inline int limbs_compare(const uint64_t *a, const uint64_t *b, size_t n)
{
	for (size_t i = n; i > 0; i--) {
		if (a[i - 1] != b[i - 1])
			return a[i - 1] < b[i - 1] ? -1 : 1;
	}
	return 0;
}

static inline bool limbs_is_zero(const uint64_t *v, size_t n)
{
	uint64_t any = 0;

	for (size_t i = 0; i < n; i++)
		any |= v[i];
	return any == 0;
}

/* 8 * n bytes, most significant first: words as contracts see them. */
static inline void limbs_from_be(const uint8_t *in, uint64_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = 0;
	for (size_t i = 0; i < 8 * n; i++)
		out[i / 8] |= (uint64_t)in[8 * n - 1 - i] << (8 * (i % 8));
}

static inline void limbs_to_be(const uint64_t *v, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < 8 * n; i++)
		out[8 * n - 1 - i] = (uint8_t)(v[i / 8] >> (8 * (i % 8)));
}

#endif
