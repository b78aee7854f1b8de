/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a live TLS connection to the evidence a statement carries. To be
 * called while libcurl hands over the status line: the SSL of
 * CURLINFO_TLS_SSL_PTR is then the connection of exactly this answer, fresh
 * or kept alive, and after the transfer it is gone (NULL, with no error).
 */
#ifndef AFFIANT_SOURCE_TLS_H
#define AFFIANT_SOURCE_TLS_H

#include "verify/statement.h"

#include <openssl/ssl.h>

/* Evidence and the memory that its issuer and subject borrow. */
struct source_tls {
	struct tls_evidence evidence;
	struct blob issuer, subject;
};
void source_tls_drop(struct source_tls *t);

/*
 * Before the handshake: no renegotiation (it could change the certificate
 * between head and body), no tickets, no key log whatever the environment
 * says. Leaves the store alone: libcurl shares it between connections.
 */
void source_tls_harden(SSL_CTX *ctx);

/*
 * All of it, or a fault at "source.tls": not resumed, chain verified, TLS 1.2
 * or later, the SAN (never the CN) names `host`, valid at `now`, at most
 * LIMIT_CHAIN_CERTS of at most LIMIT_CERT_BYTES. `host` is a name or an IP
 * address, IPv6 in brackets.
 */
FALLIBLE source_tls_capture(SSL *ssl, const char *host, struct utc now,
    struct source_tls *out, struct fault *f);

/*
 * The members that the leaf alone gives: leaf, spki, issuer, subject,
 * validity. Nothing is believed yet. "source.tls".
 */
FALLIBLE source_tls_read_leaf(
    X509 *leaf, struct source_tls *out, struct fault *f);

/* One sentence for a failed verification (X509_V_ERR_*), static. */
const char *source_tls_why(long verify_result);

#endif
