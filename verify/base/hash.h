/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256, SHA-384 and HKDF through OpenSSL. Together with seal.h the only
 * EVP user outside X.509. Digest types differ, so that a SHA-256 passed where
 * a Keccak-256 is due does not compile.
 */
#ifndef AFFIANT_HASH_H
#define AFFIANT_HASH_H

#include "verify/base/bytes.h"

struct sha256 {
	uint8_t b[32];
};
struct sha384 {
	uint8_t b[48];
};
struct sha512 {
	uint8_t b[64];
};

/* OpenSSL failing here means no memory or a broken build: abort(). */
struct sha256 sha256_of(struct span in);
/* The concatenation of the parts. */
struct sha256 sha256_of_parts(const struct span *parts, size_t n);
struct sha384 sha384_of(struct span in);
struct sha384 sha384_of_parts(const struct span *parts, size_t n);
/* Nothing of ours uses it: to name what others put into their quotes. */
struct sha512 sha512_of_parts(const struct span *parts, size_t n);

/* A running SHA-256, for bodies that arrive in pieces. */
struct sha256_stream;
FALLIBLE sha256_stream_new(struct sha256_stream **out, struct fault *f);
void sha256_stream_add(struct sha256_stream *s, struct span in);
/* The digest so far; the stream then starts anew. */
struct sha256 sha256_stream_take(struct sha256_stream *s);
void sha256_stream_free(struct sha256_stream *s);

bool sha256_equal(const struct sha256 *a, const struct sha256 *b);
bool sha256_is_zero(const struct sha256 *a);
struct span sha256_span(const struct sha256 *a);

/*
 * HKDF-SHA256 (RFC 5869), extract and expand. out_n <= 8160.
 * INTERNAL if OpenSSL fails.
 */
FALLIBLE hkdf_sha256(struct span salt, struct span ikm, struct span info,
    void *out, size_t out_n, struct fault *f);
/* Only the extract step: PRK of 32 bytes. */
FALLIBLE hkdf_sha256_extract(
    struct span salt, struct span ikm, uint8_t prk32[32], struct fault *f);

#endif
