/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a statement says of a server's certificate, taken from the certificate:
 * the daemon writes it with the functions that will judge it. Nothing here is
 * believed; who signed it is tls_chain.h's to ask.
 */
#ifndef AFFIANT_TLS_LEAF_H
#define AFFIANT_TLS_LEAF_H

#include "verify/statement.h"

struct x509_st; /* OpenSSL's X509 */

/* Owns what the views of `evidence` point to. A zeroed one is empty. */
struct tls_leaf {
	struct tls_evidence evidence; /* leaf to valid_to only */
	struct blob issuer, subject;
};
void tls_leaf_drop(struct tls_leaf *l);

/*
 * Its hash, key, names and validity. FORMAT and LIMIT at "tls.leaf": a name
 * beyond LIMIT_TEXT or none for the issuer, a time that is unreadable, a
 * certificate beyond LIMIT_CERT_BYTES.
 */
FALLIBLE tls_leaf_read(
    struct x509_st *leaf, struct tls_leaf *out, struct fault *f);
/*
 * Whether a statement says the same of it; CRYPTO at "tls.leaf" names the
 * member that is another.
 */
FALLIBLE tls_leaf_compare(
    const struct tls_leaf *l, const struct tls_evidence *said, struct fault *f);

/*
 * Whether the certificate is for this host, by its SAN and never by its CN
 * (RFC 9525 section 2), wildcards as whole labels only. `host` is a name or an
 * IP address, IPv6 in brackets. CRYPTO at "tls.name".
 */
FALLIBLE tls_leaf_check_name(
    struct x509_st *leaf, struct span host, struct fault *f);

#endif
