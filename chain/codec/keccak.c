/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keccak-256 as Ethereum uses it: Keccak[c = 512] with the padding of the
 * original submission. FIPS 202 describes the same permutation; its SHA3-256
 * differs in one padding byte. Names of steps are those of FIPS 202
 * section 3.2.
 */
#include "chain/codec/keccak.h"

#include <endian.h>
#include <string.h>

#define N_ROUNDS 24

/* FIPS 202 section 3.2.5. */
static const uint64_t round_constant[N_ROUNDS] = { 0x0000000000000001,
	0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
	0x000000000000808b, 0x0000000080000001, 0x8000000080008081,
	0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
	0x0000000080008009, 0x000000008000000a, 0x000000008000808b,
	0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
	0x8000000000008002, 0x8000000000000080, 0x000000000000800a,
	0x800000008000000a, 0x8000000080008081, 0x8000000000008080,
	0x0000000080000001, 0x8000000080008008 };

#define ROTL(v, n) (((v) << (n)) | ((v) >> (64 - (n))))

/* chi over one row: each bit with its two neighbours to the right. */
#define CHI(e, y, v0, v1, v2, v3, v4)      \
	do {                               \
		const uint64_t b0 = (v0);  \
		const uint64_t b1 = (v1);  \
		const uint64_t b2 = (v2);  \
		const uint64_t b3 = (v3);  \
		const uint64_t b4 = (v4);  \
		e##0##y = b0 ^ (~b1 & b2); \
		e##1##y = b1 ^ (~b2 & b3); \
		e##2##y = b2 ^ (~b3 & b4); \
		e##3##y = b3 ^ (~b4 & b0); \
		e##4##y = b4 ^ (~b0 & b1); \
	} while (0)

/*
 * One round from the lanes a_xy to the lanes e_xy. theta is added where a lane
 * is read; rho is the rotation; pi is the choice of lane: row y of the result
 * takes lane (x', y') = (x + 3y, x) for each x, modulo 5. iota comes last.
 */
