/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies that were kept (FORMAT.evidence.md section 8): an array of base64,
 * each once, in ascending order of their SHA-256. Written and read here.
 */
#ifndef AFFIANT_BODIES_H
#define AFFIANT_BODIES_H

#include "verify/base/bytes.h"
#include "verify/base/hash.h"
#include "verify/base/limits.h"

struct bodies {
	struct blob body[LIMIT_SOURCES];
	struct sha256 hash[LIMIT_SOURCES];
	size_t n;
};
/* Accepts a zeroed value and a second call. */
void bodies_drop(struct bodies *b);

/*
 * Adds a copy where its hash belongs; one that is there already is left out.
 * LIMIT at "bodies" beyond LIMIT_SOURCES or LIMIT_BODIES_BYTES together.
 */
FALLIBLE bodies_add(struct bodies *b, struct span body, struct fault *f);
/* The body, or NULL. */
const struct blob *bodies_find(
    const struct bodies *b, const struct sha256 *hash);

/* The JSON array. */
FALLIBLE bodies_encode(
    const struct bodies *b, struct blob *out, struct fault *f);
/*
 * The exact inverse. FORMAT at "bodies" for what is no such array, an order
 * that is not that of the hashes, or one twice; LIMIT as above.
 */
FALLIBLE bodies_decode(struct span json, struct bodies *out, struct fault *f);

#endif
