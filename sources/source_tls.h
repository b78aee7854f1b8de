/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a live TLS connection to the evidence a statement carries. To be
 * called while libcurl hands over the status line: the SSL of
 * CURLINFO_TLS_SSL_PTR is then the connection of exactly this answer, fresh
 * or kept alive, and after the transfer it is gone (NULL, with no error).
 */
#ifndef AFFIANT_SOURCE_TLS_H
#define AFFIANT_SOURCE_TLS_H

#include "sources/source_wire.h"

/* Evidence of one answer; its names are the wire's, which it holds. A zeroed
 * one is empty. */
struct source_tls {
	struct tls_evidence evidence;
	struct source_wire *wire;
	/* thisUpdate of the staple or the latest timestamp of a log, whichever
	 * is later; both verified. 0: neither. */
	struct utc vouched_at;
};
void source_tls_drop(struct source_tls *t);

/*
 * Before the handshake: no renegotiation (it could change the certificate
 * between head and body), no tickets, no key log whatever the environment
 * says; a stapled response and timestamps are asked for. Leaves the store
 * alone: libcurl shares it between connections. False: no memory.
 */
bool source_tls_prepare(SSL_CTX *ctx);

/*
 * All of it, or a fault at "source.tls": not resumed, chain verified (by
 * OpenSSL, and once more from what was sent), TLS 1.2 or later, the SAN (never
 * the CN) names `host`, valid at `now`, within the limits. "source.ocsp": a
 * staple that does not hold, has ended, or is missing where certificate or
 * configuration demand it; a certificate revoked, or not known to its
 * responder. "source.pin", "source.ct": as configured.
 *
 * `host` is a name or an IP address, IPv6 in brackets. The handshake's part is
 * done once for each connection, by the one thread that reads from it.
 */
FALLIBLE source_tls_capture(SSL *ssl, const char *host,
    const struct source_config *c, struct utc now, struct source_tls *out,
    struct fault *f);

#endif
