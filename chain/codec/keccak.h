/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keccak-256 in pieces, for encoders inside this folder whose input never
 * stands in one place. Everybody else calls keccak256_of (chain/eth.h).
 */
#ifndef AFFIANT_CODEC_KECCAK_H
#define AFFIANT_CODEC_KECCAK_H

#include "chain/eth.h"

/* Bytes absorbed per permutation: 1600 bits less twice 256. */
#define KECCAK_RATE 136

/* No pointers and nothing owned: lives on the stack, may be copied. */
struct keccak {
	uint64_t lane[25]; /* lane (x, y) stands at x + 5 * y */
	uint8_t block[KECCAK_RATE];
	size_t n; /* bytes waiting in block, always below KECCAK_RATE */
};

void keccak_start(struct keccak *k);
void keccak_add(struct keccak *k, struct span in);
/* Pads and returns the digest. Start again before the next message. */
struct keccak256 keccak_take(struct keccak *k);

#endif
