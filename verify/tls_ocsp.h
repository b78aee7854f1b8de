/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stapled OCSP response (RFC 6960), judged against the chain that it came
 * with, at a moment that the caller names. Nothing is fetched and no other
 * certificate than the chain's own issuer can vouch for a responder.
 */
#ifndef AFFIANT_TLS_OCSP_H
#define AFFIANT_TLS_OCSP_H

#include "verify/tls_chain.h"

/* A responder's clock may run ahead of the one that we judge at by so much. */
#define TLS_OCSP_SKEW_MS 300000

enum tls_ocsp_status {
	TLS_OCSP_NONE, /* nothing was stapled */
	TLS_OCSP_GOOD,
	TLS_OCSP_REVOKED,
	TLS_OCSP_UNKNOWN /* the responder does not know the certificate */
};
/* "none", "good", "revoked", "unknown": as in tlsOcsp. */
const char *tls_ocsp_word(enum tls_ocsp_status status);

struct tls_ocsp {
	enum tls_ocsp_status status;
	struct utc this_update, next_update;
	/* The list of certificate timestamps in it (RFC 6962 section 3.3),
	 * length in front; often empty. Owned. */
	struct blob scts;
};
void tls_ocsp_drop(struct tls_ocsp *o);

/*
 * One response in DER and nothing behind it; successful and basic; about the
 * leaf of the chain, once; signed by the leaf's issuer, or by a certificate
 * that the issuer signed for OCSP signing and that is valid at `at`, with
 * SHA-256 or better; thisUpdate not after `at` (but for the skew), nextUpdate
 * there and not before it. `c` has been verified.
 *
 * FORMAT, LIMIT, UNSUPPORTED and CRYPTO at "tls.ocsp". That the certificate
 * is revoked is a status, not a fault.
 */
FALLIBLE tls_ocsp_verify(struct span response, const struct tls_chain *c,
    struct utc at, struct tls_ocsp *out, struct fault *f);

/* Whether the leaf demands a staple (RFC 7633, status_request). */
bool tls_ocsp_is_required(const struct tls_chain *c);

#endif
