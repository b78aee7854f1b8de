/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's certificates as they were sent, and the one anchor they are said
 * to lead to, verified at a moment that the caller names: no store, no file,
 * no clock, no network. Web chains have many legal shapes (cross signatures,
 * certificates out of order or superfluous), so this is where OpenSSL's own
 * path building is used, on exactly these certificates.
 */
#ifndef AFFIANT_TLS_CHAIN_H
#define AFFIANT_TLS_CHAIN_H

#include "verify/base/limits.h"
#include "verify/x509.h"

struct stack_st_X509;

/* A zeroed one is empty and may be dropped. */
struct tls_chain {
	struct x509_cert sent[LIMIT_CHAIN_CERTS]; /* leaf first */
	size_t n_sent;
	struct x509_cert root;
	struct stack_st_X509 *path; /* leaf to root, once verified; or NULL */
};
void tls_chain_drop(struct tls_chain *c);

/*
 * Reads DER; nothing is believed yet. `sent` has 1 to LIMIT_CHAIN_CERTS
 * elements. Borrows the bytes. FORMAT, LIMIT at "tls.chain".
 */
FALLIBLE tls_chain_parse(const struct span *sent, size_t n_sent,
    struct span root, struct tls_chain *out, struct fault *f);

/*
 * RFC 5280 section 6 for a TLS server: a path from sent[0] through sent
 * certificates to the root, which must be signed by itself; each signature,
 * with 112 bits of strength at least (no SHA-1, no RSA below 2048 bits); each
 * certificate valid at `at`; authorities allowed to sign, path lengths, key
 * usage and extended key usage for serverAuth; name constraints; no unknown
 * critical extension. CRYPTO at "tls.chain". Fills `path`.
 */
FALLIBLE tls_chain_verify(struct tls_chain *c, struct utc at, struct fault *f);

/* Of a verified chain: how many certificates, and each (borrowed). */
size_t tls_chain_length(const struct tls_chain *c);
struct x509_st *tls_chain_cert(const struct tls_chain *c, size_t i);

/* When every certificate of the verified path is valid; both inclusive. */
FALLIBLE tls_chain_validity(const struct tls_chain *c, struct utc *from_out,
    struct utc *to_out, struct fault *f);

/* One sentence for OpenSSL's X509_V_ERR_*; static. */
const char *tls_chain_why(long verify_result);

#endif
