/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTPS under a certificate that carries evidence (verify/FORMAT.ratls.md).
 * The key is made here, lives in memory, and is made anew, with a new quote
 * and certificate, when two thirds of its time are over. A quote that is not
 * had is tried again each minute; the old certificate serves to its end.
 */
#ifndef AFFIANT_HTTP_TLS_H
#define AFFIANT_HTTP_TLS_H

#include "attest/attest.h"
#include "oracle/config.h"

struct ssl_ctx_st;
struct http_tls;

/*
 * Whether the HTTP library can. Debian's is compiled for another OpenSSL than
 * Debian has, starts all the same, and crashes on the first connection; so
 * whoever builds with one that can says so (AFFIANT_CIVETWEB_TLS).
 */
bool http_tls_is_possible(void);

/* Makes the first certificate: takes a quote. Whatever that raises. */
FALLIBLE http_tls_open(const struct tls_config *config, struct attest *attest,
    struct http_tls **out, struct fault *f);
void http_tls_close(struct http_tls *t); /* NULL is fine */

/*
 * Sets up a server's context: each handshake takes the certificate of the
 * moment. TLS 1.3 only. SYSTEM at "http.tls".
 */
FALLIBLE http_tls_use(
    struct http_tls *t, struct ssl_ctx_st *ctx, struct fault *f);

#endif