#define ROUND(a, e, constant)                                              \
	do {                                                               \
		const uint64_t c0 = a##00 ^ a##01 ^ a##02 ^ a##03 ^ a##04; \
		const uint64_t c1 = a##10 ^ a##11 ^ a##12 ^ a##13 ^ a##14; \
		const uint64_t c2 = a##20 ^ a##21 ^ a##22 ^ a##23 ^ a##24; \
		const uint64_t c3 = a##30 ^ a##31 ^ a##32 ^ a##33 ^ a##34; \
		const uint64_t c4 = a##40 ^ a##41 ^ a##42 ^ a##43 ^ a##44; \
		const uint64_t d0 = c4 ^ ROTL(c1, 1);                      \
		const uint64_t d1 = c0 ^ ROTL(c2, 1);                      \
		const uint64_t d2 = c1 ^ ROTL(c3, 1);                      \
		const uint64_t d3 = c2 ^ ROTL(c4, 1);                      \
		const uint64_t d4 = c3 ^ ROTL(c0, 1);                      \
		CHI(e, 0, a##00 ^ d0, ROTL(a##11 ^ d1, 44),                \
		    ROTL(a##22 ^ d2, 43), ROTL(a##33 ^ d3, 21),            \
		    ROTL(a##44 ^ d4, 14));                                 \
		e##00 ^= (constant);                                       \
		CHI(e, 1, ROTL(a##30 ^ d3, 28), ROTL(a##41 ^ d4, 20),      \
		    ROTL(a##02 ^ d0, 3), ROTL(a##13 ^ d1, 45),             \
		    ROTL(a##24 ^ d2, 61));                                 \
		CHI(e, 2, ROTL(a##10 ^ d1, 1), ROTL(a##21 ^ d2, 6),        \
		    ROTL(a##32 ^ d3, 25), ROTL(a##43 ^ d4, 8),             \
		    ROTL(a##04 ^ d0, 18));                                 \
		CHI(e, 3, ROTL(a##40 ^ d4, 27), ROTL(a##01 ^ d0, 36),      \
		    ROTL(a##12 ^ d1, 10), ROTL(a##23 ^ d2, 15),            \
		    ROTL(a##34 ^ d3, 56));                                 \
		CHI(e, 4, ROTL(a##20 ^ d2, 62), ROTL(a##31 ^ d3, 55),      \
		    ROTL(a##42 ^ d4, 39), ROTL(a##03 ^ d0, 41),            \
		    ROTL(a##14 ^ d1, 2));                                  \
	} while (0)

/*
 * All lanes in variables and two rounds per turn, so that no lane is ever
 * copied: statement digests stand on the daemon's hot path.
 */
static void permute(uint64_t s[25])
{
	uint64_t a00 = s[0], a10 = s[1], a20 = s[2], a30 = s[3], a40 = s[4];
	uint64_t a01 = s[5], a11 = s[6], a21 = s[7], a31 = s[8], a41 = s[9];
	uint64_t a02 = s[10], a12 = s[11], a22 = s[12], a32 = s[13];
	uint64_t a42 = s[14], a03 = s[15], a13 = s[16], a23 = s[17];
	uint64_t a33 = s[18], a43 = s[19], a04 = s[20], a14 = s[21];
	uint64_t a24 = s[22], a34 = s[23], a44 = s[24];
	uint64_t e00, e10, e20, e30, e40, e01, e11, e21, e31, e41;
	uint64_t e02, e12, e22, e32, e42, e03, e13, e23, e33, e43;
	uint64_t e04, e14, e24, e34, e44;

	for (size_t i = 0; i < N_ROUNDS; i += 2) {
		ROUND(a, e, round_constant[i]);
		ROUND(e, a, round_constant[i + 1]);
	}
	memcpy(s,
	    (const uint64_t[25]){ a00, a10, a20, a30, a40, a01, a11, a21, a31,
		a41, a02, a12, a22, a32, a42, a03, a13, a23, a33, a43, a04, a14,
		a24, a34, a44 },
	    25 * sizeof(s[0]));
}

static void absorb(uint64_t lane[25], const uint8_t block[KECCAK_RATE])
{
	uint64_t words[KECCAK_RATE / 8];

	memcpy(words, block, sizeof(words));
	for (size_t i = 0; i < COUNT(words); i++)
		lane[i] ^= le64toh(words[i]);
	permute(lane);
}

void keccak_start(struct keccak *k)
{
	memset(k->lane, 0, sizeof(k->lane));
	k->n = 0;
}

void keccak_add(struct keccak *k, struct span in)
{
	size_t used = 0;

	/* Top up a block that an earlier piece has begun. */
	if (k->n > 0) {
		used = KECCAK_RATE - k->n;
		if (used > in.n)
			used = in.n;
		if (used > 0)
			memcpy(k->block + k->n, in.p, used);
		k->n += used;
		if (k->n < KECCAK_RATE)
			return;
		absorb(k->lane, k->block);
		k->n = 0;
	}
	/* Whole blocks are read where they lie. */
	for (; in.n - used >= KECCAK_RATE; used += KECCAK_RATE)
		absorb(k->lane, in.p + used);
	k->n = in.n - used;
	if (k->n > 0)
		memcpy(k->block, in.p + used, k->n);
}

struct keccak256 keccak_take(struct keccak *k)
{
	struct keccak256 out;
	uint64_t words[sizeof(out.b) / 8];

	/* 0x01, zeros, and the top bit of the last byte of the block: one
	 * byte 0x81 when only one is left. NIST would begin with 0x06. */
	memset(k->block + k->n, 0, KECCAK_RATE - k->n);
	k->block[k->n] ^= 0x01;
	k->block[KECCAK_RATE - 1] ^= 0x80;
	absorb(k->lane, k->block);
	for (size_t i = 0; i < COUNT(words); i++)
		words[i] = htole64(k->lane[i]);
	memcpy(out.b, words, sizeof(out.b));
	return out;
}

struct keccak256 keccak256_of(struct span in)
{
	struct keccak k;

	keccak_start(&k);
	keccak_add(&k, in);
	return keccak_take(&k);
}

struct keccak256 keccak256_of_parts(const struct span *parts, size_t n)
{
	struct keccak k;

	keccak_start(&k);
	for (size_t i = 0; i < n; i++)
		keccak_add(&k, parts[i]);
	return keccak_take(&k);
}
