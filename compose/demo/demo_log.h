/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificate transparency logs of our own: keys made at start, and the
 * timestamps that they sign (RFC 6962). They keep no tree: what the demo
 * exchange shows off is the promise, and what may be wrong with it.
 */
#ifndef AFFIANT_DEMO_LOG_H
#define AFFIANT_DEMO_LOG_H

#include "verify/base/hash.h"
#include "verify/base/utc.h"

#include <openssl/x509.h>

struct demo_log {
	EVP_PKEY *key;
	struct sha256 id;
};
void demo_log_drop(struct demo_log *l);
FALLIBLE demo_log_make(struct demo_log *out, struct fault *f);

/*
 * One timestamp for a leaf, as an element of a list (its length in front).
 * With `issuer` it is for the certificate before its timestamps were put in
 * (RFC 6962 3.2, precert_entry): `leaf` then has none, and has been signed
 * once. Without it is for the leaf as it is.
 */
FALLIBLE demo_log_stamp(const struct demo_log *l, X509 *leaf, X509 *issuer,
    struct utc at, struct wr *w, struct fault *f);

/* The list's own length in front of its elements. */
FALLIBLE demo_log_list(struct span elements, struct blob *out, struct fault *f);

/* The n logs as browsers publish them. */
FALLIBLE demo_log_write_json(const struct demo_log *const *logs, size_t n,
    struct wr *w, struct fault *f);

#endif
