/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key of the daemon's own TLS server, made here and held in memory only,
 * and a certificate that carries a quote over it (verify/FORMAT.ratls.md).
 */
#ifndef AFFIANT_ATTEST_TLS_IDENTITY_H
#define AFFIANT_ATTEST_TLS_IDENTITY_H

#include "attest/attest.h"
#include "verify/base/utc.h"
#include "verify/ratls.h"

struct evp_pkey_st;
struct x509_st;

struct tls_identity_plan {
	enum ratls_form form;
	const char *name; /* of the server */
	uint64_t valid_s; /* from `now` on */
	struct utc now;
};

/* Certificates begin so long ago: clients' clocks are not all right. */
#define TLS_IDENTITY_EARLY_MS 300000

struct tls_identity {
	struct evp_pkey_st *key;
	struct x509_st *cert;
	struct utc from, to;
};

/*
 * A new P-256 key, a quote over it, and the certificate. Takes as long as a
 * quote. UNSUPPORTED at "tls.form" when dstack's form is asked for and the
 * platform is not TDX; LIMIT at "tls.size" when quote and event log do not
 * fit (an app-compose that does not is left out); what attest_quote raises.
 */
FALLIBLE tls_identity_make(struct attest *a,
    const struct tls_identity_plan *plan, struct tls_identity *out,
    struct fault *f);
void tls_identity_drop(struct tls_identity *t); /* the key is wiped */

#endif
