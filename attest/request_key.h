/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key that callers encrypt the parameters of a request to
 * (verify/FORMAT.request.md): X25519, made in memory when the process starts,
 * never written, never exported. A quoted `key` statement names it.
 */
#ifndef AFFIANT_REQUEST_KEY_H
#define AFFIANT_REQUEST_KEY_H

#include "verify/base/bytes.h"

#define REQUEST_KEY_BYTES 32

struct request_key;

FALLIBLE request_key_make(struct request_key **out, struct fault *f);
void request_key_close(struct request_key *k); /* wipes; NULL is allowed */
void request_key_drop(struct request_key **k); /* for AUTO */

/* 32 bytes, little endian as in RFC 7748; lives as long as the key. */
struct span request_key_public(const struct request_key *k);

/*
 * Opens what was sealed to this key: *out is for blob_wipe. CRYPTO at
 * "request.seal", one and the same fault whatever is wrong with it. Any
 * number of threads at once.
 */
FALLIBLE request_key_open(const struct request_key *k, struct span sealed,
    struct blob *out, struct fault *f);

#endif
