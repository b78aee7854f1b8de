/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets: 32 bytes that are wiped when dropped, compared in constant time
 * and never printed (no such function exists). Keep them in as few functions
 * as possible.
 */
#ifndef AFFIANT_SECRET_H
#define AFFIANT_SECRET_H

#include "verify/base/bytes.h"

struct secret32 {
	uint8_t b[32];
};

/* From the kernel's random source (OpenSSL's private DRBG seeded by it). */
FALLIBLE secret_random(struct secret32 *out, struct fault *f);
/* Random bytes that are not secret: nonces, serials. */
FALLIBLE random_bytes(void *out, size_t n, struct fault *f);
/*
 * Overwrites so that the compiler cannot drop it. In builds with
 * AFFIANT_POISON_SECRETS (dev preset) fills with 0xDD and, under ASan, nothing
 * else changes: reading a wiped key gives a key that fails.
 */
void secret_wipe(struct secret32 *s);
void secret_wipe_bytes(void *p, size_t n);
/* Constant time in the content. */
bool secret_equal(const void *a, const void *b, size_t n);

#endif
